/** wattshare: exact clearing of two-layer energy-sharing markets. The whole public API. */
export { CaseError, type CaseProblem, InternalError, UsageError } from './base/errors.js';
export type { Case, CaseTables } from './case/case.js';
export { type CaseColumns, createCase } from './case/create.js';
export type { Certificate } from './certify/certificate.js';
export { certify } from './certify/certify.js';
export { clear } from './clearing/clear.js';
export type { ClearOptions, ClearProgress, ResponseStage } from './clearing/options.js';
export {
  type ClearingResult,
  MODES,
  type Mode,
  type Outcome,
  type ResultWithOutcome,
  type ResultWithoutOutcome,
  type Status,
} from './clearing/result.js';
export { type GenerateOptions, generateMarket } from './generate/generateMarket.js';
export { readFeeder, resolveFeeder } from './generate/readFeeder.js';
export { SITUATIONS } from './generate/situations.js';
export { listBundledCases, packageVersion, resolveCase } from './io/package.js';
export { type ReadOptions, readCase } from './io/readCase.js';
export { readResult, type StoredResult } from './io/readResult.js';
export { type Summary, summarise } from './io/summary.js';
export { FORMATS, type Format, writeCase } from './io/writeCase.js';
export { expectResultFolder, writeResult } from './io/writeResult.js';
export { renderCertificate } from './report/certificate.js';
export { renderSummary } from './report/summary.js';
