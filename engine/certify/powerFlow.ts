/**
 * The certificate's own power flow: complex phasors on the raw tables of the case, in kW, kV, A and
 * ohm. It shares neither code nor formulation with the solver's (no per unit, no squared voltages,
 * no joined buses), so that an error in one does not hide in the other.
 *
 * Three-phase single-line equivalent, V line to line in kV, I in A, z in ohm a phase:
 *
 *     S = √3 V conj(I)                                         kVA
 *     V_j = τ V_i − √3 z I / 1000                              kV, I behind the regulator
 *     I in front of an ideal regulator = τ I behind it         (it passes S unchanged)
 *     shunt: I = j b V / √3 with b = shunt_kvar / base_kv²     (a susceptance: it draws −j b |V|²)
 *
 * Backward/forward sweep: currents of all consumption at the present voltages, summed towards the
 * root; then voltages outwards. A link without impedance needs no special case.
 */
import { InternalError } from '../base/errors.js';
import type { Case } from '../case/case.js';
import { traceTree } from '../case/topology.js';

/** Columns follow the case's tables; open branches carry zero. */
export interface PhasorPowerFlow {
  /** `diverged`: no voltages balance the consumption within the sweep limit; figures are NaN. */
  readonly status: 'converged' | 'diverged';
  /** Magnitude. */
  readonly voltagePu: Float64Array;
  /** Power at the end nearer the root, the same on both sides of the branch's regulator. */
  readonly pKw: Float64Array;
  readonly qKvar: Float64Array;
  /** Behind the regulator. */
  readonly currentA: Float64Array;
  readonly branchLossesKw: Float64Array;
  readonly lossesKw: number;
  readonly gridImportKw: number;
  readonly gridImportKvar: number;
  /** Largest |S arriving − S consumed − S sent on| over the buses, over base_kva. */
  readonly mismatchPu: number;
}

/** Relative to the larger of base_kva and the exchange with the grid; the certificate asks 1e-9. */
const MISMATCH_TOLERANCE = 1e-12;

/** Accepted once rounding stops the mismatch from falling. */
const STALLED_TOLERANCE = 1e-10;
const STALLED_SWEEPS = 4;

/** Beyond this a feeder is so near its collapse that its voltages mean nothing. */
const SWEEP_LIMIT = 500;

const ROOT_THREE = Math.sqrt(3);

/**
 * @param busConsumptionKw consumption of the communities at each bus; fixed loads are added here
 * @param busConsumptionKvar likewise reactive; shunts are added here
 */
export function phasorPowerFlow(
  theCase: Case,
  busConsumptionKw: Float64Array,
  busConsumptionKvar: Float64Array,
): PhasorPowerFlow {
  const feeder = new PhasorFeeder(theCase, busConsumptionKw, busConsumptionKvar);
  let lowest = Number.POSITIVE_INFINITY;
  let lowestAt = 0;
  for (let sweep = 1; sweep <= SWEEP_LIMIT; sweep += 1) {
    feeder.sumCurrents();
    feeder.updateVoltages();
    const mismatch = feeder.relativeMismatch();
    if (mismatch <= MISMATCH_TOLERANCE) return feeder.report();
    if (mismatch < lowest) {
      lowest = mismatch;
      lowestAt = sweep;
    } else if (Number.isNaN(mismatch)) {
      break;
    } else if (sweep - lowestAt >= STALLED_SWEEPS && mismatch <= STALLED_TOLERANCE) {
      return feeder.report();
    }
  }
  return divergedReport(theCase);
}

/** The feeder's phasors and the two halves of a sweep over them. */
class PhasorFeeder {
  private readonly order: Int32Array;
  private readonly parentBus: Int32Array;
  private readonly parentBranch: Int32Array;
  private readonly consumptionKw: Float64Array;
  private readonly consumptionKvar: Float64Array;
  /** kvar per kV². */
  private readonly susceptance: Float64Array;
  private readonly voltageReal: Float64Array;
  private readonly voltageImaginary: Float64Array;
  /** Per bus: the current that its parent branch brings; at the root, the grid. */
  private readonly currentReal: Float64Array;
  private readonly currentImaginary: Float64Array;

  constructor(
    private readonly theCase: Case,
    busConsumptionKw: Float64Array,
    busConsumptionKvar: Float64Array,
  ) {
    const { branches, buses, settings } = theCase;
    const busCount = buses.id.length;
    const trace = traceTree(busCount, branches, settings.rootBus);
    if (trace.status !== 'tree')
      throw new InternalError(`a validated case holds a ${trace.status}`);
    this.order = trace.order;
    this.parentBus = trace.parentBus;
    this.parentBranch = trace.parentBranch;
    this.consumptionKw = buses.loadKw.map((load, bus) => load + busConsumptionKw[bus]);
    this.consumptionKvar = buses.loadKvar.map((load, bus) => load + busConsumptionKvar[bus]);
    this.susceptance = buses.shuntKvar.map((shunt) => shunt / settings.baseKv ** 2);
    this.voltageReal = new Float64Array(busCount);
    this.voltageImaginary = new Float64Array(busCount);
    this.currentReal = new Float64Array(busCount);
    this.currentImaginary = new Float64Array(busCount);
    this.updateVoltages();
  }

  /** I_bus = conj(S / (√3 V)) + j b V / √3, and every branch carries what is beyond it. */
  sumCurrents(): void {
    const { order, parentBus, parentBranch, currentReal, currentImaginary } = this;
    const { ratio } = this.theCase.branches;
    for (let bus = 0; bus < order.length; bus += 1) {
      const active = this.consumptionKw[bus];
      const reactive = this.consumptionKvar[bus];
      const real = this.voltageReal[bus];
      const imaginary = this.voltageImaginary[bus];
      const squared = real * real + imaginary * imaginary;
      // conj(S / V) = (P − jQ) V / |V|².
      currentReal[bus] =
        ((active * real + reactive * imaginary) / squared - this.susceptance[bus] * imaginary) /
        ROOT_THREE;
      currentImaginary[bus] =
        ((active * imaginary - reactive * real) / squared + this.susceptance[bus] * real) /
        ROOT_THREE;
    }
    for (let position = order.length - 1; position > 0; position -= 1) {
      const bus = order[position];
      const factor = ratio[parentBranch[bus]];
      currentReal[parentBus[bus]] += factor * currentReal[bus];
      currentImaginary[parentBus[bus]] += factor * currentImaginary[bus];
    }
  }

  /** V_j = τ V_i − √3 z I / 1000, outwards; without currents, the voltages of the unloaded feeder. */
  updateVoltages(): void {
    const { order, parentBus, parentBranch, currentReal, currentImaginary } = this;
    const { settings, branches } = this.theCase;
    this.voltageReal[settings.rootBus] = settings.rootVoltagePu * settings.baseKv;
    for (let position = 1; position < order.length; position += 1) {
      const bus = order[position];
      const sender = parentBus[bus];
      const branch = parentBranch[bus];
      const r = (ROOT_THREE * branches.rOhm[branch]) / 1000;
      const x = (ROOT_THREE * branches.xOhm[branch]) / 1000;
      this.voltageReal[bus] =
        branches.ratio[branch] * this.voltageReal[sender] -
        (r * currentReal[bus] - x * currentImaginary[bus]);
      this.voltageImaginary[bus] =
        branches.ratio[branch] * this.voltageImaginary[sender] -
        (r * currentImaginary[bus] + x * currentReal[bus]);
    }
  }

  /** The stopping rule's figure: the mismatch over the larger of base_kva and the exchange. */
  relativeMismatch(): number {
    const { baseKva, rootBus } = this.theCase.settings;
    const [importKw, importKvar] = this.power(rootBus, rootBus, 1);
    return this.mismatchKva() / Math.max(baseKva, Math.hypot(importKw, importKvar));
  }

  report(): PhasorPowerFlow {
    const { settings, branches } = this.theCase;
    const { baseKva, baseKv, rootBus } = settings;
    const branchCount = branches.from.length;
    const pKw = new Float64Array(branchCount);
    const qKvar = new Float64Array(branchCount);
    const currentA = new Float64Array(branchCount);
    const branchLossesKw = new Float64Array(branchCount);
    let lossesKw = 0;
    for (const bus of this.order.subarray(1)) {
      const branch = this.parentBranch[bus];
      const amperes = Math.hypot(this.currentReal[bus], this.currentImaginary[bus]);
      [pKw[branch], qKvar[branch]] = this.power(this.parentBus[bus], bus, branches.ratio[branch]);
      currentA[branch] = amperes;
      branchLossesKw[branch] = (3 * branches.rOhm[branch] * amperes ** 2) / 1000;
      lossesKw += branchLossesKw[branch];
    }
    const [gridImportKw, gridImportKvar] = this.power(rootBus, rootBus, 1);
    return {
      status: 'converged',
      voltagePu: this.voltageReal.map(
        (real, bus) => Math.hypot(real, this.voltageImaginary[bus]) / baseKv,
      ),
      pKw,
      qKvar,
      currentA,
      branchLossesKw,
      lossesKw,
      gridImportKw,
      gridImportKvar,
      mismatchPu: this.mismatchKva() / baseKva,
    };
  }

  /** Largest |S arriving − S consumed − S sent on| over the buses, from voltages and currents alone. */
  private mismatchKva(): number {
    const { order, parentBus, parentBranch } = this;
    const activeResidual = new Float64Array(order.length);
    const reactiveResidual = new Float64Array(order.length);
    for (let bus = 0; bus < order.length; bus += 1) {
      const [arrivingKw, arrivingKvar] = this.power(bus, bus, 1);
      const squared = this.voltageReal[bus] ** 2 + this.voltageImaginary[bus] ** 2;
      activeResidual[bus] += arrivingKw - this.consumptionKw[bus];
      reactiveResidual[bus] +=
        arrivingKvar - this.consumptionKvar[bus] + this.susceptance[bus] * squared;
      const parent = parentBus[bus];
      if (parent < 0) continue;
      const ratio = this.theCase.branches.ratio[parentBranch[bus]];
      const [sentKw, sentKvar] = this.power(parent, bus, ratio);
      activeResidual[parent] -= sentKw;
      reactiveResidual[parent] -= sentKvar;
    }
    let largest = 0;
    for (let bus = 0; bus < order.length; bus += 1) {
      largest = Math.max(largest, Math.hypot(activeResidual[bus], reactiveResidual[bus]));
    }
    return largest;
  }

  /** S = √3 τ V conj(I) in kW and kvar: the voltage of one bus, the current that feeds another. */
  private power(voltageBus: number, currentBus: number, ratio: number): [number, number] {
    const real = ROOT_THREE * ratio * this.voltageReal[voltageBus];
    const imaginary = ROOT_THREE * ratio * this.voltageImaginary[voltageBus];
    const currentReal = this.currentReal[currentBus];
    const currentImaginary = this.currentImaginary[currentBus];
    return [
      real * currentReal + imaginary * currentImaginary,
      imaginary * currentReal - real * currentImaginary,
    ];
  }
}

/** Leaves nothing that could be taken for an answer. */
function divergedReport(theCase: Case): PhasorPowerFlow {
  const perBranch = () => new Float64Array(theCase.branches.from.length).fill(Number.NaN);
  return {
    status: 'diverged',
    voltagePu: new Float64Array(theCase.buses.id.length).fill(Number.NaN),
    pKw: perBranch(),
    qKvar: perBranch(),
    currentA: perBranch(),
    branchLossesKw: perBranch(),
    lossesKw: Number.NaN,
    gridImportKw: Number.NaN,
    gridImportKvar: Number.NaN,
    mismatchPu: Number.NaN,
  };
}
