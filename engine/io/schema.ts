/** The columns of every table on disk: the case format's, the result's, then what a trial may read. */
import type { ColumnSchema, TableSchema } from './table.js';

const text = (name: string): ColumnSchema => ({ name, kind: 'text', required: true });
const id = (name: string): ColumnSchema => ({ name, kind: 'id', required: true });
const label = (name: string): ColumnSchema => ({ name, kind: 'label', required: true });
const number = (name: string): ColumnSchema => ({ name, kind: 'number', required: true });
const optionalText = (name: string): ColumnSchema => ({ name, kind: 'text', required: false });
const optionalNumber = (name: string): ColumnSchema => ({ name, kind: 'number', required: false });

export const BUSES: TableSchema = {
  name: 'buses',
  columns: [
    text('bus'),
    optionalNumber('v_min_pu'),
    optionalNumber('v_max_pu'),
    optionalNumber('load_kw'),
    optionalNumber('load_kvar'),
    optionalNumber('shunt_kvar'),
    optionalNumber('x'),
    optionalNumber('y'),
  ],
};

export const BRANCHES: TableSchema = {
  name: 'branches',
  columns: [
    text('from'),
    text('to'),
    number('r_ohm'),
    number('x_ohm'),
    optionalNumber('i_max_a'),
    optionalNumber('ratio'),
    optionalText('status'),
  ],
};

export const COMMUNITIES: TableSchema = {
  name: 'communities',
  columns: [
    text('community'),
    text('bus'),
    number('price_sensitivity'),
    optionalNumber('q_min_kvar'),
    optionalNumber('q_max_kvar'),
    optionalNumber('price_min'),
    optionalNumber('price_max'),
    optionalText('zone'),
  ],
};

const FLEXIBILITY = ['p_min_kw', 'p_max_kw', 'cost_quadratic', 'cost_linear'].map(number);

export const PROSUMERS: TableSchema = {
  name: 'prosumers',
  columns: [
    id('prosumer'),
    label('community'),
    number('demand_kw'),
    ...FLEXIBILITY,
    optionalNumber('demand_kvar'),
  ],
};

export const DEVICES: TableSchema = {
  name: 'devices',
  columns: [id('device'), id('prosumer'), ...FLEXIBILITY],
};

export const COMMUNITY_RESULTS: TableSchema = {
  name: 'communities',
  columns: [
    text('community'),
    text('bus'),
    number('price_usd_per_kwh'),
    number('import_kw'),
    number('reactive_kvar'),
    number('marginal_price_usd_per_kwh'),
    number('cost_usd_per_h'),
    number('kappa'),
  ],
};

export const PROSUMER_RESULTS: TableSchema = {
  name: 'prosumers',
  columns: [
    id('prosumer'),
    label('community'),
    number('output_kw'),
    number('purchase_kw'),
    number('bid_kw'),
    number('price_usd_per_kwh'),
    number('cost_usd_per_h'),
    number('payment_usd_per_h'),
  ],
};

export const BUS_RESULTS: TableSchema = {
  name: 'buses',
  columns: [text('bus'), number('voltage_pu'), number('marginal_price_usd_per_kwh')],
};

export const BRANCH_RESULTS: TableSchema = {
  name: 'branches',
  columns: [
    text('from'),
    text('to'),
    number('p_kw'),
    number('q_kvar'),
    number('current_a'),
    number('losses_kw'),
    number('loading'),
  ],
};

/**
 * The leaves of the proof of the lower bound, numbered from 0. A leaf of a part names the leaf that it is
 * `within`, the bus at the head of the part, and the price of the squared voltage of the sending bus there.
 */
export const PROOF_LEAVES: TableSchema = {
  name: 'proof_leaves',
  columns: [
    number('leaf'),
    text('kind'),
    optionalNumber('revenue_price'),
    optionalNumber('within'),
    optionalText('part_bus'),
    optionalNumber('sender_voltage_price_usd_per_h_per_pu2'),
  ],
};

/** Dual prices of the leaves, a row a leaf and bus; in a leaf of a part 0 where there is none. */
export const PROOF_PRICES: TableSchema = {
  name: 'proof_prices',
  columns: [
    number('leaf'),
    text('bus'),
    number('active_price_usd_per_kwh'),
    number('reactive_price_usd_per_kvarh'),
    number('voltage_price_usd_per_h_per_pu2'),
  ],
};

/** What the leaves restrict, a row a leaf and restricted community; an empty limit is infinite. */
export const PROOF_BOXES: TableSchema = {
  name: 'proof_boxes',
  columns: [number('leaf'), text('community'), number('import_min_kw'), number('import_max_kw')],
};

/**
 * Flows that the leaves restrict, a row a leaf and the bus that a branch feeds; an empty limit is infinite.
 */
export const PROOF_FLOWS: TableSchema = {
  name: 'proof_flows',
  columns: [
    number('leaf'),
    text('bus'),
    number('min_kw'),
    number('max_kw'),
    number('min_kvar'),
    number('max_kvar'),
    number('min_kw_price_usd_per_kwh'),
    number('max_kw_price_usd_per_kwh'),
    number('min_kvar_price_usd_per_kvarh'),
    number('max_kvar_price_usd_per_kvarh'),
    number('low_voltage_cut_price_usd_per_h_per_pu2'),
    number('high_voltage_cut_price_usd_per_h_per_pu2'),
  ],
};

/**
 * Limits of the case that were widened for the result. `place` is a bus or a community, and with
 * `other_place` a branch; both are empty for the exchange with the grid.
 */
export const RELAXED_LIMITS: TableSchema = {
  name: 'relaxed',
  columns: [
    text('limit'),
    text('place'),
    text('other_place'),
    number('from'),
    number('to'),
    text('unit'),
  ],
};

/** Loads and sun by class over those of the case; what is not given for a class follows from the seed. */
export const PROFILES: TableSchema = {
  name: 'profiles',
  columns: [text('class'), number('interval'), optionalNumber('load'), optionalNumber('solar')],
};

export const TARIFF: TableSchema = {
  name: 'tariff',
  columns: [number('interval'), number('grid_buy'), number('grid_sell')],
};

/** What happens to the network: `from` and `to` name a branch, `bus` a bus, `value` is what is set. */
export const EVENTS: TableSchema = {
  name: 'events',
  columns: [
    number('interval'),
    text('event'),
    optionalText('from'),
    optionalText('to'),
    optionalText('bus'),
    optionalNumber('value'),
  ],
};
