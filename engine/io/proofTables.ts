/** The proof of the lower bound from its tables (written by proofFiles.ts). */
import type { ProblemList } from '../base/errors.js';
import type { Case } from '../case/case.js';
import { rowsById } from '../case/columnReader.js';
import type { ProofLeaf, ProofPart } from '../clearing/result.js';
import { readBoxes, readFlows, readPrices } from './proofColumns.js';
import { readOptionalTable, readTable } from './readTable.js';
import { reportCell } from './rowMatch.js';
import { PROOF_BOXES, PROOF_FLOWS, PROOF_LEAVES, PROOF_PRICES } from './schema.js';
import { type ReadContext, Table, type TableSchema } from './table.js';

/** Empty where the result has none: the modes without a network program. */
export async function readProof(context: ReadContext, theCase: Case): Promise<ProofLeaf[]> {
  const { problems } = context;
  const leaves = await readOptionalTable(PROOF_LEAVES, context);
  if (leaves === 'absent' || leaves === undefined) return [];
  const prices = await readTable(PROOF_PRICES, context);
  const boxes = await readIfThere(PROOF_BOXES, context);
  const flows = await readIfThere(PROOF_FLOWS, context);
  if (prices === undefined || boxes === undefined || flows === undefined) return [];
  const heads = leafHeads(leaves, theCase, problems);
  const isInPart = heads.map(({ part }) => part !== undefined);
  const pricesOf = readPrices(prices, isInPart, theCase, problems);
  const boxesOf = readBoxes(boxes, heads.length, theCase, problems);
  const flowsOf = readFlows(flows, heads.length, theCase, problems);
  return nested(
    heads,
    heads.map(({ kind, revenuePrice }, leaf) => ({
      kind,
      ...boxesOf[leaf],
      ...pricesOf[leaf],
      revenuePrice,
      flows: flowsOf[leaf],
      parts: [],
    })),
  );
}

/** A table without rows is not written. */
async function readIfThere(schema: TableSchema, context: ReadContext): Promise<Table | undefined> {
  const table = await readOptionalTable(schema, context);
  if (table !== 'absent') return table;
  const columns = schema.columns.map(
    ({ name, kind }) => [name, kind === 'text' ? [] : new Float64Array(0)] as const,
  );
  return new Table(`${schema.name}.csv`, 0, new Map(columns));
}

/** A row of proof_leaves. */
interface LeafHead {
  readonly kind: ProofLeaf['kind'];
  readonly revenuePrice: number;
  readonly part: PartHead | undefined;
}

/** Which part of which leaf a leaf belongs to. */
interface PartHead {
  readonly within: number;
  readonly bus: number;
  readonly senderVoltagePrice: number;
}

function leafHeads(table: Table, { buses }: Case, problems: ProblemList): LeafHead[] {
  const busRow = rowsById(buses.id);
  const numbers = table.numbers('leaf');
  const revenuePrice = table.optionalNumbers('revenue_price');
  const within = table.optionalNumbers('within');
  const partBus = table.optionalTexts('part_bus');
  const senderPrice = table.optionalNumbers('sender_voltage_price_usd_per_h_per_pu2');
  const isWhole = (leaf: number): boolean => within === undefined || Number.isNaN(within[leaf]);
  return table.texts('kind').map((kind, row) => {
    const report = (column: string, value: string | number, message: string): void =>
      reportCell(problems, table, row, column, String(value), message);
    if (numbers[row] !== row) {
      report('leaf', numbers[row], `leaves are numbered 0, 1, 2 … in order: ${row} is due here`);
    }
    if (kind !== 'bound' && kind !== 'infeasible') {
      report('kind', kind, 'neither "bound" nor "infeasible"');
    }
    const head = {
      kind: kind === 'infeasible' ? ('infeasible' as const) : ('bound' as const),
      revenuePrice: orElse(revenuePrice?.[row] ?? 0, 0),
    };
    if (within === undefined || isWhole(row)) return { ...head, part: undefined };
    const outer = within[row];
    if (!(Number.isInteger(outer) && outer >= 0 && outer < row && isWhole(outer))) {
      report('within', outer, 'not the number of an earlier leaf that is in no part itself');
    }
    const id = partBus?.[row] ?? '';
    const bus = busRow.get(id);
    if (bus === undefined) report('part_bus', id, 'the case has no such row');
    const senderVoltagePrice = senderPrice?.[row] ?? Number.NaN;
    if (Number.isNaN(senderVoltagePrice)) {
      report('sender_voltage_price_usd_per_h_per_pu2', '', 'a number is needed');
    }
    return { ...head, part: { within: outer, bus: bus ?? -1, senderVoltagePrice } };
  });
}

/** Puts the leaves of parts where they belong; a part is what shares a leaf, a bus and a price. */
function nested(heads: readonly LeafHead[], leaves: readonly ProofLeaf[]): ProofLeaf[] {
  const partsOf = leaves.map(() => new Map<string, ProofPart & { readonly leaves: ProofLeaf[] }>());
  heads.forEach(({ part }, leaf) => {
    const parts = part === undefined ? undefined : partsOf[part.within];
    if (part === undefined || parts === undefined) return;
    const { bus, senderVoltagePrice } = part;
    const key = `${bus} ${senderVoltagePrice}`;
    const known = parts.get(key) ?? { bus, senderVoltagePrice, leaves: [] };
    known.leaves.push(leaves[leaf]);
    parts.set(key, known);
  });
  return leaves
    .map((leaf, k) => ({ ...leaf, parts: [...partsOf[k].values()] }))
    .filter((_, k) => heads[k].part === undefined);
}

function orElse(value: number, absent: number): number {
  return Number.isNaN(value) ? absent : value;
}
