/**
 * The balanced single-line equivalent of a three-phase feeder.
 *
 * Lines: lineCodes.ts gives the equations.
 *
 * Lines between the same two buses, each of its own phases, carry their powers side by side: their
 * impedances are in parallel. Switches are links without impedance; several between two buses are one.
 * Regulators are ideal, their ratio 1 + 0.00625 · tap; several single-phase units between two buses
 * become one with the mean ratio over their phases. Other transformers are their series impedance
 * z % · V²/kVA on the common base. Impedances at another nominal voltage are brought to the base by
 * the square of the voltages' ratio. A single-phase transformer or service at the end of a
 * single-phase line carries the whole power of its bus, with V the line-to-line voltage that belongs
 * to its phase voltage, so it needs no other treatment.
 *
 * What is lost: the unbalance of loads, lines and taps, mutual coupling beyond its mean, loads that
 * depend on voltage (all are constant power here), the phase shift of transformers.
 */
import type { BranchTable, BusTable, CaseSettings, CaseTables } from '../case/case.js';
import { feederTables } from './emptyMarket.js';
import { groupBy, mean } from './groups.js';
import { chargingKvar, type LineCodes, lineCodesByName, seriesImpedance } from './lineCodes.js';
import { roundTo } from './rounding.js';
import {
  danglingReference,
  type FeederLine,
  type FeederSwitch,
  type ThreePhaseFeeder,
} from './threePhaseFeeder.js';

/** What the feeder's tables do not say. */
export interface EquivalentOptions {
  readonly name: string;
  readonly baseKva: number;
  /** Line-to-line base that the impedances are stated on, kV. */
  readonly baseKv: number;
  readonly vMinPu: number;
  readonly vMaxPu: number;
  readonly gridBuy: number;
  readonly gridSell: number;
  readonly description: string;
  readonly source: string;
}

const TAP_STEP = 0.00625;
/** The sources end an open switch on a stub bus of its own, named after the bus it would join. */
const OPEN_STUB = /_OPEN$/;
/** Ohms and kvar are kept to so many decimals: far below what the sources know. */
const IMPEDANCE_DECIMALS = 8;
const SHUNT_DECIMALS = 6;
const RATIO_DECIMALS = 8;

interface Link {
  readonly from: string;
  readonly to: string;
  readonly rOhm: number;
  readonly xOhm: number;
  readonly ratio: number;
  readonly closed: boolean;
}

/** The feeder's network and spot loads as the tables of a case without communities. */
export function singleLineEquivalent(
  feeder: ThreePhaseFeeder,
  options: EquivalentOptions,
): CaseTables {
  const codes = lineCodesByName(feeder.lineCodes);
  const nominalKv = nominalVoltages(feeder);
  const buses = busTable(feeder, codes, nominalKv, options);
  const row = new Map(buses.id.map((id, index) => [id, index]));
  const links = [
    ...transformerLinks(feeder, options.baseKv),
    ...lineLinks(feeder.lines, codes, nominalKv, options.baseKv),
    ...switchLinks(feeder.switches),
  ];
  return feederTables(settings(feeder, options, row), buses, branchTable(links, row));
}

function settings(
  feeder: ThreePhaseFeeder,
  options: EquivalentOptions,
  row: ReadonlyMap<string, number>,
): CaseSettings {
  return {
    name: options.name,
    baseKva: options.baseKva,
    baseKv: options.baseKv,
    rootBus: rowOf(row, feeder.sourceBus),
    rootVoltagePu: feeder.sourcePu,
    gridBuy: options.gridBuy,
    gridSell: options.gridSell,
    gridLimitKw: Number.POSITIVE_INFINITY,
    intervalMinutes: 60,
    description: options.description,
    source: options.source,
  };
}

/** One link a pair of buses: r + jx = 1 / Σ 1/(r_k + jx_k) over the lines between them. */
function lineLinks(
  lines: readonly FeederLine[],
  codes: LineCodes,
  nominalKv: ReadonlyMap<string, number>,
  baseKv: number,
): Link[] {
  const pairs = groupBy(lines, (line) => `${line.from} ${line.to}`);
  return [...pairs.values()].map((parallel) => {
    const { from, to } = parallel[0];
    const { rOhm, xOhm } = inParallel(parallel.map((line) => seriesImpedance(line, codes)));
    const scale = baseKv ** 2 / voltageOf(nominalKv, from) ** 2;
    return {
      from,
      to,
      rOhm: roundTo(rOhm * scale, IMPEDANCE_DECIMALS),
      xOhm: roundTo(xOhm * scale, IMPEDANCE_DECIMALS),
      ratio: 1,
      closed: true,
    };
  });
}

interface Impedance {
  readonly rOhm: number;
  readonly xOhm: number;
}

function inParallel(impedances: readonly Impedance[]): Impedance {
  if (impedances.length === 1) return impedances[0];
  let conductance = 0;
  let susceptance = 0;
  for (const { rOhm, xOhm } of impedances) {
    const squared = rOhm ** 2 + xOhm ** 2;
    // A line without impedance carries everything.
    if (squared === 0) return { rOhm: 0, xOhm: 0 };
    conductance += rOhm / squared;
    susceptance += xOhm / squared;
  }
  const squared = conductance ** 2 + susceptance ** 2;
  return { rOhm: conductance / squared, xOhm: susceptance / squared };
}

function switchLinks(switches: readonly FeederSwitch[]): Link[] {
  const links = switches.map((link) => ({
    from: link.from.replace(OPEN_STUB, ''),
    to: link.to.replace(OPEN_STUB, ''),
    rOhm: 0,
    xOhm: 0,
    ratio: 1,
    closed: link.closed,
  }));
  const pairs = groupBy(links, (link) => `${link.from} ${link.to} ${link.closed}`);
  return [...pairs.values()].map(([first]) => first);
}

function transformerLinks(feeder: ThreePhaseFeeder, baseKv: number): Link[] {
  const regulators = groupBy(feeder.regulators, (regulator) => regulator.transformer);
  const pairs = groupBy(feeder.transformers, (row) => `${row.from} ${row.to}`);
  return [...pairs.values()].map((rows) => {
    const first = rows[0];
    const controls = rows.flatMap((row) => regulators.get(row.name) ?? []);
    const ends = { from: first.from, to: first.to, closed: true };
    if (controls.length > 0) {
      const taps = controls.flatMap((control) => [...control.phases].map(() => control.tap));
      const ratio = roundTo(1 + TAP_STEP * mean(taps), RATIO_DECIMALS);
      return { ...ends, rOhm: 0, xOhm: 0, ratio };
    }
    const ohmPerPercent = (baseKv ** 2 * 1000) / first.kva / 100;
    return {
      ...ends,
      rOhm: roundTo(first.rPercent * ohmPerPercent, IMPEDANCE_DECIMALS),
      xOhm: roundTo(first.xPercent * ohmPerPercent, IMPEDANCE_DECIMALS),
      ratio: 1,
    };
  });
}

/** Line-to-line nominal voltage of each bus, carried from the source over the closed links. */
function nominalVoltages(feeder: ThreePhaseFeeder): Map<string, number> {
  const links = [
    ...feeder.lines.map(({ from, to }) => ({ from, to, factor: 1 })),
    ...feeder.switches.filter((row) => row.closed).map(({ from, to }) => ({ from, to, factor: 1 })),
    ...feeder.transformers.map(({ from, to, kvFrom, kvTo }) => ({
      from,
      to,
      factor: kvTo / kvFrom,
    })),
  ];
  // Links are written from parent to child.
  const behind = groupBy(links, (link) => link.from);
  const nominal = new Map([[feeder.sourceBus, feeder.sourceKv]]);
  // A map is walked in the order of its entries, those set on the way included.
  for (const [bus, kv] of nominal) {
    for (const { to, factor } of behind.get(bus) ?? []) {
      if (!nominal.has(to)) nominal.set(to, kv * factor);
    }
  }
  return nominal;
}

function busTable(
  feeder: ThreePhaseFeeder,
  codes: LineCodes,
  nominalKv: ReadonlyMap<string, number>,
  options: EquivalentOptions,
): BusTable {
  const id = feeder.coordinates.map((coordinate) => coordinate.bus);
  const row = new Map(id.map((bus, index) => [bus, index]));
  const loadKw = new Float64Array(id.length);
  const loadKvar = new Float64Array(id.length);
  const shuntKvar = new Float64Array(id.length);
  for (const load of feeder.loads) {
    loadKw[rowOf(row, load.bus)] += load.kw;
    loadKvar[rowOf(row, load.bus)] += load.kvar;
  }
  // Capacitors are rated at the nominal voltage, so their rated kvar are those at 1 pu.
  for (const capacitor of feeder.capacitors) shuntKvar[rowOf(row, capacitor.bus)] += capacitor.kvar;
  for (const line of feeder.lines) {
    const half = chargingKvar(line, codes, voltageOf(nominalKv, line.from)) / 2;
    shuntKvar[rowOf(row, line.from)] += half;
    shuntKvar[rowOf(row, line.to)] += half;
  }
  return {
    id,
    vMinPu: new Float64Array(id.length).fill(options.vMinPu),
    vMaxPu: new Float64Array(id.length).fill(options.vMaxPu),
    loadKw,
    loadKvar,
    shuntKvar: shuntKvar.map((kvar) => roundTo(kvar, SHUNT_DECIMALS)),
    x: Float64Array.from(feeder.coordinates, (coordinate) => coordinate.x),
    y: Float64Array.from(feeder.coordinates, (coordinate) => coordinate.y),
  };
}

function branchTable(links: readonly Link[], row: ReadonlyMap<string, number>): BranchTable {
  return {
    from: Int32Array.from(links, (link) => rowOf(row, link.from)),
    to: Int32Array.from(links, (link) => rowOf(row, link.to)),
    rOhm: Float64Array.from(links, (link) => link.rOhm),
    xOhm: Float64Array.from(links, (link) => link.xOhm),
    iMaxA: new Float64Array(links.length).fill(Number.POSITIVE_INFINITY),
    ratio: Float64Array.from(links, (link) => link.ratio),
    closed: Uint8Array.from(links, (link) => (link.closed ? 1 : 0)),
  };
}

function rowOf(row: ReadonlyMap<string, number>, bus: string): number {
  const index = row.get(bus);
  if (index === undefined) throw danglingReference('coordinates.csv', 'bus', bus);
  return index;
}

function voltageOf(nominalKv: ReadonlyMap<string, number>, bus: string): number {
  const kv = nominalKv.get(bus);
  if (kv === undefined) throw danglingReference('lines.csv', 'from', bus);
  return kv;
}
