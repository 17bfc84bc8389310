/** Which lists of roots make a region, and what is said about those that do not. */
import { describe, expect, test } from 'vitest';
import { CaseError } from '../../engine/base/errors.js';
import { type CaseColumns, createCase } from '../../engine/case/create.js';
import { createCaseOrRegion, isRegion } from '../../engine/case/region.js';
import { regionColumns } from '../fixtures/region.js';
import { smallMarket } from './smallMarket.js';

const twoFeeders = (): CaseColumns => regionColumns([smallMarket(), smallMarket()]);

function messageOf(columns: CaseColumns): string {
  try {
    createCaseOrRegion(columns);
  } catch (error) {
    if (error instanceof CaseError) return error.message;
    throw error;
  }
  throw new Error('the region was accepted');
}

/** The region with one more branch, between two buses by id. */
function withBranch(
  columns: CaseColumns,
  from: string,
  to: string,
  status = 'closed',
): CaseColumns {
  const { branches } = columns;
  const count = branches.from.length;
  return {
    ...columns,
    branches: {
      from: [...branches.from, from],
      to: [...branches.to, to],
      rOhm: [...Array.from(branches.rOhm), 0.01],
      xOhm: [...Array.from(branches.xOhm), 0.01],
      status: [...(branches.status ?? new Array<string>(count).fill('closed')), status],
    },
  };
}

function withRoots(columns: CaseColumns, otherRoots: readonly string[]): CaseColumns {
  return { ...columns, settings: { ...columns.settings, otherRoots } };
}

function withBus(columns: CaseColumns, bus: string): CaseColumns {
  const padded = Object.fromEntries(
    Object.entries(columns.buses).map(([name, column]) => [
      name,
      name === 'bus' ? [...column, bus] : [...Array.from(column as ArrayLike<number>), Number.NaN],
    ]),
  );
  return { ...columns, buses: { ...columns.buses, ...padded } };
}

describe('a list of roots', () => {
  test('makes a feeder of each, named after the region and the root', () => {
    const made = createCaseOrRegion(twoFeeders());
    if (!isRegion(made)) throw new Error('not a region');
    const { name, root } = smallMarket().settings;
    expect(made.roots).toEqual([`a-${root}`, `b-${root}`]);
    expect(made.feeders.map((feeder) => feeder.settings.name)).toEqual([
      `${name}/a-${root}`,
      `${name}/b-${root}`,
    ]);
  });

  test('leaves out an open branch between two feeders', () => {
    const root = smallMarket().settings.root;
    const tied = createCaseOrRegion(withBranch(twoFeeders(), `a-${root}`, `b-${root}`, 'open'));
    if (!isRegion(tied)) throw new Error('not a region');
    const alone = createCase(smallMarket());
    for (const feeder of tied.feeders) {
      expect(feeder.branches.from.length).toBe(alone.branches.from.length);
    }
  });

  test('of one root is a region of one feeder; a single root is a case', () => {
    const one = createCaseOrRegion(regionColumns([smallMarket()]));
    expect(isRegion(one) && one.feeders.length).toBe(1);
    expect(isRegion(createCaseOrRegion(smallMarket()))).toBe(false);
  });

  test('is refused where a bus is reached from two roots', () => {
    const { bus } = smallMarket().buses;
    const last = bus[bus.length - 1];
    const { root } = smallMarket().settings;
    const columns = withBranch(twoFeeders(), `a-${last}`, `b-${last}`);
    expect(messageOf(columns)).toMatch(
      new RegExp(
        `branches, row ${columns.branches.from.length + 1}.*a bus reached from two roots, a-${root} and b-${root}`,
      ),
    );
  });

  test('is refused where one root stands in the feeder of another', () => {
    const { bus } = smallMarket().buses;
    const { root } = smallMarket().settings;
    const other = bus.find((id) => id !== root) ?? '';
    expect(messageOf(withRoots(twoFeeders(), [`b-${root}`, `a-${other}`]))).toMatch(
      /a bus reached from two roots/,
    );
  });

  test('is refused where a root has no branches', () => {
    const { root } = smallMarket().settings;
    const columns = withRoots(withBus(twoFeeders(), 'lonely'), [`b-${root}`, 'lonely']);
    expect(messageOf(columns)).toMatch(/root 3, value "lonely": a root without branches/);
  });

  test('is refused where a bus is reached from no root', () => {
    const { root } = smallMarket().settings;
    expect(messageOf(withBus(twoFeeders(), 'lonely'))).toMatch(
      new RegExp(`no closed branch leads from any of the roots a-${root}, b-${root} to bus lonely`),
    );
  });

  test('is refused where a feeder has a loop, by its buses', () => {
    const { bus } = smallMarket().buses;
    const columns = withBranch(twoFeeders(), `b-${bus[0]}`, `b-${bus[bus.length - 1]}`);
    expect(messageOf(columns)).toMatch(/a loop through buses b-/);
  });

  test('is refused with a root that is no bus, or named twice', () => {
    const { root } = smallMarket().settings;
    expect(messageOf(withRoots(twoFeeders(), ['nowhere']))).toMatch(
      /root 2, value "nowhere": not an id of buses/,
    );
    expect(messageOf(withRoots(twoFeeders(), [`b-${root}`, `a-${root}`]))).toMatch(
      /root 3.*a root named twice/,
    );
  });
});
