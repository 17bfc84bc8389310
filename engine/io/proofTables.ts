/** The proof of the lower bound from its tables. */
import type { ProblemList } from '../base/errors.js';
import type { Case } from '../case/case.js';
import { rowsById } from '../case/columnReader.js';
import { NO_FLOWS, type ProofLeaf } from '../clearing/result.js';
import { readOptionalTable, readTable } from './readTable.js';
import { MatchedColumns, matchRows, reportCell } from './rowMatch.js';
import { PROOF_BOXES, PROOF_LEAVES, PROOF_PRICES } from './schema.js';
import type { ReadContext, Table } from './table.js';

/** Empty where the result has none: the modes without a network program. */
export async function readProof(context: ReadContext, theCase: Case): Promise<ProofLeaf[]> {
  const leaves = await readOptionalTable(PROOF_LEAVES, context);
  if (leaves === 'absent' || leaves === undefined) return [];
  const prices = await readTable(PROOF_PRICES, context);
  const boxes = await readTable(PROOF_BOXES, context);
  if (prices === undefined || boxes === undefined) return [];
  const kinds = leafKinds(leaves, context.problems);
  const boxesOf = readBoxes(boxes, kinds.length, theCase, context.problems);
  const priceColumns = readPrices(prices, kinds.length, theCase, context.problems);
  const busCount = theCase.buses.id.length;
  return kinds.map((kind, leaf) => {
    const ofLeaf = (column: Float64Array): Float64Array =>
      column.slice(leaf * busCount, (leaf + 1) * busCount);
    return {
      kind,
      ...boxesOf[leaf],
      activePrice: ofLeaf(priceColumns.active),
      reactivePrice: ofLeaf(priceColumns.reactive),
      voltagePrice: ofLeaf(priceColumns.voltage),
      revenuePrice: 0,
      flows: NO_FLOWS,
      parts: [],
    };
  });
}

function leafKinds(leaves: Table, problems: ProblemList): ProofLeaf['kind'][] {
  const numbers = leaves.numbers('leaf');
  return leaves.texts('kind').map((kind, row) => {
    if (numbers[row] !== row) {
      const message = `leaves are numbered 0, 1, 2 … in order: ${row} is due here`;
      reportCell(problems, leaves, row, 'leaf', String(numbers[row]), message);
    }
    if (kind === 'bound' || kind === 'infeasible') return kind;
    reportCell(problems, leaves, row, 'kind', kind, 'neither "bound" nor "infeasible"');
    return 'bound';
  });
}

interface PriceColumns {
  /** Entry leaf · buses + bus. */
  readonly active: Float64Array;
  readonly reactive: Float64Array;
  readonly voltage: Float64Array;
}

function readPrices(
  table: Table,
  leafCount: number,
  { buses }: Case,
  problems: ProblemList,
): PriceColumns {
  const expected: string[] = [];
  for (let leaf = 0; leaf < leafCount; leaf += 1) {
    for (const bus of buses.id) expected.push(`${leaf} ${bus}`);
  }
  const leaf = table.numbers('leaf');
  const keys = table.texts('bus').map((bus, row) => `${leaf[row]} ${bus}`);
  const busCount = buses.id.length;
  const match = matchRows(
    table,
    'bus',
    keys,
    expected,
    problems,
    (index) => `bus ${buses.id[index % busCount]} in leaf ${Math.floor(index / busCount)}`,
  );
  const columns = new MatchedColumns(table, match, problems);
  return {
    active: columns.numbers('active_price_usd_per_kwh'),
    reactive: columns.numbers('reactive_price_usd_per_kvarh'),
    voltage: columns.numbers('voltage_price_usd_per_h_per_pu2'),
  };
}

type Boxes = Pick<ProofLeaf, 'community' | 'importMinKw' | 'importMaxKw'>;

function readBoxes(
  table: Table,
  leafCount: number,
  { communities }: Case,
  problems: ProblemList,
): Boxes[] {
  const communityRow = rowsById(communities.id);
  const leaf = table.numbers('leaf');
  const rowsOf = Array.from({ length: leafCount }, (): number[] => []);
  const community = table.texts('community').map((id, row) => {
    const found = communityRow.get(id);
    if (found === undefined) {
      reportCell(problems, table, row, 'community', id, 'the case has no such row');
    }
    const rows = rowsOf[leaf[row]];
    if (rows === undefined) {
      reportCell(problems, table, row, 'leaf', String(leaf[row]), 'not an entry of proof_leaves');
    } else rows.push(row);
    return found ?? -1;
  });
  const low = table.numbers('import_min_kw');
  const high = table.numbers('import_max_kw');
  return rowsOf.map((rows) => ({
    community: Int32Array.from(rows, (row) => community[row]),
    importMinKw: Float64Array.from(rows, (row) => orElse(low[row], Number.NEGATIVE_INFINITY)),
    importMaxKw: Float64Array.from(rows, (row) => orElse(high[row], Number.POSITIVE_INFINITY)),
  }));
}

function orElse(value: number, absent: number): number {
  return Number.isNaN(value) ? absent : value;
}
