/** Buses and branches of an outcome as the columns that the map and the voltage profile draw. */
import type { Case } from '../case/case.js';
import { VOLTAGE_TOLERANCE_PU } from '../certify/tolerances.js';
import type { Outcome } from '../clearing/result.js';
import { type Columns, label, rounded } from './columns.js';
import type { ShownBuses } from './shownBuses.js';

/** Communities named at a bus; more are counted. */
const NAMED_COMMUNITIES = 3;

/** @param before the same market where everybody trades with the grid alone; undefined where it has no power flow */
export function busColumns(
  theCase: Case,
  shown: ShownBuses,
  outcome: Outcome,
  before: Outcome | undefined,
): Columns {
  const { buses, settings } = theCase;
  const { rows } = shown;
  const here = communitiesByBus(theCase, outcome);
  const voltage = (bus: number): number => outcome.buses.voltagePu[bus];
  const prices = rows.map((bus) => busPrice(outcome, here, bus));
  const imports = rows.map((bus) => rounded(here.netImport[bus]));
  return {
    id: rows.map((bus) => label(buses.id[bus])),
    x: rows.map((bus) => rounded(shown.x[bus])),
    y: rows.map((bus) => rounded(shown.y[bus])),
    distance: rows.map((bus) => rounded(shown.distance[bus])),
    kind: rows.map((bus) =>
      bus === settings.rootBus ? 'root' : here.names[bus] === '' ? 'no community' : 'community',
    ),
    communities: rows.map((bus) => here.names[bus]),
    voltage: rows.map((bus) => rounded(voltage(bus))),
    before: rows.map((bus) => rounded(before?.buses.voltagePu[bus] ?? Number.NaN)),
    // The root's voltage is given, not limited.
    low: rows.map((bus) => (bus === settings.rootBus ? null : rounded(buses.vMinPu[bus]))),
    high: rows.map((bus) => (bus === settings.rootBus ? null : rounded(buses.vMaxPu[bus]))),
    isOutside: rows.map((bus) => Number(isOutside(theCase, bus, voltage(bus)))),
    price: prices.map((price) => rounded(price)),
    priceShade: withoutTails(prices).map((price) => rounded(price)),
    netImport: imports,
    direction: imports.map((kw) => (kw === null ? null : kw < 0 ? 'sells' : 'buys')),
  };
}

/**
 * Branches between buses that are drawn, from the end nearer the root; then the open ones. `from` and `to` are
 * places in the table of buses, where the page's script finds all about the ends.
 */
export function branchColumns({ branches }: Case, shown: ShownBuses, outcome: Outcome): Columns {
  const place = new Map(shown.rows.map((bus, k) => [bus, k]));
  const closed = shown.rows.flatMap((bus) => {
    const row = shown.parentBranch[bus];
    if (row < 0) return [];
    const parent = branches.from[row] === bus ? branches.to[row] : branches.from[row];
    return [{ row, from: place.get(parent), to: place.get(bus) }];
  });
  const open = [...branches.closed.keys()].flatMap((row) => {
    const from = place.get(branches.from[row]);
    const to = place.get(branches.to[row]);
    const isDrawn = branches.closed[row] === 0 && from !== undefined && to !== undefined;
    return isDrawn ? [{ row, from, to }] : [];
  });
  const drawn = [...closed, ...open];
  const { currentA, lossesKw, loading, pKw } = outcome.branches;
  return {
    from: drawn.map(({ from }) => from ?? null),
    to: drawn.map(({ to }) => to ?? null),
    isOpen: drawn.map(({ row }) => 1 - branches.closed[row]),
    flow: drawn.map(({ row }) => rounded(pKw[row], 5)),
    current: drawn.map(({ row }) => rounded(currentA[row], 5)),
    loading: drawn.map(({ row }) => rounded(100 * loading[row], 4)),
    losses: drawn.map(({ row }) => rounded(lossesKw[row], 4)),
  };
}

function isOutside({ buses, settings }: Case, bus: number, voltage: number): boolean {
  if (bus === settings.rootBus) return false;
  const below = buses.vMinPu[bus] - voltage;
  const above = voltage - buses.vMaxPu[bus];
  return Math.max(below, above) > VOLTAGE_TOLERANCE_PU;
}

interface CommunitiesByBus {
  /** Names of the communities of a bus; empty where it has none. */
  readonly names: readonly string[];
  /** Σ X_m, kW; NaN at buses without a community. */
  readonly netImport: Float64Array;
  /** Mean λ_m, $/kWh; NaN where there is no price. */
  readonly price: Float64Array;
}

function communitiesByBus(theCase: Case, { communities: cleared }: Outcome): CommunitiesByBus {
  const { buses, communities } = theCase;
  const lists = new Map<number, number[]>();
  communities.bus.forEach((bus, m) => {
    const list = lists.get(bus);
    if (list === undefined) lists.set(bus, [m]);
    else list.push(m);
  });
  const netImport = new Float64Array(buses.id.length).fill(Number.NaN);
  const price = new Float64Array(buses.id.length).fill(Number.NaN);
  for (const [bus, list] of lists) {
    netImport[bus] = list.reduce((sum, m) => sum + cleared.importKw[m], 0);
    price[bus] = list.reduce((sum, m) => sum + cleared.price[m], 0) / list.length;
  }
  const names = buses.id.map((_, bus) => {
    const list = lists.get(bus) ?? [];
    const named = list.slice(0, NAMED_COMMUNITIES).map((m) => label(communities.id[m]));
    const more = list.length - named.length;
    return more > 0 ? `${named.join(', ')} and ${more} more` : named.join(', ');
  });
  return { names, netImport, price };
}

/** Of the values on either side, so many are taken to the next: one outlier must not use up a whole scale. */
const TAIL = 0.02;

function withoutTails(values: readonly number[]): number[] {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((one, other) => one - other);
  const beyond = Math.floor(TAIL * sorted.length);
  const least = sorted[beyond] ?? Number.NaN;
  const most = sorted[sorted.length - 1 - beyond] ?? Number.NaN;
  return values.map((value) => Math.min(Math.max(value, least), most));
}

/** What the communities of the bus pay, or else the marginal price of the bus. */
function busPrice({ buses }: Outcome, { price }: CommunitiesByBus, bus: number): number {
  return Number.isNaN(price[bus]) ? buses.marginalPrice[bus] : price[bus];
}
