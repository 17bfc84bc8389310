/** `summary.json`: a result in one object. Fields without a value are left out, never NaN. */

import { CaseError } from '../base/errors.js';
import {
  type ClearingResult,
  type Counts,
  MODES,
  type Mode,
  type Status,
  type Timing,
} from '../clearing/result.js';
import { isJsonObject, type JsonObject, readJsonObject } from './jsonFile.js';
import {
  type InfeasibilityField,
  infeasibilityField,
  type RelaxationField,
  relaxationField,
} from './limitFields.js';
import { packageVersion } from './package.js';
import { readTrace, type SearchMomentField, traceField } from './traceField.js';

export const SUMMARY_FILE = 'summary.json';

const STATUSES: readonly Status[] = ['optimal', 'feasible', 'infeasible', 'limit'];

/** The figures of certify/certificate.ts, in the words_with_underscores of all files. */
export type CertificateSummary = Readonly<Record<string, number | string | boolean>>;

export interface Summary {
  readonly case: string;
  readonly mode: Mode;
  readonly status: Status;
  /** Of the mode's program. */
  readonly objective_usd_per_h?: number;
  /** Σ C_i + G. */
  readonly cost_usd_per_h?: number;
  readonly lower_bound_usd_per_h?: number;
  readonly gap?: number;
  readonly nodes: number;
  /** Why the status is not `optimal`. */
  readonly explanation?: string;
  /** Which limits of an infeasible market exclude each other, and what would have to give. */
  readonly infeasibility?: InfeasibilityField;
  /** Which limits were widened; only where they were elastic. */
  readonly relaxed?: RelaxationField;
  /** Negative: export. */
  readonly grid_import_kw?: number;
  readonly losses_kw?: number;
  readonly v_min_pu?: number;
  readonly v_max_pu?: number;
  readonly operator_surplus_usd_per_h?: number;
  /** Whether the market kept the operator from losing money. */
  readonly revenue_adequacy?: boolean;
  readonly certificate?: CertificateSummary;
  /** How bound and incumbent came together, at most some 200 moments. */
  readonly search_trace?: readonly SearchMomentField[];
  readonly timing_ms: Timing;
  readonly counts: Counts;
  readonly versions: { readonly wattshare: string; readonly node: string };
}

export function summarise(result: ClearingResult): Summary {
  const { outcome } = result;
  return {
    case: result.case.settings.name,
    mode: result.mode,
    status: result.status,
    ...(outcome === undefined
      ? {}
      : {
          ...finiteFields({
            objective_usd_per_h: result.objective,
            cost_usd_per_h: result.cost,
            lower_bound_usd_per_h: result.lowerBound,
            gap: result.gap,
          }),
        }),
    nodes: result.nodes,
    ...(result.explanation === '' ? {} : { explanation: result.explanation }),
    ...limitFields(result),
    ...(outcome === undefined
      ? {}
      : {
          ...finiteFields({
            grid_import_kw: outcome.gridImportKw,
            losses_kw: result.lossesKw,
            v_min_pu: result.vMinPu,
            v_max_pu: result.vMaxPu,
            operator_surplus_usd_per_h: result.operatorSurplus,
          }),
          revenue_adequacy: outcome.revenueAdequacy,
          certificate: certificateFields(result.certificate),
        }),
    ...(result.trace === undefined ? {} : { search_trace: traceField(result.trace) }),
    timing_ms: result.timing,
    counts: countsOf(result),
    versions: { wattshare: packageVersion(), node: process.versions.node },
  };
}

function limitFields(result: ClearingResult): Pick<Summary, 'infeasibility' | 'relaxed'> {
  const { case: theCase, relaxation } = result;
  const infeasibility = result.outcome === undefined ? result.infeasibility : undefined;
  return {
    ...(infeasibility === undefined
      ? {}
      : { infeasibility: infeasibilityField(theCase, infeasibility) }),
    ...(relaxation === undefined ? {} : { relaxed: relaxationField(theCase, relaxation) }),
  };
}

function countsOf({ case: theCase }: ClearingResult): Counts {
  return {
    buses: theCase.buses.id.length,
    branches: theCase.branches.from.length,
    communities: theCase.communities.id.length,
    prosumers: theCase.prosumers.id.length,
    devices: theCase.devices.id.length,
  };
}

/** The fields that have a value. */
export function finiteFields<Name extends string>(
  fields: Readonly<Record<Name, number>>,
): Partial<Record<Name, number>> {
  const kept: Partial<Record<Name, number>> = {};
  for (const name in fields) {
    if (Number.isFinite(fields[name])) kept[name] = fields[name];
  }
  return kept;
}

function certificateFields(certificate: object): CertificateSummary {
  const kept: Record<string, number | string | boolean> = {};
  for (const [name, value] of Object.entries(certificate)) {
    const hasValue = typeof value === 'number' ? Number.isFinite(value) : value !== '';
    if (hasValue) kept[fieldName(name)] = value;
  }
  return kept;
}

/** `largestGain_usd_per_h` is `largest_gain_usd_per_h` in a file. */
function fieldName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * The name of the case that a result, of a case or a region, answers.
 * @throws CaseError where the folder holds no result
 */
export async function readCaseName(folder: string): Promise<string> {
  const { case: name } = await readJsonObject(folder, SUMMARY_FILE);
  if (typeof name === 'string') return name;
  const message = 'the name of a case is needed';
  throw new CaseError([{ file: SUMMARY_FILE, column: 'case', ...shown(name), message }]);
}

/**
 * Reads `summary.json` of a result.
 * @throws CaseError where it is not one
 */
export async function readSummary(folder: string): Promise<Summary> {
  const content = await readJsonObject(folder, SUMMARY_FILE);
  const fault = (column: string, message: string): CaseError =>
    new CaseError([{ file: SUMMARY_FILE, column, ...shown(content[column]), message }]);
  if (typeof content.case !== 'string') throw fault('case', 'the name of a case is needed');
  if (!MODES.some((mode) => mode === content.mode)) {
    throw fault('mode', `one of ${MODES.join(', ')} is needed`);
  }
  if (!STATUSES.some((status) => status === content.status)) {
    throw fault('status', `one of ${STATUSES.join(', ')} is needed`);
  }
  for (const field of OPTIONAL_NUMBERS) {
    const value = content[field];
    if (value !== undefined && !Number.isFinite(value)) throw fault(field, 'a number is needed');
  }
  if (!Number.isFinite(content.nodes)) throw fault('nodes', 'a number is needed');
  for (const field of ['timing_ms', 'counts', 'versions']) {
    if (!isJsonObject(content[field])) throw fault(field, 'an object is needed');
  }
  if (readTrace(content.search_trace) === undefined && content.search_trace !== undefined) {
    throw fault('search_trace', 'a list of moments, each with nodes and time_ms, is needed');
  }
  return asSummary(content);
}

const OPTIONAL_NUMBERS = [
  'objective_usd_per_h',
  'cost_usd_per_h',
  'lower_bound_usd_per_h',
  'gap',
  'grid_import_kw',
  'losses_kw',
  'v_min_pu',
  'v_max_pu',
  'operator_surplus_usd_per_h',
];

/** Only after the checks of {@link readSummary}. */
function asSummary(content: JsonObject): Summary {
  return content as unknown as Summary;
}

function shown(value: unknown): { readonly value?: string } {
  if (value === undefined) return {};
  return { value: typeof value === 'object' ? JSON.stringify(value) : String(value) };
}
