/**
 * A clearing as the text of a program that other solvers read (docs/export.md):
 *
 *   explicit   `welfare` with a binary for every segment of every community's cost
 *   reduced    the relaxation: the convex envelope of each community's cost, arc by arc
 *   full       `dlmp` or `social` with every prosumer as a variable
 */
import { UsageError } from '../base/errors.js';
import type { Case } from '../case/case.js';
import { checkStrictCosts } from '../case/strictCosts.js';
import { type MarketState, openMarketState } from '../clearing/marketState.js';
import { resolveOptions } from '../clearing/options.js';
import type { Mode } from '../clearing/result.js';
import { writeCbf } from './cbf.js';
import { addSegments } from './explicitProgram.js';
import { addProsumers } from './fullProgram.js';
import { writeMps } from './mps.js';
import { encodeId } from './names.js';
import { addNetwork } from './networkPart.js';
import { type ChosenProgram, PROGRAMS, type ProgramKind, programNotes } from './notes.js';
import { Payments } from './payments.js';
import { onPowerBase } from './powerBase.js';
import { ModelBuilder, type ProgramModel } from './programModel.js';
import { addEnvelopes } from './reducedProgram.js';

export const PROGRAM_FORMATS = ['cbf', 'mps'] as const;
export type ProgramFormat = (typeof PROGRAM_FORMATS)[number];

/** Which program of a case. */
export interface ProgramOptions {
  readonly program: ProgramKind;
  /** `welfare` unless given, and `dlmp` for the full program. */
  readonly mode?: Mode;
  /** Leaves out Σ λ_m X_m ≥ G(P_0), which `welfare` keeps otherwise. */
  readonly subsidised?: boolean;
  /** Unit of power, kVA; chosen by the size of the trade unless given (powerBase.ts). */
  readonly baseKva?: number;
}

export interface ExportOptions extends ProgramOptions {
  readonly format: ProgramFormat;
}

/** A file's text, and how large the program is: as one states it, before a format adds rows of its own. */
export interface ExportedProgram {
  readonly text: string;
  readonly variables: number;
  readonly integers: number;
  readonly rows: number;
  readonly cones: number;
}

/** @throws UsageError where there is no such program, CaseError for a case that the mode cannot clear */
export async function exportProgram(
  theCase: Case,
  options: ExportOptions,
): Promise<ExportedProgram> {
  const { format } = options;
  if (!PROGRAM_FORMATS.includes(format)) {
    throw new UsageError(
      `format "${format}" is unknown; it is one of ${PROGRAM_FORMATS.join(', ')}`,
    );
  }
  const model = await buildProgram(theCase, options);
  return {
    text: format === 'cbf' ? writeCbf(model) : writeMps(model),
    variables: model.variables.length,
    integers: model.variables.filter(({ integer }) => integer).length,
    rows: model.rows.length,
    cones: model.cones.length,
  };
}

/** The program itself, for other writers; errors as above. */
export async function buildProgram(theCase: Case, options: ProgramOptions): Promise<ProgramModel> {
  const chosen = choose(options);
  if (chosen.mode !== 'social') checkStrictCosts(theCase);
  const ofCase = await openMarketState(theCase, resolveOptions({ mode: chosen.mode }));
  const state = onPowerBase(ofCase, options.baseKva);
  const builder = new ModelBuilder();
  for (const line of programNotes(state.theCase.settings, chosen)) builder.note(line);
  const payments = chosen.keepsRevenue ? new Payments() : undefined;
  const imports = addCommunities(builder, state, chosen, payments);
  const bill = addNetwork(builder, state, imports);
  payments?.addRow(builder, bill);
  return builder.build(encodeId(theCase.settings.name));
}

/** The options in full. @throws UsageError where they name no program */
function choose({ program, mode: asked, subsidised = false }: ProgramOptions): ChosenProgram {
  if (!PROGRAMS.includes(program)) {
    throw new UsageError(`program "${program}" is unknown; it is one of ${PROGRAMS.join(', ')}`);
  }
  const mode = asked ?? (program === 'full' ? 'dlmp' : 'welfare');
  if (mode !== 'welfare' && mode !== 'dlmp' && mode !== 'social') {
    throw new UsageError(`${mode} has no network program; export welfare, dlmp or social`);
  }
  if (subsidised && mode !== 'welfare') {
    throw new UsageError(`only welfare can be subsidised: ${mode} has no constraint on revenue`);
  }
  if (program === 'full' && mode === 'welfare') {
    throw new UsageError(
      'in welfare prosumers answer the prices that are sought: with every prosumer as a variable that is a ' +
        'bilevel program, which these formats do not hold. Export the explicit program, whose segments ' +
        'are the answers, or the full program of dlmp or social',
    );
  }
  if (program === 'explicit' && mode !== 'welfare') {
    throw new UsageError(
      `the cost of imports is convex in ${mode} and needs no integers: the reduced program is exact there`,
    );
  }
  return { program, mode, keepsRevenue: mode === 'welfare' && !subsidised };
}

/** @returns the variable X_m of each community, with its cost */
function addCommunities(
  builder: ModelBuilder,
  state: MarketState,
  { program, mode }: ChosenProgram,
  payments: Payments | undefined,
): readonly number[] {
  switch (program) {
    case 'explicit':
      return addSegments(builder, state, payments);
    case 'reduced':
      return addEnvelopes(builder, state, mode === 'welfare' ? 'cost' : 'potential', payments);
    case 'full':
      return addProsumers(builder, state);
  }
}
