/**
 * Is it physically so? (docs/model.md section 6, point 2.) The phasor power flow of the reported imports
 * against the reported state and against the limits.
 */
import type { Case } from '../case/case.js';
import type { Mode, Outcome } from '../clearing/result.js';
import type { Certificate } from './certificate.js';
import { type PhasorPowerFlow, phasorPowerFlow } from './powerFlow.js';
import {
  BALANCE_TOLERANCE,
  FLOW_TOLERANCE,
  LIMIT_TOLERANCE,
  MISMATCH_TOLERANCE_PU,
  REACTIVE_TOLERANCE,
  SMALLEST_EXCHANGE_KW,
  VOLTAGE_TOLERANCE_PU,
} from './tolerances.js';

export interface PhysicsCheck {
  readonly figures: Pick<
    Certificate,
    | 'largestVoltageDifference_pu'
    | 'largestFlowDifference_kva'
    | 'largestVoltageViolation_pu'
    | 'voltageViolationBus'
    | 'largestCurrentViolation'
    | 'currentViolationBranch'
    | 'gridLimitViolation'
    | 'largestReactiveViolation_kvar'
    | 'powerFlowMismatch_pu'
  >;
  readonly holds: boolean;
}

/** @param reactiveDemand of the prosumers, by community, kvar */
export function checkPhysics(
  theCase: Case,
  mode: Mode,
  outcome: Outcome,
  reactiveDemand: Float64Array,
): PhysicsCheck {
  const flow = flowOf(theCase, outcome);
  const difference = largestDifference(flow.voltagePu, outcome.buses.voltagePu);
  const flowDifference = largestFlowDifference(theCase, flow, outcome);
  const voltage = voltageViolation(theCase, flow);
  const current = currentViolation(theCase, flow);
  const { gridLimitKw, baseKva } = theCase.settings;
  const excess = Math.max(Math.abs(flow.gridImportKw) - gridLimitKw, 0);
  const grid = excess / Math.max(gridLimitKw, SMALLEST_EXCHANGE_KW);
  const reactive = reactiveViolation(theCase, outcome, reactiveDemand);
  const exchangeError = Math.abs(flow.gridImportKw - outcome.gridImportKw);
  const isState =
    flow.status === 'converged' &&
    flow.mismatchPu <= MISMATCH_TOLERANCE_PU &&
    difference <= VOLTAGE_TOLERANCE_PU &&
    flowDifference <= FLOW_TOLERANCE * baseKva &&
    exchangeError <= BALANCE_TOLERANCE * Math.max(baseKva, Math.abs(flow.gridImportKw));
  const keepsLimits =
    voltage.size <= VOLTAGE_TOLERANCE_PU &&
    current.size <= LIMIT_TOLERANCE &&
    grid <= LIMIT_TOLERANCE &&
    reactive.relative <= REACTIVE_TOLERANCE;
  // The baselines know no network: a limit they break is a finding, not a fault.
  const isBaseline = mode === 'local' || mode === 'isolated';
  return {
    figures: {
      largestVoltageDifference_pu: difference,
      largestFlowDifference_kva: flowDifference,
      largestVoltageViolation_pu: voltage.size,
      voltageViolationBus:
        voltage.size > VOLTAGE_TOLERANCE_PU ? (theCase.buses.id[voltage.row] ?? '') : '',
      largestCurrentViolation: current.size,
      currentViolationBranch:
        current.size > LIMIT_TOLERANCE ? branchName(theCase, current.row) : '',
      gridLimitViolation: grid,
      largestReactiveViolation_kvar: reactive.kvar,
      powerFlowMismatch_pu: flow.mismatchPu,
    },
    holds: isState && (keepsLimits || isBaseline),
  };
}

function flowOf(theCase: Case, outcome: Outcome): PhasorPowerFlow {
  const active = new Float64Array(theCase.buses.id.length);
  const reactive = new Float64Array(theCase.buses.id.length);
  theCase.communities.bus.forEach((bus, m) => {
    active[bus] += outcome.communities.importKw[m];
    reactive[bus] += outcome.communities.reactiveKvar[m];
  });
  return phasorPowerFlow(theCase, active, reactive);
}

function largestDifference(first: Float64Array, second: Float64Array): number {
  let largest = 0;
  for (let k = 0; k < first.length; k += 1) {
    const difference = Math.abs(first[k] - second[k]);
    largest = difference > largest || Number.isNaN(difference) ? difference : largest;
  }
  return largest;
}

/** Of the branches table, kVA. */
function largestFlowDifference(theCase: Case, flow: PhasorPowerFlow, outcome: Outcome): number {
  const { branches } = outcome;
  const kvaPerAmpere = Math.sqrt(3) * theCase.settings.baseKv;
  return Math.max(
    largestDifference(flow.pKw, branches.pKw),
    largestDifference(flow.qKvar, branches.qKvar),
    largestDifference(flow.branchLossesKw, branches.lossesKw),
    kvaPerAmpere * largestDifference(flow.currentA, branches.currentA),
  );
}

interface Violation {
  readonly size: number;
  readonly row: number;
}

/** The root's voltage is given, not checked. */
function voltageViolation(theCase: Case, flow: PhasorPowerFlow): Violation {
  const { vMinPu, vMaxPu } = theCase.buses;
  let size = 0;
  let row = -1;
  for (let bus = 0; bus < vMinPu.length; bus += 1) {
    if (bus === theCase.settings.rootBus) continue;
    const voltage = flow.voltagePu[bus];
    const violation = Math.max(vMinPu[bus] - voltage, voltage - vMaxPu[bus]);
    if (violation > size) {
      size = violation;
      row = bus;
    }
  }
  return { size, row };
}

function currentViolation(theCase: Case, flow: PhasorPowerFlow): Violation {
  const { iMaxA } = theCase.branches;
  let size = 0;
  let row = -1;
  for (let branch = 0; branch < iMaxA.length; branch += 1) {
    const violation = flow.currentA[branch] / iMaxA[branch] - 1;
    if (violation > size) {
      size = violation;
      row = branch;
    }
  }
  return { size, row };
}

function branchName(theCase: Case, row: number): string {
  const { from, to } = theCase.branches;
  return `${theCase.buses.id[from[row]]}-${theCase.buses.id[to[row]]}`;
}

/** Reactive consumption outside [Σ demand_kvar + q_min, Σ demand_kvar + q_max], kvar, and relative. */
function reactiveViolation(
  theCase: Case,
  outcome: Outcome,
  reactiveDemand: Float64Array,
): { readonly kvar: number; readonly relative: number } {
  const { qMinKvar, qMaxKvar } = theCase.communities;
  let kvar = 0;
  let relative = 0;
  for (let m = 0; m < qMinKvar.length; m += 1) {
    const free = outcome.communities.reactiveKvar[m] - reactiveDemand[m];
    const violation = Math.max(qMinKvar[m] - free, free - qMaxKvar[m], 0);
    kvar = Math.max(kvar, violation);
    relative = Math.max(relative, violation / Math.max(1, qMaxKvar[m] - qMinKvar[m]));
  }
  return { kvar, relative };
}
