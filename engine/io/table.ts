/**
 * A table between the disk and the engine: named columns. "Not given" is the empty text, or NaN.
 */
import { InternalError, type ProblemList } from '../base/errors.js';
import { IdColumn } from '../case/idColumn.js';
import { LabelColumn } from '../case/labelColumn.js';

/** Texts of small tables; numbers; ids and labels of tables with any number of rows. */
export type Column = readonly string[] | Float64Array | IdColumn | LabelColumn;

/** Numbers that are worked out as they are written, never all at once. */
export interface ComputedNumbers {
  /** Writes those of rows first … end − 1 to the head of `into`. */
  readonly fill: (first: number, end: number, into: Float64Array) => void;
}

export type OutputColumn = Column | ComputedNumbers;

/**
 * What a file has to offer under one name: a `text` becomes a string a row, an `id` bytes, a `label` one of a
 * few texts in runs.
 */
export interface ColumnSchema {
  readonly name: string;
  readonly kind: 'text' | 'id' | 'label' | 'number';
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
  /** How much of the CSV file of a table counts, by its name; all of it where nothing is said. */
  readonly bytes?: Readonly<Record<string, number>>;
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
    if (column === undefined || isTexts(column)) return column;
    throw new InternalError(`${name} is no column of texts`);
  }

  /** @returns undefined where the file has no such column */
  optionalNumbers(name: string): Float64Array | undefined {
    const column = this.columns.get(name);
    if (column === undefined || column instanceof Float64Array) return column;
    throw new InternalError(`${name} is no column of numbers`);
  }

  /** A column that the schema requires. */
  texts(name: string): readonly string[] {
    return this.required(name, this.optionalTexts(name));
  }

  /** A column that the schema requires. */
  numbers(name: string): Float64Array {
    return this.required(name, this.optionalNumbers(name));
  }

  /** A column that the schema requires. */
  ids(name: string): IdColumn {
    const column = this.required(name, this.columns.get(name));
    if (column instanceof IdColumn) return column;
    throw new InternalError(`${name} is no column of ids`);
  }

  /** A column that the schema requires. */
  labels(name: string): LabelColumn {
    const column = this.required(name, this.columns.get(name));
    if (column instanceof LabelColumn) return column;
    throw new InternalError(`${name} is no column of labels`);
  }

  private required<Kind>(name: string, column: Kind | undefined): Kind {
    if (column === undefined) throw new InternalError(`${this.file} was read without ${name}`);
    return column;
  }
}

export function isTexts(column: OutputColumn): column is readonly string[] {
  return Array.isArray(column);
}

/** A table about to be written. */
export interface OutputTable {
  /** File name without its ending. */
  readonly file: string;
  readonly rowCount: number;
  readonly columns: ReadonlyMap<string, OutputColumn>;
}

/** Columns that are undefined are left out. */
export function tableOf(
  file: string,
  rowCount: number,
  columns: Readonly<Record<string, OutputColumn | undefined>>,
): OutputTable {
  const present = new Map<string, OutputColumn>();
  for (const [name, column] of Object.entries(columns)) {
    if (column !== undefined) present.set(name, column);
  }
  return { file, rowCount, columns: present };
}
