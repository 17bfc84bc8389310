/** wattshare: exact clearing of two-layer energy-sharing markets. The whole public API. */
export { CaseError, type CaseProblem, InternalError, UsageError } from './base/errors.js';
export type { Case, CaseTables } from './case/case.js';
export {
  applyChanges,
  type BranchChanges,
  type BusChanges,
  branchRow,
  type ChangedRows,
  type CommunityChanges,
  type DeviceChanges,
  type MarketChanges,
  type ProsumerChanges,
} from './case/changes.js';
export { type CaseColumns, createCase } from './case/create.js';
export { IdColumn } from './case/idColumn.js';
export { LabelColumn } from './case/labelColumn.js';
export {
  describeChanges,
  type LimitChange,
  type LimitKind,
  type LimitReference,
} from './case/limits.js';
export { createCaseOrRegion, isRegion, type Region } from './case/region.js';
export { widenLimits } from './case/widen.js';
export type { Certificate } from './certify/certificate.js';
export { certify } from './certify/certify.js';
export { clear } from './clearing/clear.js';
export {
  type ExactnessPoint,
  type ExactnessReport,
  reportExactness,
} from './clearing/exactness.js';
export {
  type ClearOptions,
  type ClearProgress,
  type ElasticOptions,
  SOLVERS,
  type Solver,
} from './clearing/options.js';
export { prosumerFigures } from './clearing/prosumerFigures.js';
export {
  clearRegion,
  type FeederStage,
  joinResults,
  type RegionOptions,
  type RegionResult,
  type RegionTotals,
  worstStatus,
} from './clearing/region.js';
export type { ResponseStage } from './clearing/responseStage.js';
export {
  type ClearingResult,
  type Infeasibility,
  MODES,
  type Mode,
  type Outcome,
  type ProsumerFigures,
  type Relaxation,
  type Remedy,
  type ResultWithOutcome,
  type ResultWithoutOutcome,
  type Status,
} from './clearing/result.js';
export {
  type ExportedProgram,
  type ExportOptions,
  exportProgram,
  PROGRAM_FORMATS,
  type ProgramFormat,
} from './export/exportProgram.js';
export { PROGRAMS, type ProgramKind } from './export/notes.js';
export { type GenerateOptions, generateMarket } from './generate/generateMarket.js';
export { readFeeder, resolveFeeder } from './generate/readFeeder.js';
export { SITUATIONS } from './generate/situations.js';
export { caseDigest } from './io/caseDigest.js';
export { listBundledCases, packageVersion, resolveCase } from './io/package.js';
export { type ReadOptions, readCase } from './io/readCase.js';
export { readCaseOrRegion } from './io/readRegion.js';
export { readResult, type StoredResult } from './io/readResult.js';
export { expectSameCase, readTrial } from './io/readTrial.js';
export {
  feederFolder,
  type RegionSummary,
  readRegionSummary,
  summariseRegion,
} from './io/regionSummary.js';
export { readCaseName, readSummary, type Summary, summarise } from './io/summary.js';
export { readEvents } from './io/trialEvents.js';
export {
  createTrialFolder,
  expectTrialFolder,
  type ReopenedTrial,
  reopenTrialFolder,
  type TrialFolder,
} from './io/trialFolder.js';
export { holdsTrial, readTrialSettings } from './io/trialSettings.js';
export { readProfiles, readTariff } from './io/trialTables.js';
export { FORMATS, type Format, writeCase } from './io/writeCase.js';
export { writeRegionResult } from './io/writeRegionResult.js';
export { expectResultFolder, writeResult } from './io/writeResult.js';
export {
  type BoundQuestion,
  type IndependentBound,
  independentBound,
} from './outer/independentBound.js';
export { type PageOptions, reportPage } from './page/reportPage.js';
export { restoredFailure, restoredResult } from './page/restoredResult.js';
export { type TrialPageOptions, trialPage } from './page/trialPage.js';
export { renderCertificate } from './report/certificate.js';
export { renderRegion } from './report/region.js';
export { renderSummary } from './report/summary.js';
export { renderTrial, timeOfDay } from './report/trial.js';
export type {
  DeadlineOptions,
  Market,
  MarketClearing,
  MarketMemory,
  MarketOptions,
  Route,
  WarmUp,
} from './session/market.js';
export { openMarketSession } from './session/marketSession.js';
export type { IntervalBalance } from './trial/balance.js';
export { CLASS_NAMES, type ClassName } from './trial/classes.js';
export type { IntervalColumns, TrialInterval } from './trial/intervalRecord.js';
export { openScenario } from './trial/openScenario.js';
export { SCENARIO_DEFAULTS, type ScenarioOptions } from './trial/options.js';
export type { IntervalRecord, IntervalTiming, Refusal, TrialRecord } from './trial/record.js';
export type {
  IntervalAccounts,
  IntervalPlan,
  Operation,
  Scenario,
} from './trial/scenario.js';
export type { TrialSettings } from './trial/settings.js';
export { type StoredTrial, TrialCollector } from './trial/stored.js';
export type { TrialSummary } from './trial/summary.js';
export type { ProfileTable, TariffTable, TimedEvent } from './trial/tables.js';
export type { TrialTiming } from './trial/timing.js';
export { openTrial, type Trial, type TrialOptions, type TrialState } from './trial/trial.js';
