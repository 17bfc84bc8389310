/** The columns of a table as they grow while its file is read, one class a kind of column. */
import { sharedFloats } from '../base/columns.js';
import { GrowingColumn } from '../base/growing.js';
import { type IdColumn, IdColumnBuilder } from '../case/idColumn.js';
import { type LabelColumn, LabelColumnBuilder } from '../case/labelColumn.js';
import type { ColumnSchema } from './table.js';

export class TextCollector {
  private readonly texts: string[] = [];

  addText(text: string): void {
    this.texts.push(text);
  }

  finish(): readonly string[] {
    return this.texts;
  }
}

export class IdCollector {
  readonly builder: IdColumnBuilder;

  constructor(rows: number) {
    this.builder = new IdColumnBuilder(rows);
  }

  addText(text: string): void {
    this.builder.addText(text);
  }

  finish(): IdColumn {
    return this.builder.finish();
  }
}

export class LabelCollector {
  readonly builder = new LabelColumnBuilder();

  addText(text: string): void {
    this.builder.addText(text);
  }

  finish(): LabelColumn {
    return this.builder.finish();
  }
}

/** In shared memory, so that nothing has to be copied later. */
export class NumberCollector {
  readonly column: GrowingColumn<Float64Array>;

  constructor(rows: number) {
    this.column = new GrowingColumn<Float64Array>(sharedFloats, rows);
  }

  addNumber(value: number): void {
    this.column.push(value);
  }

  finish(): Float64Array {
    return this.column.finish();
  }
}

export type TextLikeCollector = TextCollector | IdCollector | LabelCollector;
export type ColumnCollector = TextLikeCollector | NumberCollector;

/** @param rows how many are expected; with the right number, nothing is copied while the column grows */
export function collectorFor(kind: ColumnSchema['kind'], rows = 0): ColumnCollector {
  switch (kind) {
    case 'text':
      return new TextCollector();
    case 'id':
      return new IdCollector(rows);
    case 'label':
      return new LabelCollector();
    case 'number':
      return new NumberCollector(rows);
  }
}
