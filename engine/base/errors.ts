/**
 * The caller's mistakes: found before any work starts, and reported with place and value.
 * Numerical outcomes (infeasible, not converged, stopped) are never errors; they are statuses.
 */

/** One fault of a case: which file, which row and column, which value, and what to do about it. */
export interface CaseProblem {
  /** File name inside the case folder, such as `prosumers.csv`; a table name for cases in memory. */
  readonly file: string;
  /** Line in the file, the header being line 1; absent when the fault is not one row's. */
  readonly row?: number;
  readonly column?: string;
  /** The offending text as it stands in the file. */
  readonly value?: string;
  readonly message: string;
}

/** At most so many problems are listed at once; more are counted. */
const MAXIMUM_LISTED_PROBLEMS = 20;

/** The case cannot be read or is not a valid market. Exit code 2. */
export class CaseError extends Error {
  /**
   * @param problems the problems listed, at most {@link MAXIMUM_LISTED_PROBLEMS}
   * @param omitted how many more there are
   */
  constructor(
    readonly problems: readonly CaseProblem[],
    readonly omitted = 0,
  ) {
    super(
      [
        ...problems.map(renderProblem),
        ...(omitted > 0 ? [`and ${omitted} more problems like these`] : []),
      ].join('\n'),
    );
    this.name = 'CaseError';
  }
}

/** An option or argument is wrong. Exit code 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** A broken invariant of the engine itself. Exit code 1. */
export class InternalError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InternalError';
  }
}

/** One line for one problem: `prosumers.csv, row 14, column p_max_kw, value "abc": not a number`. */
function renderProblem(problem: CaseProblem): string {
  const place = [problem.file];
  if (problem.row !== undefined) place.push(`row ${problem.row}`);
  if (problem.column !== undefined) place.push(`column ${problem.column}`);
  if (problem.value !== undefined) place.push(`value "${problem.value}"`);
  return `${place.join(', ')}: ${problem.message}`;
}

/** Collects problems so that a reader can report many at once; one a cell, the first found. */
export class ProblemList {
  private readonly problems: CaseProblem[] = [];
  private readonly cells = new Set<string>();
  private omitted = 0;

  add(problem: CaseProblem): void {
    if (problem.column !== undefined) {
      const cell = `${problem.file}:${problem.row ?? ''}:${problem.column}`;
      if (this.cells.has(cell)) return;
      this.cells.add(cell);
    }
    if (this.problems.length < MAXIMUM_LISTED_PROBLEMS) this.problems.push(problem);
    else this.omitted += 1;
  }

  get count(): number {
    return this.problems.length + this.omitted;
  }

  /** @throws CaseError when any problem was added. */
  throwIfAny(): void {
    if (this.problems.length > 0) throw new CaseError(this.problems, this.omitted);
  }
}
