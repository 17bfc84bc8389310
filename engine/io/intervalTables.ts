/** An interval of a trial as rows of its tables. */
import type { TrialInterval } from '../trial/intervalRecord.js';
import { branchEnds } from './branchEnds.js';
import { idsOf } from './caseTables.js';
import { type OutputColumn, type OutputTable, type TableSchema, tableOf } from './table.js';
import { TRIAL_BALANCES, TRIAL_INTERVALS, TRIAL_REFUSALS, TRIAL_TIMING } from './trialSchema.js';

/** In the order of TRIAL_TABLES. */
export function intervalTables(interval: TrialInterval): OutputTable[] {
  return [
    rowTable(TRIAL_INTERVALS, [interval.record]),
    rowTable(TRIAL_BALANCES, [interval.balance]),
    ...placeTables(interval),
    rowTable(TRIAL_REFUSALS, interval.refusals),
    rowTable(TRIAL_TIMING, [interval.timing]),
  ];
}

/** Rows whose fields are the columns of the table. */
function rowTable(schema: TableSchema, rows: readonly object[]): OutputTable {
  const fields = rows as readonly Readonly<Record<string, unknown>>[];
  const columns = schema.columns.map(({ name, kind }): [string, OutputColumn] => [
    name,
    kind === 'number'
      ? Float64Array.from(fields, (row) => Number(row[name]))
      : fields.map((row) => String(row[name])),
  ]);
  return tableOf(schema.name, rows.length, Object.fromEntries(columns));
}

function placeTables({ case: theCase, record, columns }: TrialInterval): OutputTable[] {
  const { buses, branches, communities } = theCase;
  const ends = branchEnds(theCase);
  const interval = (rows: number): Float64Array => new Float64Array(rows).fill(record.interval);
  return [
    tableOf('communities', communities.id.length, {
      interval: interval(communities.id.length),
      community: communities.id,
      price_usd_per_kwh: columns.price_usd_per_kwh,
      import_kw: columns.import_kw,
      stored_kwh: columns.stored_kwh,
    }),
    tableOf('buses', buses.id.length, {
      interval: interval(buses.id.length),
      bus: buses.id,
      voltage_pu: columns.voltage_pu,
    }),
    tableOf('branches', branches.from.length, {
      interval: interval(branches.from.length),
      from: idsOf(buses.id, ends.sending),
      to: idsOf(buses.id, ends.receiving),
      p_kw: columns.p_kw,
    }),
  ];
}
