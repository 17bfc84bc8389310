/**
 * The proof of the lower bound as it goes to disk. Leaves are numbered from 0: each leaf of the proof,
 * then the leaves of its parts, which name it in `within`. A table without rows is not written, nor are
 * columns that only parts need where there are none.
 */
import type { Case } from '../case/case.js';
import type { ProofFlows, ProofLeaf, ProofPart } from '../clearing/result.js';
import { idsOf } from './caseTables.js';
import { type OutputTable, tableOf } from './table.js';

/** A leaf under its number, and whose part it is. */
interface NumberedLeaf {
  readonly leaf: ProofLeaf;
  readonly within: number | undefined;
  readonly part: ProofPart | undefined;
}

export function proofFiles(theCase: Case, proof: readonly ProofLeaf[]): OutputTable[] {
  const leaves = numbered(proof);
  const tables = [
    leafFile(theCase, leaves),
    priceFile(theCase, leaves),
    boxFile(theCase, leaves),
    flowFile(theCase, leaves),
  ];
  return tables.filter((table) => table.rowCount > 0);
}

function numbered(proof: readonly ProofLeaf[]): NumberedLeaf[] {
  const leaves: NumberedLeaf[] = [];
  for (const leaf of proof) {
    const within = leaves.length;
    leaves.push({ leaf, within: undefined, part: undefined });
    for (const part of leaf.parts) {
      for (const inner of part.leaves) leaves.push({ leaf: inner, within, part });
    }
  }
  return leaves;
}

function leafFile({ buses }: Case, leaves: readonly NumberedLeaf[]): OutputTable {
  const hasParts = leaves.some(({ part }) => part !== undefined);
  const number = (of: (leaf: NumberedLeaf) => number | undefined): Float64Array =>
    Float64Array.from(leaves, (leaf) => of(leaf) ?? Number.NaN);
  return tableOf('proof_leaves', leaves.length, {
    leaf: Float64Array.from(leaves.keys()),
    kind: leaves.map(({ leaf }) => leaf.kind),
    revenue_price: number(({ leaf }) => leaf.revenuePrice),
    within: hasParts ? number(({ within }) => within) : undefined,
    part_bus: hasParts
      ? leaves.map(({ part }) => (part === undefined ? '' : buses.id[part.bus]))
      : undefined,
    sender_voltage_price_usd_per_h_per_pu2: hasParts
      ? number(({ part }) => part?.senderVoltagePrice)
      : undefined,
  });
}

/** Prices in a leaf of a part that are all 0, as they are outside the part, are left out. */
function priceFile({ buses }: Case, leaves: readonly NumberedLeaf[]): OutputTable {
  const rows = leaves.map(({ leaf, part }) => {
    const all = Int32Array.from(leaf.activePrice.keys());
    if (part === undefined) return all;
    return all.filter(
      (bus) =>
        leaf.activePrice[bus] !== 0 ||
        leaf.reactivePrice[bus] !== 0 ||
        leaf.voltagePrice[bus] !== 0,
    );
  });
  const column = (of: (leaf: ProofLeaf) => Float64Array): Float64Array =>
    joined(leaves.map(({ leaf }, k) => Float64Array.from(rows[k], (bus) => of(leaf)[bus])));
  const leaf = leafColumn(rows);
  return tableOf('proof_prices', leaf.length, {
    leaf,
    bus: rows.flatMap((ofLeaf) => idsOf(buses.id, ofLeaf)),
    active_price_usd_per_kwh: column((of) => of.activePrice),
    reactive_price_usd_per_kvarh: column((of) => of.reactivePrice),
    voltage_price_usd_per_h_per_pu2: column((of) => of.voltagePrice),
  });
}

function boxFile({ communities }: Case, leaves: readonly NumberedLeaf[]): OutputTable {
  const leaf = leafColumn(leaves.map((numberedLeaf) => numberedLeaf.leaf.community));
  return tableOf('proof_boxes', leaf.length, {
    leaf,
    community: leaves.flatMap((of) => idsOf(communities.id, of.leaf.community)),
    import_min_kw: joined(leaves.map((of) => of.leaf.importMinKw)),
    import_max_kw: joined(leaves.map((of) => of.leaf.importMaxKw)),
  });
}

function flowFile({ buses }: Case, leaves: readonly NumberedLeaf[]): OutputTable {
  const leaf = leafColumn(leaves.map((of) => of.leaf.flows.bus));
  const column = (of: (flows: ProofFlows) => Float64Array): Float64Array =>
    joined(leaves.map((numberedLeaf) => of(numberedLeaf.leaf.flows)));
  return tableOf('proof_flows', leaf.length, {
    leaf,
    bus: leaves.flatMap((of) => idsOf(buses.id, of.leaf.flows.bus)),
    min_kw: column((flows) => flows.minKw),
    max_kw: column((flows) => flows.maxKw),
    min_kvar: column((flows) => flows.minKvar),
    max_kvar: column((flows) => flows.maxKvar),
    min_kw_price_usd_per_kwh: column((flows) => flows.minKwPrice),
    max_kw_price_usd_per_kwh: column((flows) => flows.maxKwPrice),
    min_kvar_price_usd_per_kvarh: column((flows) => flows.minKvarPrice),
    max_kvar_price_usd_per_kvarh: column((flows) => flows.maxKvarPrice),
    low_voltage_cut_price_usd_per_h_per_pu2: column((flows) => flows.lowVoltageCutPrice),
    high_voltage_cut_price_usd_per_h_per_pu2: column((flows) => flows.highVoltageCutPrice),
  });
}

/** The number of the leaf that each row belongs to. */
function leafColumn(rows: readonly Int32Array[]): Float64Array {
  return joined(rows.map((ofLeaf, leaf) => new Float64Array(ofLeaf.length).fill(leaf)));
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
  let next = 0;
  for (const part of parts) {
    whole.set(part, next);
    next += part.length;
  }
  return whole;
}
