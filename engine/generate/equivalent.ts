/**
 * The balanced single-line equivalent of a three-phase feeder.
 *
 * A line of n phases carries the whole power S in n phases of S/n each. With the mean self impedance
 * z_s and the mean mutual impedance z_m of its matrix, balanced currents see z_s − z_m in each phase,
 * so on the line-to-line voltage V, where a voltage drop is z S / V²,
 *
 *     z = (z_s − z_m) · 3/n   for n ≥ 2,      z = 3 z_s   for n = 1                              (1)
 *
 * Charging at balanced rated voltage V_ln to neutral: the line produces ω Σ_jk c_jk V_j V_k cos θ_jk
 * (c nodal, so c_m ≤ 0), and phases are 120° apart, so each pair of phases adds 2 c_m cos 120° = −c_m:
 *
 *     ω (n c_s − n(n−1)/2 · c_m) V_ln²,  half of it at each end                                  (2)
 *
 * Switches are links without impedance. Regulators are ideal, their ratio 1 + 0.00625 · tap; several
 * single-phase units between two buses become one with the mean ratio over their phases. Other
 * transformers are their series impedance z % · V²/kVA on the common base. Impedances at another
 * nominal voltage are brought to the base by the square of the voltages' ratio.
 *
 * What is lost: the unbalance of loads, lines and taps, mutual coupling beyond its mean, loads that
 * depend on voltage (all are constant power here), the phase shift of transformers.
 */
import { CaseError } from '../base/errors.js';
import type { BranchTable, BusTable, CaseSettings, CaseTables } from '../case/case.js';
import { feederTables } from './emptyMarket.js';
import { roundTo } from './rounding.js';
import type { FeederLine, LineCodeEntry, ThreePhaseFeeder } from './threePhaseFeeder.js';

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

const SYSTEM_FREQUENCY_HZ = 60;
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
  const codes = lineCodes(feeder.lineCodes);
  const nominalKv = nominalVoltages(feeder);
  const buses = busTable(feeder, codes, nominalKv, options);
  const row = new Map(buses.id.map((id, index) => [id, index]));
  const links = [
    ...transformerLinks(feeder, options.baseKv),
    ...feeder.lines.map((line) => lineLink(line, codes, nominalKv, options.baseKv)),
    ...feeder.switches.map((link) => ({
      from: link.from.replace(OPEN_STUB, ''),
      to: link.to.replace(OPEN_STUB, ''),
      rOhm: 0,
      xOhm: 0,
      ratio: 1,
      closed: link.closed,
    })),
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

/** Means over the diagonal and off it, per kft. */
interface LineCode {
  readonly phaseCount: number;
  readonly selfR: number;
  readonly selfX: number;
  readonly selfC: number;
  readonly mutualR: number;
  readonly mutualX: number;
  readonly mutualC: number;
}

function lineCodes(entries: readonly LineCodeEntry[]): Map<string, LineCode> {
  const codes = new Map<string, LineCode>();
  for (const [name, rows] of groupBy(entries, (entry) => entry.lineCode)) {
    const self = rows.filter((entry) => entry.row === entry.column);
    const mutual = rows.filter((entry) => entry.row !== entry.column);
    codes.set(name, {
      phaseCount: self.length,
      selfR: mean(self.map((entry) => entry.rOhmPerKft)),
      selfX: mean(self.map((entry) => entry.xOhmPerKft)),
      selfC: mean(self.map((entry) => entry.cNanofaradPerKft)),
      mutualR: mean(mutual.map((entry) => entry.rOhmPerKft)),
      mutualX: mean(mutual.map((entry) => entry.xOhmPerKft)),
      mutualC: mean(mutual.map((entry) => entry.cNanofaradPerKft)),
    });
  }
  return codes;
}

/** Equation (1). The mean mutual impedance of a single-phase line is 0. */
function lineLink(
  line: FeederLine,
  codes: ReadonlyMap<string, LineCode>,
  nominalKv: ReadonlyMap<string, number>,
  baseKv: number,
): Link {
  const code = codeOf(codes, line);
  const scale =
    (line.lengthKft * (3 / code.phaseCount) * baseKv ** 2) / voltageOf(nominalKv, line.from) ** 2;
  return {
    from: line.from,
    to: line.to,
    rOhm: roundTo((code.selfR - code.mutualR) * scale, IMPEDANCE_DECIMALS),
    xOhm: roundTo((code.selfX - code.mutualX) * scale, IMPEDANCE_DECIMALS),
    ratio: 1,
    closed: true,
  };
}

/** Equation (2), for the whole line: 1e-9 F, 1e6 V² a kV² and 1e-3 kvar a var make 1e-6. */
function chargingKvar(line: FeederLine, code: LineCode, kv: number): number {
  const n = code.phaseCount;
  const capacitance = (n * code.selfC - ((n * (n - 1)) / 2) * code.mutualC) * line.lengthKft;
  return 2 * Math.PI * SYSTEM_FREQUENCY_HZ * capacitance * (kv ** 2 / 3) * 1e-6;
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
  const nominal = new Map([[feeder.sourceBus, feeder.sourceKv]]);
  // Links are written from parent to child but in no order, so pass over them until none is new.
  for (let found = true; found; ) {
    found = false;
    for (const { from, to, factor } of links) {
      const kv = nominal.get(from);
      if (kv === undefined || nominal.has(to)) continue;
      nominal.set(to, kv * factor);
      found = true;
    }
  }
  return nominal;
}

function busTable(
  feeder: ThreePhaseFeeder,
  codes: ReadonlyMap<string, LineCode>,
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
    const half = chargingKvar(line, codeOf(codes, line), voltageOf(nominalKv, line.from)) / 2;
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

/** Rows of the same key, in the order of the keys' first rows; no group is empty. */
function groupBy<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): Map<string, [Row, ...Row[]]> {
  const groups = new Map<string, [Row, ...Row[]]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group === undefined) groups.set(keyOf(row), [row]);
    else group.push(row);
  }
  return groups;
}

function rowOf(row: ReadonlyMap<string, number>, bus: string): number {
  const index = row.get(bus);
  if (index === undefined) throw dangling('coordinates.csv', 'bus', bus);
  return index;
}

function codeOf(codes: ReadonlyMap<string, LineCode>, line: FeederLine): LineCode {
  const code = codes.get(line.lineCode);
  if (code === undefined || code.phaseCount !== line.phases.length) {
    throw dangling('linecodes.csv', 'linecode', line.lineCode);
  }
  return code;
}

function voltageOf(nominalKv: ReadonlyMap<string, number>, bus: string): number {
  const kv = nominalKv.get(bus);
  if (kv === undefined) throw dangling('lines.csv', 'from', bus);
  return kv;
}

function dangling(file: string, column: string, value: string): CaseError {
  const message = 'the feeder refers to this but no row (of the right phases) reaches it';
  return new CaseError([{ file, column, value, message }]);
}

function mean(values: readonly number[]): number {
  if (values.length === 0) return 0;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
