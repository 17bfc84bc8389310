/**
 * What happens to the network in a day, where no file says it. Everything is a state that follows from the time
 * alone (is the capacitor on? is the line lost?), and an operation where the state differs from that of the
 * interval before:
 *
 *   - the largest capacitor is off by night, from {@link CAPACITOR_OFF} to {@link CAPACITOR_ON};
 *   - once a day a section of line is lost for an hour ({@link LOST_MINUTES}), and what lies behind it is fed over a
 *     normally-open branch (detours.ts); the section is drawn among those behind which lies at most
 *     {@link MOST_MOVED} of the load, or else is the one with the least behind it.
 */
import { hashed, hashedUniform } from '../base/random.js';
import type { Case } from '../case/case.js';
import { DAY_MINUTES, dayOf, minuteOfDay } from './clock.js';
import { type Detour, findDetours } from './detours.js';
import type { ResolvedOptions } from './options.js';
import type { Operation } from './scenario.js';

/** Minutes of the day. */
export const CAPACITOR_OFF = 1380;
export const CAPACITOR_ON = 360;
/** A shunt of less than this share of the case's load is no capacitor, but the charging of a line. */
const LEAST_CAPACITOR = 0.01;

export const LOST_MINUTES = 60;
/** Minutes of the day between which a section may be lost. */
const LOST_BETWEEN: readonly [number, number] = [480, 1140];
const MOST_MOVED = 0.1;

/** Operations at the beginning of an interval. */
export type OperationsAt = (interval: number) => readonly Operation[];

export function planOperations(
  theCase: Case,
  key: number,
  { events, intervalMinutes, startMinutes }: ResolvedOptions,
): OperationsAt {
  if (events !== undefined) {
    return (interval) =>
      events.filter((event) => event.interval === interval).map((event) => event.operation);
  }
  const capacitor = largestCapacitor(theCase);
  const detours = usableDetours(theCase);
  const timeOf = (interval: number): number => startMinutes + interval * intervalMinutes;
  return (interval) => {
    const operations: Operation[] = [];
    const now = timeOf(interval);
    const before = interval === 0 ? Number.NaN : timeOf(interval - 1);
    if (capacitor >= 0 && isCapacitorOn(now) !== isCapacitorOn(before)) {
      operations.push(switchCapacitor(theCase, capacitor, isCapacitorOn(now)));
    }
    const lost = lostDetour(detours, key, now);
    const lostBefore = lostDetour(detours, key, before);
    if (lost !== lostBefore) {
      if (lostBefore !== undefined) operations.push(switchDetour(theCase, lostBefore, false));
      if (lost !== undefined) operations.push(switchDetour(theCase, lost, true));
    }
    return operations;
  };
}

/** Row of its bus; −1 without one. */
function largestCapacitor({ buses, prosumers }: Case): number {
  let largest = -1;
  buses.shuntKvar.forEach((kvar, bus) => {
    if (kvar > 0 && (largest < 0 || kvar > buses.shuntKvar[largest])) largest = bus;
  });
  let loadKw = 0;
  for (const demand of prosumers.demandKw) loadKw += Math.abs(demand);
  for (const load of buses.loadKw) loadKw += Math.abs(load);
  return largest >= 0 && buses.shuntKvar[largest] >= LEAST_CAPACITOR * loadKw ? largest : -1;
}

/** As in the case before the trial begins, which is time NaN. */
function isCapacitorOn(minutes: number): boolean {
  const minute = minuteOfDay(minutes);
  return !(minute >= CAPACITOR_OFF || minute < CAPACITOR_ON);
}

function switchCapacitor({ buses }: Case, bus: number, isOn: boolean): Operation {
  return {
    label: `capacitor at ${buses.id[bus]} switched ${isOn ? 'on' : 'off'}`,
    changes: {
      buses: {
        bus: Int32Array.of(bus),
        shuntKvar: Float64Array.of(isOn ? buses.shuntKvar[bus] : 0),
      },
    },
  };
}

function usableDetours(theCase: Case): readonly Detour[] {
  const detours = findDetours(theCase).filter(({ movedShare }) => movedShare > 0);
  const small = detours.filter(({ movedShare }) => movedShare <= MOST_MOVED);
  if (small.length > 0) return small;
  return detours.sort((a, b) => a.movedShare - b.movedShare || a.section - b.section).slice(0, 1);
}

/** The one in use at a time. */
function lostDetour(detours: readonly Detour[], key: number, minutes: number): Detour | undefined {
  if (detours.length === 0 || Number.isNaN(minutes)) return undefined;
  const ofDay = hashed(key, dayOf(minutes));
  const [earliest, latest] = LOST_BETWEEN;
  const begin =
    dayOf(minutes) * DAY_MINUTES +
    earliest +
    hashedUniform(ofDay, 0) * (latest - LOST_MINUTES - earliest);
  if (minutes < begin || minutes >= begin + LOST_MINUTES) return undefined;
  return detours[Math.floor(hashedUniform(ofDay, 1) * detours.length)];
}

/** Both branches at once: one after the other would leave an island or a loop between them. */
function switchDetour(theCase: Case, { section, tie }: Detour, isLost: boolean): Operation {
  const line = `branch ${branchName(theCase, section)}`;
  const other = `branch ${branchName(theCase, tie)}`;
  return {
    label: isLost ? `${line} lost, ${other} closed` : `${line} back, ${other} opened`,
    changes: {
      branches: {
        branch: Int32Array.of(section, tie),
        closed: isLost ? Uint8Array.of(0, 1) : Uint8Array.of(1, 0),
      },
    },
  };
}

/** Such as `54-94`. */
export function branchName({ buses, branches }: Case, branch: number): string {
  return `${buses.id[branches.from[branch]]}-${buses.id[branches.to[branch]]}`;
}
