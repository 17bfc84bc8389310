/**
 * What a clearing answers. Columns follow the rows of the case's tables. Units are those of the
 * files: kW, kvar, $/kWh, $/h; voltages in pu.
 */
import type { Case } from '../case/case.js';
import type { LimitChange, LimitReference } from '../case/limits.js';
import type { Certificate } from '../certify/certificate.js';

export const MODES = ['welfare', 'dlmp', 'social', 'local', 'isolated'] as const;
export type Mode = (typeof MODES)[number];

/**
 * `optimal`: certified equilibrium, physics and gap. `feasible`: certified equilibrium and physics,
 * the gap is stated. `infeasible`: proven. `limit`: stopped by time or nodes, or no outcome that the
 * power flow accepts was found and none excluded.
 */
export type Status = 'optimal' | 'feasible' | 'infeasible' | 'limit';

export interface CommunityResult {
  /** Price λ_m, $/kWh; NaN in `isolated`, where every prosumer trades at the retail tariff. */
  readonly price: Float64Array;
  readonly importKw: Float64Array;
  /** Reactive consumption: the prosumers' demand plus the free amount. */
  readonly reactiveKvar: Float64Array;
  /** Marginal price of the community's bus, $/kWh; NaN in the modes without a network program. */
  readonly marginalPrice: Float64Array;
  /** Σ C_i(p_i), $/h. */
  readonly cost: Float64Array;
  /** κ_m, $/kWh per kW, as the mode uses it. */
  readonly kappa: Float64Array;
}

/** All else about a prosumer follows from its output, its price and its bids (prosumerFigures.ts). */
export interface ProsumerResult {
  /** In shared memory where it was cleared here. */
  readonly outputKw: Float64Array;
  /** What a result read from disk says about the rest, for the certificate to check. */
  readonly reported?: ProsumerFigures;
}

/** By prosumer. */
export interface ProsumerFigures {
  readonly purchaseKw: Float64Array;
  /** Intercept β_i = x_i + a_m λ_m of the bid; NaN in communities without price_sensitivity. */
  readonly bidKw: Float64Array;
  /** $/kWh. */
  readonly price: Float64Array;
  /** C_i(p_i) and what is paid for the purchase, $/h. */
  readonly cost: Float64Array;
  readonly payment: Float64Array;
}

export interface BusResult {
  readonly voltagePu: Float64Array;
  /** $/kWh; NaN in the modes without a network program. */
  readonly marginalPrice: Float64Array;
}

/** At the sending end nearer the root; open branches carry nothing. */
export interface BranchResult {
  readonly pKw: Float64Array;
  readonly qKvar: Float64Array;
  readonly currentA: Float64Array;
  readonly lossesKw: Float64Array;
  /** Current over its limit; NaN without a limit. */
  readonly loading: Float64Array;
}

/**
 * A proof of the lower bound: leaves whose boxes cover the search space, each with dual prices from
 * which anyone can recompute a bound valid in its box (certify/lowerBound.ts).
 */
export interface ProofLeaf {
  /** `bound`: the prices bound the cost in the box; `infeasible`: they show that nothing in it is possible. */
  readonly kind: 'bound' | 'infeasible';
  /** Community rows whose import the leaf restricts, and to what interval (kW); ±Infinity where open. */
  readonly community: Int32Array;
  readonly importMinKw: Float64Array;
  readonly importMaxKw: Float64Array;
  /** Per bus: multiplier of the active balance, $/kWh. */
  readonly activePrice: Float64Array;
  /** Per bus: multiplier of the reactive balance, $/kvarh. */
  readonly reactivePrice: Float64Array;
  /** Per bus: multiplier of the voltage equation of the branch that feeds it, $/h per pu². */
  readonly voltagePrice: Float64Array;
  /** Multiplier μ ≥ 0 of revenue adequacy, $ per $; 0 where the market may run a deficit. */
  readonly revenuePrice: number;
  readonly flows: ProofFlows;
  /** Subtrees bounded by leaves of their own; empty where the leaf's prices bound everything. */
  readonly parts: readonly ProofPart[];
}

/**
 * Branches whose flow at the receiving end (P', Q' of docs/model.md section 5) a leaf restricts, with the
 * multipliers of these limits and of the two secant cuts that follow from them, one entry a branch.
 */
export interface ProofFlows {
  /** The bus that the branch feeds. */
  readonly bus: Int32Array;
  /** ±Infinity where open. */
  readonly minKw: Float64Array;
  readonly maxKw: Float64Array;
  readonly minKvar: Float64Array;
  readonly maxKvar: Float64Array;
  /** Multipliers ≥ 0 of the four limits, $/kWh and $/kvarh. */
  readonly minKwPrice: Float64Array;
  readonly maxKwPrice: Float64Array;
  readonly minKvarPrice: Float64Array;
  readonly maxKvarPrice: Float64Array;
  /** Multipliers ≥ 0 of the cuts at the least and the greatest squared voltage, $/h per pu². */
  readonly lowVoltageCutPrice: Float64Array;
  readonly highVoltageCutPrice: Float64Array;
}

export const NO_FLOWS: ProofFlows = {
  bus: new Int32Array(0),
  minKw: new Float64Array(0),
  maxKw: new Float64Array(0),
  minKvar: new Float64Array(0),
  maxKvar: new Float64Array(0),
  minKwPrice: new Float64Array(0),
  maxKwPrice: new Float64Array(0),
  minKvarPrice: new Float64Array(0),
  maxKvarPrice: new Float64Array(0),
  lowVoltageCutPrice: new Float64Array(0),
  highVoltageCutPrice: new Float64Array(0),
};

/**
 * A subtree that a leaf bounds by leaves of its own: at the leaf's prices of the sending bus the Lagrangian
 * falls apart into the subtree and the rest (docs/model.md section 5).
 */
export interface ProofPart {
  /** Bus at the head: the part is the branch that feeds it and everything behind. */
  readonly bus: number;
  /** Coefficient of the squared voltage of the sending bus that the rest keeps, $/h per pu². */
  readonly senderVoltagePrice: number;
  /**
   * Their boxes cover those of the leaf as far as the subtree goes; prices matter inside the subtree alone, but
   * for a leaf of kind `infeasible`, whose prices are those of the whole network. They have no parts themselves.
   */
  readonly leaves: readonly ProofLeaf[];
}

/** The dispatch and the state of the network: everything the certificate needs beside the case. */
export interface Outcome {
  readonly communities: CommunityResult;
  readonly prosumers: ProsumerResult;
  readonly buses: BusResult;
  readonly branches: BranchResult;
  readonly gridImportKw: number;
  /** Largest |z| (ℓ τ² v − P² − Q²) in the solver's flows, pu; NaN in the modes without a network program. */
  readonly largestConeSlack: number;
  /**
   * Whether the program kept Σ λ_m X_m ≥ G(P_0) (docs/model.md section 4): then the certificate holds the outcome
   * to it, and the proof's leaves may give it a price.
   */
  readonly revenueAdequacy: boolean;
  /** Empty in the modes without a network program. */
  readonly proof: readonly ProofLeaf[];
}

/** Milliseconds by stage; `total` is the whole. */
export type Timing = Readonly<Record<string, number>>;

/** One look at the search between nodes. */
export interface SearchMoment {
  readonly nodes: number;
  /** Since the search began. */
  readonly milliseconds: number;
  /** Proven lower bound, $/h; −∞ before there is one. */
  readonly bound: number;
  /** Objective of the best outcome so far, $/h; +∞ before there is one. */
  readonly incumbent: number;
}

export interface Counts {
  readonly buses: number;
  readonly branches: number;
  readonly communities: number;
  readonly prosumers: number;
  readonly devices: number;
}

/** Why a market has no outcome. */
export interface Infeasibility {
  /**
   * Limits that exclude each other in the relaxed network. Empty where it holds no outcome without any limit,
   * or one that keeps them all.
   */
  readonly conflict: readonly LimitReference[];
  /** Whether there is an outcome as soon as any limit of the conflict is taken away. */
  readonly isIrreducible: boolean;
  /**
   * The first of `remedies`, the least violation with which there is an outcome; of voltages that are
   * given, what has to give whatever is traded. Empty where none is known.
   */
  readonly violations: readonly LimitChange[];
  /** Least changes of limits, each enough on its own. */
  readonly remedies: readonly Remedy[];
}

/** `network`: all limits but price caps together; `all`: those too. */
export type RemedyKind = 'voltages' | 'exchange' | 'currents' | 'price caps' | 'network' | 'all';

/** The least change of limits of some kind that leaves an outcome. */
export interface Remedy {
  readonly of: RemedyKind;
  readonly changes: readonly LimitChange[];
  /** What was made least. */
  readonly total: number;
  readonly unit: 'pu²' | 'kW' | 'A' | 'kVA';
}

/** What a clearing with elastic limits widened. */
export interface Relaxation {
  /** Of violation, $/kWh. */
  readonly price: number;
  /**
   * `kept`: no limit is left. `infeasible`: no outcome keeps all limits. `cheaper`: one may, and leaving
   * limits at this price costs less. `power-flow`: the relaxation keeps all limits, but no outcome was
   * found that does by the exact power flow. `unresolved`: no widening of limits led to an outcome.
   */
  readonly reason: 'kept' | 'infeasible' | 'cheaper' | 'power-flow' | 'unresolved';
  /** Empty where every limit is kept. */
  readonly limits: readonly LimitChange[];
}

interface ResultHead {
  /** The case cleared; with elastic limits, the case with its limits widened. */
  readonly case: Case;
  /** What was widened; absent unless limits were elastic. */
  readonly relaxation?: Relaxation;
  readonly mode: Mode;
  readonly timing: Timing;
  readonly nodes: number;
  /** How bound and incumbent came together, at most some 200 moments; absent where nothing was searched. */
  readonly trace?: readonly SearchMoment[];
}

/** A result with a point: certified (`optimal`, `feasible`) or the best known (`limit`). */
export interface ResultWithOutcome extends ResultHead {
  readonly status: 'optimal' | 'feasible' | 'limit';
  readonly outcome: Outcome;
  readonly certificate: Certificate;
  /** Objective of the mode's program, $/h. */
  readonly objective: number;
  /** Σ C_i + G(P_0), $/h. */
  readonly cost: number;
  readonly lowerBound: number;
  readonly gap: number;
  readonly lossesKw: number;
  readonly vMinPu: number;
  readonly vMaxPu: number;
  readonly operatorSurplus: number;
  /**
   * A proven bound, $/h, of what the market would cost if prices did not have to cover the grid's bill; absent
   * where they do not have to.
   */
  readonly subsidisedBound?: number;
  /** Why the status is not `optimal`; empty when it is. */
  readonly explanation: string;
}

/** A result without a point. */
export interface ResultWithoutOutcome extends ResultHead {
  readonly status: 'infeasible' | 'limit';
  readonly outcome: undefined;
  readonly explanation: string;
  /** Of an infeasible market: which limits exclude each other, and what would have to give. */
  readonly infeasibility?: Infeasibility;
}

export type ClearingResult = ResultWithOutcome | ResultWithoutOutcome;
