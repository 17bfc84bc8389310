/**
 * A table between the disk and the engine: named columns of texts or numbers. "Not given" is the
 * empty text, or NaN.
 */
import { InternalError, type ProblemList } from '../base/errors.js';

export type Column = readonly string[] | Float64Array;

/** What a file has to offer under one name. */
export interface ColumnSchema {
  readonly name: string;
  readonly kind: 'text' | 'number';
  /** Whether the column has to be there; its cells may still be empty. */
  readonly required: boolean;
}

export interface TableSchema {
  /** File name without its ending. */
  readonly name: string;
  readonly columns: readonly ColumnSchema[];
}

/** Where a reader leaves what it finds wrong or odd. */
export interface ReadContext {
  readonly folder: string;
  readonly problems: ProblemList;
  readonly warn: (message: string) => void;
}

export class Table {
  /**
   * @param file name inside its folder
   * @param rowNumber row number in the file of every record; see case/provenance.ts
   */
  constructor(
    readonly file: string,
    readonly rowCount: number,
    readonly columns: ReadonlyMap<string, Column>,
    readonly rowNumber?: Int32Array,
  ) {}

  /** @returns undefined where the file has no such column */
  optionalTexts(name: string): readonly string[] | undefined {
    const column = this.columns.get(name);
    if (column instanceof Float64Array) throw new InternalError(`${name} is a column of numbers`);
    return column;
  }

  /** @returns undefined where the file has no such column */
  optionalNumbers(name: string): Float64Array | undefined {
    const column = this.columns.get(name);
    if (column === undefined || column instanceof Float64Array) return column;
    throw new InternalError(`${name} is a column of texts`);
  }

  /** A column that the schema requires. */
  texts(name: string): readonly string[] {
    const column = this.optionalTexts(name);
    if (column === undefined) throw new InternalError(`${this.file} was read without ${name}`);
    return column;
  }

  /** A column that the schema requires. */
  numbers(name: string): Float64Array {
    const column = this.optionalNumbers(name);
    if (column === undefined) throw new InternalError(`${this.file} was read without ${name}`);
    return column;
  }
}

/** A table about to be written; columns that are undefined are left out. */
export function tableOf(
  file: string,
  rowCount: number,
  columns: Readonly<Record<string, Column | undefined>>,
): Table {
  const present = new Map<string, Column>();
  for (const [name, column] of Object.entries(columns)) {
    if (column !== undefined) present.set(name, column);
  }
  return new Table(file, rowCount, present);
}
