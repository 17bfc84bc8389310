/**
 * A program as a list of named variables, linear rows and cones, the way one writes it on paper:
 *
 *     minimise   constant + Σ (linear x + ½ quadratic x²)
 *     subject to lower ≤ x ≤ upper,   x whole where it is marked
 *                lower ≤ Σ coefficient x ≤ upper               (rows)
 *                left · right ≥ Σ squares²,  left, right ≥ 0   (cones, each entry a multiple of a variable)
 *
 * The builders of this folder fill it, the writers turn it into text. It knows no solver and no file format.
 */
import { InternalError } from '../base/errors.js';

/** A multiple of a variable, which is given by its number. */
export interface Term {
  readonly variable: number;
  readonly coefficient: number;
}

export interface ModelVariable {
  readonly name: string;
  /** Either side may be infinite; equal means fixed. */
  readonly lower: number;
  readonly upper: number;
  readonly linear: number;
  /** Of ½ x², ≥ 0. */
  readonly quadratic: number;
  readonly integer: boolean;
}

export interface ModelRow {
  readonly name: string;
  readonly lower: number;
  readonly upper: number;
  /** At most one of each variable. */
  readonly terms: readonly Term[];
}

/** A rotated second-order cone. The variables of `left` and `right` have lower bounds of at least 0. */
export interface ModelCone {
  readonly name: string;
  readonly left: Term;
  readonly right: Term | number;
  readonly squares: readonly Term[];
}

export interface ProgramModel {
  readonly name: string;
  /** What the reader of a file needs to know, a line each. */
  readonly notes: readonly string[];
  readonly constant: number;
  readonly variables: readonly ModelVariable[];
  readonly rows: readonly ModelRow[];
  readonly cones: readonly ModelCone[];
}

/** What a variable is beside its name and bounds; a cost of zero and any value unless given. */
export interface VariableTraits {
  readonly linear?: number;
  readonly quadratic?: number;
  readonly integer?: boolean;
}

/** Bounds of a variable that has none. */
export const FREE = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;

/** Collects a program. Variables have names of their own, and so have rows and cones together. */
export class ModelBuilder {
  private constant = 0;
  private readonly notes: string[] = [];
  private readonly variables: ModelVariable[] = [];
  private readonly rows: ModelRow[] = [];
  private readonly cones: ModelCone[] = [];
  private readonly variableNames = new Set<string>();
  private readonly rowNames = new Set<string>();

  note(line: string): void {
    this.notes.push(line);
  }

  addConstant(cost: number): void {
    this.constant += cost;
  }

  /** @returns the number of the variable */
  variable(name: string, lower: number, upper: number, traits: VariableTraits = {}): number {
    claim(this.variableNames, name);
    const { linear = 0, quadratic = 0, integer = false } = traits;
    return this.variables.push({ name, lower, upper, linear, quadratic, integer }) - 1;
  }

  /** lower ≤ Σ coefficient x ≤ upper; terms with a coefficient of zero are left out. */
  row(name: string, lower: number, upper: number, terms: readonly Term[]): void {
    claim(this.rowNames, name);
    const present = terms.filter(({ coefficient }) => coefficient !== 0);
    this.rows.push({ name, lower, upper, terms: present });
  }

  /** Σ coefficient x = right */
  equality(name: string, right: number, terms: readonly Term[]): void {
    this.row(name, right, right, terms);
  }

  /** left · right ≥ Σ squares² */
  cone(name: string, left: Term, right: Term | number, squares: readonly Term[]): void {
    claim(this.rowNames, name);
    this.cones.push({ name, left, right, squares });
  }

  build(name: string): ProgramModel {
    const { notes, constant, variables, rows, cones } = this;
    return { name, notes, constant, variables, rows, cones };
  }
}

/** coefficient · x */
export function term(variable: number, coefficient = 1): Term {
  return { variable, coefficient };
}

function claim(names: Set<string>, name: string): void {
  if (names.has(name)) throw new InternalError(`two parts of a program are called ${name}`);
  names.add(name);
}
