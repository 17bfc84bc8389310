/**
 * The entries of one column of a record batch, added to the columns of a table without an object an entry
 * in the usual layouts: floats and integers, Utf8, dictionaries of labels. Others go through apache-arrow's
 * own access.
 */
import * as arrow from 'apache-arrow';
import { decodeText } from '../case/idColumn.js';
import {
  IdCollector,
  LabelCollector,
  type NumberCollector,
  type TextLikeCollector,
} from './collectors.js';

/** Receives the place in the batch of a number that is not finite. */
type ReportNumber = (row: number, value: number) => void;

/** Null becomes NaN; so does what is not finite, which is reported. */
export function addNumbers(
  data: arrow.Data,
  { column }: NumberCollector,
  report: ReportNumber,
): void {
  const { length } = data;
  const first = column.length;
  column.reserve(first + length);
  const target = column.values.subarray(first, first + length);
  column.length = first + length;
  const isCopied = copyNumbers(data, target);
  // Another layout: dictionaries, half floats, a column of nothing but nulls.
  const vector = isCopied ? undefined : new arrow.Vector([data]);
  const hasNulls = data.nullCount > 0;
  for (let row = 0; row < length; row += 1) {
    const value: unknown = vector === undefined ? target[row] : vector.get(row);
    const isNull = vector === undefined ? hasNulls && !data.getValid(row) : value === null;
    target[row] = isNull ? Number.NaN : Number(value);
    if (isNull || Number.isFinite(target[row])) continue;
    report(row, target[row]);
    target[row] = Number.NaN;
  }
}

/** Two to the power of 32: what the upper half of a whole number of 64 bits counts. */
const UPPER_HALF = 4294967296;

/** @returns whether the numbers lie in an array of numbers; entries that are null mean nothing then */
function copyNumbers({ type, values }: arrow.Data, target: Float64Array): boolean {
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
    const isSigned = values instanceof BigInt64Array;
    const halves = new Int32Array(values.buffer, values.byteOffset, 2 * target.length);
    for (let row = 0; row < target.length; row += 1) {
      const upper = isSigned ? halves[2 * row + 1] : halves[2 * row + 1] >>> 0;
      target[row] = upper * UPPER_HALF + (halves[2 * row] >>> 0);
    }
    return true;
  }
  const isFloat = values instanceof Float32Array || values instanceof Float64Array;
  if (!isFloat && !arrow.DataType.isInt(type)) return false;
  target.set(values.subarray(0, target.length));
  return true;
}

/**
 * Null becomes the empty text; spaces around a text are taken off.
 * @param tableRows rows of the whole table, 0 where they are not known
 */
export function addTexts(data: arrow.Data, collector: TextLikeCollector, tableRows: number): void {
  const isUtf8 = arrow.DataType.isUtf8(data.type);
  if (isUtf8 && collector instanceof IdCollector) addUtf8Ids(data, collector, tableRows);
  else if (isUtf8 && collector instanceof LabelCollector) addUtf8Labels(data, collector);
  else if (arrow.DataType.isDictionary(data.type) && collector instanceof LabelCollector) {
    addDictionaryLabels(data, collector);
  } else addAnyTexts(data, collector);
}

function addAnyTexts(data: arrow.Data, collector: TextLikeCollector): void {
  const vector = new arrow.Vector([data]);
  for (let row = 0; row < data.length; row += 1) {
    const value: unknown = vector.get(row);
    collector.addText(value === null ? '' : String(value).trim());
  }
}

/** Room is reserved from the ids of the first batch, with so much to spare: later ones tend to be longer. */
const SPARE_BYTES = 1.5;

function addUtf8Ids(data: arrow.Data, { builder }: IdCollector, tableRows: number): void {
  const { length, values } = data;
  const offsets = checkedOffsets(data);
  if (builder.length === 0 && length > 0) {
    const bytes = offsets[length] - offsets[0];
    builder.reserveBytes(Math.ceil((SPARE_BYTES * bytes * Math.max(tableRows, length)) / length));
  }
  const hasNulls = data.nullCount > 0;
  if (!hasNulls && areTrimmed(values, offsets)) {
    builder.addAll(values, offsets);
    return;
  }
  for (let row = 0; row < length; row += 1) {
    const start = offsets[row];
    const end = offsets[row + 1];
    if (hasNulls && !data.getValid(row)) builder.addText('');
    else if (isTrimmed(values, start, end)) builder.addBytes(values, start, end);
    else builder.addText(decodeText(values, start, end).trim());
  }
}

function addUtf8Labels(data: arrow.Data, { builder }: LabelCollector): void {
  const { length, values } = data;
  const offsets = checkedOffsets(data);
  const hasNulls = data.nullCount > 0;
  for (let row = 0; row < length; row += 1) {
    if (hasNulls && !data.getValid(row)) builder.addText('');
    else builder.addBytes(values, offsets[row], offsets[row + 1]);
  }
}

function addDictionaryLabels(data: arrow.Data, { builder }: LabelCollector): void {
  const labelOfCode: number[] = [];
  for (const text of data.dictionary ?? []) {
    labelOfCode.push(builder.labelNumber(text === null ? '' : String(text).trim()));
  }
  const hasNulls = data.nullCount > 0;
  for (let row = 0; row < data.length; row += 1) {
    if (hasNulls && !data.getValid(row)) builder.addText('');
    else {
      const label = labelOfCode[Number(data.values[row])];
      if (label === undefined) throw new RangeError('a code beyond its dictionary');
      builder.addNumber(label);
    }
  }
}

/** @throws RangeError where they do not lie behind each other inside the bytes: a damaged file */
function checkedOffsets({ length, valueOffsets, values }: arrow.Data): Int32Array {
  // Writers may leave the offsets out where there is no row.
  if (length === 0) return Int32Array.of(0);
  const offsets = valueOffsets.subarray(0, length + 1);
  let holds = offsets.length === length + 1 && offsets[0] >= 0 && offsets[length] <= values.length;
  for (let row = 0; row < length; row += 1) holds &&= offsets[row] <= offsets[row + 1];
  if (!holds) throw new RangeError('texts that lie outside their record batch');
  return offsets;
}

const SPACE = 0x20;
const FIRST_BEYOND_ASCII = 0x80;

function areTrimmed(bytes: Uint8Array, offsets: Int32Array): boolean {
  for (let row = 0; row + 1 < offsets.length; row += 1) {
    if (!isTrimmed(bytes, offsets[row], offsets[row + 1])) return false;
  }
  return true;
}

/** False also where only the characters themselves can tell: beyond ASCII there are spaces too. */
function isTrimmed(bytes: Uint8Array, start: number, end: number): boolean {
  return start === end || (isVisible(bytes[start]) && isVisible(bytes[end - 1]));
}

function isVisible(byte: number): boolean {
  return byte > SPACE && byte < FIRST_BEYOND_ASCII;
}
