/**
 * A three-phase feeder as its publishers state it: lines with phase impedance matrices, switches,
 * transformers, regulators with their taps, capacitors and spot loads. This is where a single-line
 * equivalent (equivalent.ts) starts from.
 *
 * Units: kft for lengths, ohm and nF per kft for line codes, kW, kvar, kV. `phases` holds the
 * letters of the phases in the order of the matrix rows, such as `abc` or `cb`. Voltages are line to
 * line for three phases and for delta loads, else those of the winding, to neutral.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseString } from 'fast-csv';
import { CaseError, type CaseProblem } from '../base/errors.js';

export interface FeederLine {
  readonly from: string;
  readonly to: string;
  readonly phases: string;
  readonly lineCode: string;
  readonly lengthKft: number;
}

/** One entry of the lower triangle of a line code's symmetric matrices. */
export interface LineCodeEntry {
  readonly lineCode: string;
  /** Size of the matrices. */
  readonly phaseCount: number;
  readonly row: number;
  readonly column: number;
  readonly rOhmPerKft: number;
  readonly xOhmPerKft: number;
  /** Nodal capacitance (negative off the diagonal); 0 where the source gives none. */
  readonly cNanofaradPerKft: number;
}

export interface FeederSwitch {
  readonly from: string;
  readonly to: string;
  readonly closed: boolean;
}

export interface FeederTransformer {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** Total of the phases. */
  readonly kva: number;
  readonly kvFrom: number;
  readonly kvTo: number;
  readonly rPercent: number;
  readonly xPercent: number;
}

/** The control of a regulator transformer, at a fixed position of −16 to 16 steps of 0.625 %. */
export interface FeederRegulator {
  readonly transformer: string;
  readonly phases: string;
  readonly tap: number;
}

export interface FeederCapacitor {
  readonly bus: string;
  /** Total at rated voltage. */
  readonly kvar: number;
}

export interface FeederLoad {
  readonly bus: string;
  /** Totals at rated voltage. */
  readonly kw: number;
  readonly kvar: number;
}

export interface FeederCoordinate {
  readonly bus: string;
  readonly x: number;
  readonly y: number;
}

export interface ThreePhaseFeeder {
  readonly sourceBus: string;
  /** Line-to-line voltage at the source. */
  readonly sourceKv: number;
  readonly sourcePu: number;
  readonly lines: readonly FeederLine[];
  readonly lineCodes: readonly LineCodeEntry[];
  readonly switches: readonly FeederSwitch[];
  readonly transformers: readonly FeederTransformer[];
  readonly regulators: readonly FeederRegulator[];
  readonly capacitors: readonly FeederCapacitor[];
  readonly loads: readonly FeederLoad[];
  /** One row a bus; its order is the order of the buses. */
  readonly coordinates: readonly FeederCoordinate[];
}

/** Reads the tables of a folder such as `datasets/feeders/ieee123/source`. */
export async function readThreePhaseFeeder(folder: string): Promise<ThreePhaseFeeder> {
  const table = (name: string) => readRows(folder, name);
  const [source] = await table('source.csv');
  if (source === undefined) throw fault({ file: 'source.csv', message: 'the row is missing' });
  const taps = new Map(
    (await table('taps.csv')).map((row) => [row.text('regulator'), row.number('tap')]),
  );
  return {
    sourceBus: source.text('bus'),
    sourceKv: source.number('base_kv'),
    sourcePu: source.number('pu'),
    lines: (await table('lines.csv')).map((row) => ({
      from: row.text('from'),
      to: row.text('to'),
      phases: row.text('phases'),
      lineCode: row.text('linecode'),
      lengthKft: row.number('length_kft'),
    })),
    lineCodes: (await table('linecodes.csv')).map((row) => ({
      lineCode: row.text('linecode'),
      phaseCount: row.number('phases'),
      row: row.number('row'),
      column: row.number('col'),
      rOhmPerKft: row.number('r_ohm_per_kft'),
      xOhmPerKft: row.number('x_ohm_per_kft'),
      cNanofaradPerKft: row.numberOrZero('c_nf_per_kft'),
    })),
    switches: (await table('switches.csv')).map((row) => ({
      from: row.text('from'),
      to: row.text('to'),
      closed: row.text('state') === 'closed',
    })),
    transformers: (await table('transformers.csv')).map((row) => ({
      name: row.text('name'),
      from: row.text('from'),
      to: row.text('to'),
      kva: row.number('kva'),
      kvFrom: row.number('kv_from'),
      kvTo: row.number('kv_to'),
      rPercent: row.number('r_percent'),
      xPercent: row.number('x_percent'),
    })),
    regulators: (await table('regulators.csv')).map((row) => ({
      transformer: row.text('transformer'),
      phases: row.text('phase'),
      tap: taps.get(row.text('name')) ?? 0,
    })),
    capacitors: (await table('capacitors.csv')).map((row) => ({
      bus: row.text('bus'),
      kvar: row.number('kvar'),
    })),
    loads: (await table('spot_loads.csv')).map((row) => ({
      bus: row.text('bus'),
      kw: row.number('kw'),
      kvar: row.number('kvar'),
    })),
    coordinates: (await table('coordinates.csv')).map((row) => ({
      bus: row.text('bus'),
      x: row.number('x'),
      y: row.number('y'),
    })),
  };
}

/** A row of a source table, with errors that name the place. */
class Row {
  constructor(
    private readonly file: string,
    private readonly line: number,
    private readonly fields: Readonly<Record<string, string>>,
  ) {}

  text(column: string): string {
    const value = this.fields[column];
    if (value === undefined || value === '') {
      throw fault({ file: this.file, row: this.line, column, message: 'a value is missing' });
    }
    return value;
  }

  number(column: string): number {
    const value = this.text(column);
    const parsed = Number(value);
    if (!Number.isFinite(parsed)) {
      throw fault({ file: this.file, row: this.line, column, value, message: 'not a number' });
    }
    return parsed;
  }

  numberOrZero(column: string): number {
    return this.fields[column] === '' ? 0 : this.number(column);
  }
}

async function readRows(folder: string, file: string): Promise<Row[]> {
  const text = await readFile(join(folder, file), 'utf8');
  return new Promise((resolve, reject) => {
    const rows: Row[] = [];
    parseString<Record<string, string>, Record<string, string>>(text, { headers: true })
      .on('data', (fields: Record<string, string>) => {
        // The header is line 1, and none of these tables has fields that span lines.
        rows.push(new Row(file, rows.length + 2, fields));
      })
      .on('error', reject)
      .on('end', () => resolve(rows));
  });
}

function fault(problem: CaseProblem): CaseError {
  return new CaseError([problem]);
}

/** The feeder's tables contradict each other. */
export function danglingReference(file: string, column: string, value: string): CaseError {
  const message = 'the feeder refers to this but no row (of the right phases) reaches it';
  return fault({ file, column, value, message });
}
