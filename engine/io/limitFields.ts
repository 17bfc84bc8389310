/** Limits in `summary.json`: those that exclude each other, those that would have to give, those widened. */
import type { Case } from '../case/case.js';
import {
  LIMIT_UNIT,
  type LimitChange,
  type LimitReference,
  limitPlace,
  limitValue,
} from '../case/limits.js';
import type { Infeasibility, Relaxation, Remedy } from '../clearing/result.js';

export interface LimitField {
  readonly limit: string;
  /** Bus, community, both ends of a branch, or `grid`. */
  readonly place: string;
  readonly value: number;
  readonly unit: string;
}

export interface LimitChangeField {
  readonly limit: string;
  readonly place: string;
  readonly from: number;
  readonly to: number;
  readonly unit: string;
}

export interface RemedyField {
  readonly of: string;
  readonly total: number;
  readonly unit: string;
  readonly changes: readonly LimitChangeField[];
}

export interface InfeasibilityField {
  readonly conflict: readonly LimitField[];
  readonly is_irreducible: boolean;
  readonly violations: readonly LimitChangeField[];
  readonly remedies: readonly RemedyField[];
}

export interface RelaxationField {
  readonly price_usd_per_kwh: number;
  readonly reason: string;
  readonly limits: readonly LimitChangeField[];
}

export function infeasibilityField(
  theCase: Case,
  infeasibility: Infeasibility,
): InfeasibilityField {
  return {
    conflict: infeasibility.conflict.map((limit) => limitField(theCase, limit)),
    is_irreducible: infeasibility.isIrreducible,
    violations: infeasibility.violations.map((change) => changeField(theCase, change)),
    remedies: infeasibility.remedies.map((remedy) => remedyField(theCase, remedy)),
  };
}

export function relaxationField(theCase: Case, relaxation: Relaxation): RelaxationField {
  return {
    price_usd_per_kwh: relaxation.price,
    reason: relaxation.reason,
    limits: relaxation.limits.map((change) => changeField(theCase, change)),
  };
}

function remedyField(theCase: Case, { changes, of, total, unit }: Remedy): RemedyField {
  return { of, total, unit, changes: changes.map((change) => changeField(theCase, change)) };
}

function limitField(theCase: Case, limit: LimitReference): LimitField {
  return {
    limit: limit.kind,
    place: limitPlace(theCase, limit),
    value: limitValue(theCase, limit),
    unit: LIMIT_UNIT[limit.kind],
  };
}

function changeField(theCase: Case, change: LimitChange): LimitChangeField {
  const { from, kind, to } = change;
  return { limit: kind, place: limitPlace(theCase, change), from, to, unit: LIMIT_UNIT[kind] };
}
