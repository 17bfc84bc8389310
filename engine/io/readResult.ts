/** A result from its folder, against the case it answers. */
import { CaseError, InternalError, ProblemList } from '../base/errors.js';
import type { Case } from '../case/case.js';
import type { LimitChange } from '../case/limits.js';
import type {
  BranchResult,
  BusResult,
  CommunityResult,
  Mode,
  Outcome,
  ProsumerResult,
} from '../clearing/result.js';
import { branchEnds } from './branchEnds.js';
import { idsOf } from './caseTables.js';
import { readProof } from './proofTables.js';
import type { ReadOptions } from './readCase.js';
import { readTable } from './readTable.js';
import { readRelaxedLimits } from './relaxedLimits.js';
import { MatchedColumns, matchIds, matchRows } from './rowMatch.js';
import { BRANCH_RESULTS, BUS_RESULTS, COMMUNITY_RESULTS, PROSUMER_RESULTS } from './schema.js';
import { readSummary, SUMMARY_FILE, type Summary } from './summary.js';
import type { ReadContext, Table } from './table.js';

export interface StoredResult {
  readonly summary: Summary;
  readonly mode: Mode;
  readonly outcome: Outcome;
  /** Limits that were widened for it; the result is one of the case within these (case/widen.ts). */
  readonly relaxed: readonly LimitChange[];
}

/**
 * Reads a result that has an outcome. Rows are matched by id and may be in any order.
 * @throws CaseError with what is wrong and where
 */
export async function readResult(
  folder: string,
  theCase: Case,
  options: ReadOptions = {},
): Promise<StoredResult> {
  const summary = await readSummary(folder);
  const gridImportKw = expectOutcome(summary, theCase);
  const problems = new ProblemList();
  const context: ReadContext = { folder, problems, warn: options.onWarning ?? (() => {}) };
  const communities = await readTable(COMMUNITY_RESULTS, context);
  const prosumers = await readTable(PROSUMER_RESULTS, context);
  const buses = await readTable(BUS_RESULTS, context);
  const branches = await readTable(BRANCH_RESULTS, context);
  const proof = await readProof(context, theCase);
  if (
    communities === undefined ||
    prosumers === undefined ||
    buses === undefined ||
    branches === undefined
  ) {
    problems.throwIfAny();
    throw new InternalError('a table that cannot be used was not reported');
  }
  const relaxed = await readRelaxedLimits(context, theCase);
  const slack = summary.certificate?.largest_cone_slack_pu;
  const outcome: Outcome = {
    communities: communityResult(communities, theCase, problems),
    prosumers: prosumerResult(prosumers, theCase, problems),
    buses: busResult(buses, theCase, problems),
    branches: branchResult(branches, theCase, problems),
    gridImportKw,
    largestConeSlack: typeof slack === 'number' ? slack : Number.NaN,
    revenueAdequacy: summary.revenue_adequacy === true,
    proof,
  };
  problems.throwIfAny();
  return { summary, mode: summary.mode, outcome, relaxed };
}

/** @returns the exchange with the grid, which only the summary holds */
function expectOutcome(summary: Summary, theCase: Case): number {
  const fault = (column: string, value: string | undefined, message: string): CaseError =>
    new CaseError([
      { file: SUMMARY_FILE, column, ...(value === undefined ? {} : { value }), message },
    ]);
  const { name } = theCase.settings;
  if (summary.case !== name) {
    throw fault('case', summary.case, `the result of another case, not of ${name}`);
  }
  if (summary.status === 'infeasible') {
    throw fault('status', summary.status, 'an infeasible market has no outcome to check');
  }
  if (summary.grid_import_kw === undefined) {
    throw fault('grid_import_kw', undefined, 'the exchange with the grid is needed');
  }
  return summary.grid_import_kw;
}

function communityResult(table: Table, theCase: Case, problems: ProblemList): CommunityResult {
  const { buses, communities } = theCase;
  const columns = matchedById(table, 'community', communities.id, problems);
  columns.expectTexts('bus', idsOf(buses.id, communities.bus));
  return {
    price: columns.optionalNumbers('price_usd_per_kwh'),
    importKw: columns.numbers('import_kw'),
    reactiveKvar: columns.numbers('reactive_kvar'),
    marginalPrice: columns.optionalNumbers('marginal_price_usd_per_kwh'),
    cost: columns.numbers('cost_usd_per_h'),
    kappa: columns.numbers('kappa'),
  };
}

function prosumerResult(table: Table, theCase: Case, problems: ProblemList): ProsumerResult {
  const { communities, prosumers } = theCase;
  const describe = (index: number): string => `prosumer ${prosumers.id.get(index)}`;
  const match = matchIds(table, 'prosumer', prosumers.id, problems, describe);
  const columns = new MatchedColumns(table, match, problems);
  columns.expectLabels('community', communities.id, communities.prosumerStart);
  return {
    outputKw: columns.numbers('output_kw'),
    reported: {
      purchaseKw: columns.numbers('purchase_kw'),
      bidKw: columns.optionalNumbers('bid_kw'),
      price: columns.optionalNumbers('price_usd_per_kwh'),
      cost: columns.numbers('cost_usd_per_h'),
      payment: columns.numbers('payment_usd_per_h'),
    },
  };
}

function busResult(table: Table, theCase: Case, problems: ProblemList): BusResult {
  const columns = matchedById(table, 'bus', theCase.buses.id, problems);
  return {
    voltagePu: columns.numbers('voltage_pu'),
    marginalPrice: columns.optionalNumbers('marginal_price_usd_per_kwh'),
  };
}

function matchedById(
  table: Table,
  column: string,
  ids: readonly string[],
  problems: ProblemList,
): MatchedColumns {
  const keys = table.texts(column);
  const match = matchRows(table, column, keys, ids, problems, (index) => `${column} ${ids[index]}`);
  return new MatchedColumns(table, match, problems);
}

/** Closed branches by their ends, the one nearer the root first; open ones carry nothing. */
function branchResult(table: Table, theCase: Case, problems: ProblemList): BranchResult {
  const { buses, branches } = theCase;
  const ends = branchEnds(theCase);
  const closed = [...branches.closed.keys()].filter((row) => branches.closed[row] === 1);
  const pair = (from: string, to: string): string => JSON.stringify([from, to]);
  const expected = closed.map((row) =>
    pair(buses.id[ends.sending[row]], buses.id[ends.receiving[row]]),
  );
  const to = table.texts('to');
  const keys = table.texts('from').map((from, row) => pair(from, to[row]));
  const describe = (index: number): string =>
    `the branch from ${buses.id[ends.sending[closed[index]]]} (nearer the root) ` +
    `to ${buses.id[ends.receiving[closed[index]]]}`;
  const match = matchRows(table, 'from', keys, expected, problems, describe);
  const columns = new MatchedColumns(table, match, problems);
  const byBranch = (ofClosed: Float64Array, ofOpen = 0): Float64Array => {
    const whole = new Float64Array(branches.closed.length).fill(ofOpen);
    closed.forEach((row, index) => {
      whole[row] = ofClosed[index];
    });
    return whole;
  };
  return {
    pKw: byBranch(columns.numbers('p_kw')),
    qKvar: byBranch(columns.numbers('q_kvar')),
    currentA: byBranch(columns.numbers('current_a')),
    lossesKw: byBranch(columns.numbers('losses_kw')),
    loading: byBranch(columns.optionalNumbers('loading'), Number.NaN),
  };
}
