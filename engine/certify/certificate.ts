/**
 * The certificate (docs/model.md section 6): figures recomputed from the case and the reported numbers
 * alone, without any code of the solver that produced them.
 */
export interface Certificate {
  /** Equilibrium: the largest amount any prosumer could gain by another bid, $/h. */
  readonly largestGain_usd_per_h: number;
  /** max |p_i − p_i(λ_m)|, kW. */
  readonly largestAnswerError_kw: number;
  /** Largest difference between a reported figure and what it must sum to: purchases, imports, kW. */
  readonly largestBalanceError_kw: number;
  /** Largest difference of a reported cost from that of the reported output, $/h. */
  readonly largestCostError_usd_per_h: number;
  /** Largest difference of a reported bid from purchase + price_sensitivity · price, kW. */
  readonly largestBidError_kw: number;
  /** `dlmp`: largest difference of a price from its bus's marginal price within the caps; NaN otherwise. */
  readonly largestMarginalPriceDifference_usd_per_kwh: number;
  /** Largest violation of a price cap, $/kWh. */
  readonly largestPriceCapViolation_usd_per_kwh: number;
  /** Physics: reported voltages against the exact power flow, pu. */
  readonly largestVoltageDifference_pu: number;
  /** Reported flows, losses (kW, kvar) and currents (as kVA at nominal voltage) against it. */
  readonly largestFlowDifference_kva: number;
  readonly largestVoltageViolation_pu: number;
  /** Bus with that violation; empty without one. */
  readonly voltageViolationBus: string;
  /** Largest excess of a current over its limit, relative to the limit. */
  readonly largestCurrentViolation: number;
  /** `from-to` of that branch; empty without one. */
  readonly currentViolationBranch: string;
  /** Excess of the exchange with the grid over its limit, relative to the limit (1 kW at least). */
  readonly gridLimitViolation: number;
  /** Largest reactive amount outside a community's range, kvar. */
  readonly largestReactiveViolation_kvar: number;
  /** Residual of the exact power-flow equations, pu. */
  readonly powerFlowMismatch_pu: number;
  /** Relaxation: largest |z| (ℓ τ² v − P² − Q²) in the solver's flows, pu; NaN without a network program. */
  readonly largestConeSlack_pu: number;
  /** Optimality: Σ C_i + G; the objective of the mode's program, its bound, and their relative gap. */
  readonly recomputedCost_usd_per_h: number;
  readonly recomputedObjective_usd_per_h: number;
  readonly lowerBound_usd_per_h: number;
  readonly gap: number;
  /** Money: |Σ payments − Σ λ_m X_m|, or a prosumer's |payment − λ_m x_i| where that is larger, $/h. */
  readonly paymentImbalance_usd_per_h: number;
  readonly operatorSurplus_usd_per_h: number;
  /**
   * Where revenue adequacy is kept: what the operator lacks, max(0, G − Σ λ_m X_m), $/h, and how far the
   * posted prices leave those it may post (certify/allowedPrices.ts), $/kWh; NaN where it may lose money.
   */
  readonly revenueShortfall_usd_per_h: number;
  readonly largestAllowedPriceViolation_usd_per_kwh: number;
  /** Whether points 1, 2, 4 and 5 hold to their tolerances (certify/tolerances.ts). */
  readonly equilibriumHolds: boolean;
  readonly physicsHolds: boolean;
  readonly optimalityHolds: boolean;
  /** Without revenue adequacy there is nothing to hold. */
  readonly revenueHolds: boolean;
}
