/** What the tables of a proof hold for each leaf: prices by bus, the box of imports, limits of flows. */
import type { ProblemList } from '../base/errors.js';
import type { Case } from '../case/case.js';
import { rowsById } from '../case/columnReader.js';
import type { ProofFlows, ProofLeaf } from '../clearing/result.js';
import { reportCell } from './rowMatch.js';
import type { Table } from './table.js';

type Prices = Pick<ProofLeaf, 'activePrice' | 'reactivePrice' | 'voltagePrice'>;
type Boxes = Pick<ProofLeaf, 'community' | 'importMinKw' | 'importMaxKw'>;

/**
 * A leaf of the whole network has a row for every bus; one of a part is 0 where it has none.
 *
 * @param isInPart by leaf
 */
export function readPrices(
  table: Table,
  isInPart: readonly boolean[],
  { buses }: Case,
  problems: ProblemList,
): Prices[] {
  const bus = rowsOfIds(table, 'bus', buses.id, problems);
  const active = pricesIn(table, 'active_price_usd_per_kwh', problems);
  const reactive = pricesIn(table, 'reactive_price_usd_per_kvarh', problems);
  const voltage = pricesIn(table, 'voltage_price_usd_per_h_per_pu2', problems);
  return rowsByLeaf(table, isInPart.length, problems).map((rows, leaf) => {
    const rowOf = new Int32Array(buses.id.length).fill(-1);
    for (const row of rows) {
      if (bus[row] < 0) continue;
      if (rowOf[bus[row]] >= 0) {
        reportCell(problems, table, row, 'bus', buses.id[bus[row]], 'there twice');
      }
      rowOf[bus[row]] = row;
    }
    if (!isInPart[leaf]) {
      rowOf.forEach((row, missing) => {
        const message = `no row for bus ${buses.id[missing]} in leaf ${leaf}`;
        if (row < 0) problems.add({ file: table.file, message });
      });
    }
    const ofLeaf = (column: Float64Array): Float64Array =>
      Float64Array.from(rowOf, (row) => (row < 0 ? 0 : column[row]));
    return {
      activePrice: ofLeaf(active),
      reactivePrice: ofLeaf(reactive),
      voltagePrice: ofLeaf(voltage),
    };
  });
}

export function readBoxes(
  table: Table,
  leafCount: number,
  { communities }: Case,
  problems: ProblemList,
): Boxes[] {
  const community = rowsOfIds(table, 'community', communities.id, problems);
  const low = limitsIn(table, 'import_min_kw', Number.NEGATIVE_INFINITY);
  const high = limitsIn(table, 'import_max_kw', Number.POSITIVE_INFINITY);
  return rowsByLeaf(table, leafCount, problems).map((rows) => ({
    community: Int32Array.from(rows, (row) => community[row]),
    importMinKw: Float64Array.from(rows, (row) => low[row]),
    importMaxKw: Float64Array.from(rows, (row) => high[row]),
  }));
}

export function readFlows(
  table: Table,
  leafCount: number,
  { buses }: Case,
  problems: ProblemList,
): ProofFlows[] {
  const bus = rowsOfIds(table, 'bus', buses.id, problems);
  const columns = {
    minKw: limitsIn(table, 'min_kw', Number.NEGATIVE_INFINITY),
    maxKw: limitsIn(table, 'max_kw', Number.POSITIVE_INFINITY),
    minKvar: limitsIn(table, 'min_kvar', Number.NEGATIVE_INFINITY),
    maxKvar: limitsIn(table, 'max_kvar', Number.POSITIVE_INFINITY),
    minKwPrice: pricesIn(table, 'min_kw_price_usd_per_kwh', problems),
    maxKwPrice: pricesIn(table, 'max_kw_price_usd_per_kwh', problems),
    minKvarPrice: pricesIn(table, 'min_kvar_price_usd_per_kvarh', problems),
    maxKvarPrice: pricesIn(table, 'max_kvar_price_usd_per_kvarh', problems),
    lowVoltageCutPrice: pricesIn(table, 'low_voltage_cut_price_usd_per_h_per_pu2', problems),
    highVoltageCutPrice: pricesIn(table, 'high_voltage_cut_price_usd_per_h_per_pu2', problems),
  };
  return rowsByLeaf(table, leafCount, problems).map((rows) => {
    const ofLeaf = (column: Float64Array): Float64Array =>
      Float64Array.from(rows, (row) => column[row]);
    return {
      bus: Int32Array.from(rows, (row) => bus[row]),
      minKw: ofLeaf(columns.minKw),
      maxKw: ofLeaf(columns.maxKw),
      minKvar: ofLeaf(columns.minKvar),
      maxKvar: ofLeaf(columns.maxKvar),
      minKwPrice: ofLeaf(columns.minKwPrice),
      maxKwPrice: ofLeaf(columns.maxKwPrice),
      minKvarPrice: ofLeaf(columns.minKvarPrice),
      maxKvarPrice: ofLeaf(columns.maxKvarPrice),
      lowVoltageCutPrice: ofLeaf(columns.lowVoltageCutPrice),
      highVoltageCutPrice: ofLeaf(columns.highVoltageCutPrice),
    };
  });
}

/** Rows of the table by the leaf that they name, in the order of the file. */
function rowsByLeaf(table: Table, leafCount: number, problems: ProblemList): number[][] {
  const rowsOf = Array.from({ length: leafCount }, (): number[] => []);
  table.numbers('leaf').forEach((leaf, row) => {
    const rows = rowsOf[leaf];
    if (rows !== undefined) rows.push(row);
    else reportCell(problems, table, row, 'leaf', String(leaf), 'not an entry of proof_leaves');
  });
  return rowsOf;
}

/** For each row of the table the row of the case that its id names; −1 where there is none. */
function rowsOfIds(
  table: Table,
  column: string,
  ids: readonly string[],
  problems: ProblemList,
): Int32Array {
  const rowOf = rowsById(ids);
  return Int32Array.from(table.texts(column), (id, row) => {
    const found = rowOf.get(id);
    if (found === undefined) {
      reportCell(problems, table, row, column, id, 'the case has no such row');
    }
    return found ?? -1;
  });
}

/** Every cell has to hold a number. */
function pricesIn(table: Table, column: string, problems: ProblemList): Float64Array {
  const prices = table.numbers(column);
  prices.forEach((price, row) => {
    if (Number.isNaN(price)) reportCell(problems, table, row, column, '', 'a number is needed');
  });
  return prices;
}

/** An empty limit is infinite. */
function limitsIn(table: Table, column: string, absent: number): Float64Array {
  return table.numbers(column).map((limit) => (Number.isNaN(limit) ? absent : limit));
}
