/** wattshare: exact clearing of two-layer energy-sharing markets. The whole public API. */
export { CaseError, type CaseProblem, InternalError, UsageError } from './base/errors.js';
export type { Case, CaseTables } from './case/case.js';
export { certify } from './certify/certify.js';
export type { Certificate } from './certify/certificate.js';
export { clear } from './clearing/clear.js';
export type { ClearOptions, ClearProgress, ResponseStage } from './clearing/options.js';
export type {
  ClearingResult,
  Mode,
  Outcome,
  ResultWithOutcome,
  ResultWithoutOutcome,
  Status,
} from './clearing/result.js';
export { MODES } from './clearing/result.js';
