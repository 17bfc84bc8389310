/** What happens to the network in a trial, from a file (docs/trial.md). */
import type { ProblemList } from '../base/errors.js';
import type { Case } from '../case/case.js';
import { branchRow } from '../case/changes.js';
import { branchName } from '../trial/operations.js';
import type { Operation } from '../trial/scenario.js';
import type { TimedEvent } from '../trial/tables.js';
import type { ReadOptions } from './readCase.js';
import { EVENTS } from './schema.js';
import type { Table } from './table.js';
import { CellCheck, readTrialFile } from './trialFiles.js';

/** In the order of their intervals. @throws CaseError with what is wrong and where */
export function readEvents(
  path: string,
  theCase: Case,
  options: ReadOptions = {},
): Promise<readonly TimedEvent[]> {
  return readTrialFile(path, EVENTS, options, (table, problems) =>
    new EventTable(theCase, table, problems).events(),
  );
}

const EVENT_NAMES = ['open', 'close', 'ratio', 'shunt', 'root_voltage'] as const;

type EventName = (typeof EVENT_NAMES)[number];

interface Switching {
  readonly branch: number;
  readonly closed: number;
}

class EventTable {
  private readonly check: CellCheck;
  private readonly names: readonly string[];
  private readonly interval: Float64Array;
  private readonly from: readonly string[] | undefined;
  private readonly to: readonly string[] | undefined;
  private readonly bus: readonly string[] | undefined;
  private readonly value: Float64Array | undefined;

  constructor(
    private readonly theCase: Case,
    table: Table,
    problems: ProblemList,
  ) {
    this.check = new CellCheck(table, problems);
    this.names = table.texts('event');
    this.interval = table.numbers('interval');
    this.from = table.optionalTexts('from');
    this.to = table.optionalTexts('to');
    this.bus = table.optionalTexts('bus');
    this.value = table.optionalNumbers('value');
  }

  events(): readonly TimedEvent[] {
    const events: TimedEvent[] = [];
    const switchings = new Map<number, Switching[]>();
    this.names.forEach((text, row) => {
      const interval = this.interval[row];
      const name = EVENT_NAMES.find((candidate) => candidate === text);
      if (name === undefined) {
        this.check.report(row, 'event', text, `not an event; there are ${EVENT_NAMES.join(', ')}`);
      }
      if (!this.check.interval(row, interval) || name === undefined) return;
      if (name === 'open' || name === 'close') {
        const switching = { branch: this.branchOf(row), closed: name === 'close' ? 1 : 0 };
        const others = switchings.get(interval);
        if (others === undefined) switchings.set(interval, [switching]);
        else if (others.some(({ branch }) => branch === switching.branch && branch >= 0)) {
          this.check.report(row, 'interval', interval, 'the branch is switched twice in it');
        } else others.push(switching);
      } else events.push({ interval, operation: this.operation(row, name) });
    });
    for (const [interval, list] of switchings) {
      events.push({ interval, operation: this.switched(list) });
    }
    return events.sort((a, b) => a.interval - b.interval);
  }

  private operation(row: number, name: Exclude<EventName, 'open' | 'close'>): Operation {
    const value = this.valueOf(row);
    if (name === 'root_voltage') {
      const changes = { settings: { rootVoltagePu: value } };
      return { label: `root voltage ${value} pu`, changes };
    }
    if (name === 'ratio') {
      const branch = this.branchOf(row);
      const ratio = Float64Array.of(value);
      const changes = { branches: { branch: Int32Array.of(branch), ratio } };
      return { label: `ratio ${value} at branch ${this.nameOf(branch)}`, changes };
    }
    const id = this.bus?.[row] ?? '';
    const bus = this.theCase.buses.id.indexOf(id);
    if (bus < 0) this.check.report(row, 'bus', id, 'not an id of buses');
    const changes = { buses: { bus: Int32Array.of(bus), shuntKvar: Float64Array.of(value) } };
    return { label: `shunt of ${value} kvar at ${id}`, changes };
  }

  /** All branches of an interval at once: one after the other would leave an island or a loop between them. */
  private switched(list: readonly Switching[]): Operation {
    const label = list
      .map(({ branch, closed }) => {
        return `branch ${this.nameOf(branch)} ${closed === 1 ? 'closed' : 'opened'}`;
      })
      .join(', ');
    const branch = Int32Array.from(list, (switching) => switching.branch);
    const closed = Uint8Array.from(list, (switching) => switching.closed);
    return { label, changes: { branches: { branch, closed } } };
  }

  /** −1 where there is none, which is reported. */
  private branchOf(row: number): number {
    const from = this.from?.[row] ?? '';
    const to = this.to?.[row] ?? '';
    const branch = from === '' || to === '' ? -1 : branchRow(this.theCase, from, to);
    if (branch < 0) {
      this.check.report(row, 'to', to, `no branch joins ${from === '' ? 'nothing' : from} to it`);
    }
    return branch;
  }

  private nameOf(branch: number): string {
    return branch < 0 ? '' : branchName(this.theCase, branch);
  }

  private valueOf(row: number): number {
    const value = this.value?.[row] ?? Number.NaN;
    this.check.number(row, 'value', value);
    return value;
  }
}
