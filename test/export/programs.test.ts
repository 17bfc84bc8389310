import { describe, expect, it } from 'vitest';
import { CaseError, UsageError } from '../../engine/base/errors.js';
import type { Case } from '../../engine/case/case.js';
import { createCase } from '../../engine/case/create.js';
import type { Mode } from '../../engine/clearing/result.js';
import { buildProgram, exportProgram } from '../../engine/export/exportProgram.js';
import { idsOf } from '../../engine/export/names.js';
import type { ProgramModel } from '../../engine/export/programModel.js';
import { smallMarket } from '../case/smallMarket.js';
import { breakPrices, importAtPrice, kappaOf } from '../fixtures/directMarket.js';
import { type MarketShape, randomMarket } from '../fixtures/randomMarket.js';

/** Everybody can move, every branch has an impedance, every community has free reactive power. */
const REGULAR: MarketShape = {
  buses: 7,
  communities: 4,
  prosumers: [2, 6],
  reactiveShare: 1,
  impedance: 0.2,
};

function sizeOf({ variables, rows, cones }: ProgramModel): object {
  return {
    variables: variables.length,
    integers: variables.filter(({ integer }) => integer).length,
    rows: rows.length,
    cones: cones.length,
  };
}

/** Stretches of prices on which a community's import falls. */
function segmentCount(theCase: Case, m: number): number {
  const kappa = kappaOf(theCase, m, 'welfare');
  const imports = breakPrices(theCase, m, kappa).map((price) =>
    importAtPrice(theCase, m, kappa, price),
  );
  return imports.filter((netImport, k) => k > 0 && imports[k - 1] - netImport > 1e-9).length;
}

/** A balance of active power per bus, of reactive power and a voltage drop per branch. */
function networkSize(theCase: Case): { variables: number; rows: number; cones: number } {
  const { branches, communities, settings } = theCase;
  const branchCount = branches.from.length;
  const withReactive = communities.bus.filter((bus) => bus !== settings.rootBus).length;
  return {
    // P, Q, l and v of each branch, v of the root, P_0 bought and sold.
    variables: 4 * branchCount + 1 + 2 + withReactive,
    rows: 3 * branchCount + 1,
    cones: branchCount,
  };
}

describe.each([1, 2, 3])('of a regular market (seed %i)', (seed) => {
  const theCase = randomMarket(6000 + seed, REGULAR);
  const network = networkSize(theCase);
  const communities = theCase.communities.id.length;
  const segments = theCase.communities.id.reduce((sum, _, m) => sum + segmentCount(theCase, m), 0);
  const prosumers = theCase.prosumers.id.length;

  it('the explicit program has x, z and t for each segment, and X and cost for each community', async () => {
    const model = await buildProgram(theCase, { program: 'explicit', subsidised: true });
    expect(sizeOf(model)).toEqual({
      variables: network.variables + 2 * communities + 3 * segments,
      integers: segments,
      rows: network.rows + 3 * communities + 2 * segments,
      cones: network.cones + segments,
    });
  });

  it('revenue adds what each community pays, and points at the ends of imports', async () => {
    const model = await buildProgram(theCase, { program: 'explicit' });
    const integers = model.variables.filter(({ integer }) => integer).length;
    const points = integers - segments;
    expect(points).toBeLessThanOrEqual(2 * communities);
    expect(sizeOf(model)).toEqual({
      variables: network.variables + 3 * communities + 3 * segments + 2 * points,
      integers,
      rows: network.rows + 4 * communities + 2 * integers + 1,
      cones: network.cones + segments,
    });
  });

  it('the reduced program of dlmp has a part for each segment', async () => {
    const model = await buildProgram(theCase, { program: 'reduced', mode: 'dlmp' });
    expect(sizeOf(model)).toEqual({
      variables: network.variables + communities + segments,
      integers: 0,
      rows: network.rows + communities,
      cones: network.cones,
    });
  });

  it('the full program has an output and a purchase for each prosumer', async () => {
    const model = await buildProgram(theCase, { program: 'full' });
    expect(sizeOf(model)).toEqual({
      variables: network.variables + communities + 2 * prosumers,
      integers: 0,
      rows: network.rows + communities + prosumers,
      cones: network.cones,
    });
  });
});

/** Ids with blanks, underscores and letters of other alphabets. */
function awkwardCase(): Case {
  const columns = smallMarket();
  return createCase({
    ...columns,
    settings: { ...columns.settings, name: 'a case\n(odd)', root: 'main_bus' },
    buses: { ...columns.buses, bus: ['main_bus', 'Zürich 2', 'end'] },
    branches: {
      ...columns.branches,
      from: ['Zürich 2', 'Zürich 2', 'main_bus'],
      to: ['main_bus', 'end', 'end'],
    },
    communities: { ...columns.communities, bus: ['Zürich 2', 'end'] },
  });
}

/** For each kind of name, the tables its ids come from. */
const TABLES: Readonly<Record<string, readonly string[]>> = {
  v: ['buses'],
  limit: ['buses'],
  active: ['buses'],
  reactive: ['buses'],
  P: ['buses', 'buses'],
  Q: ['buses', 'buses'],
  l: ['buses', 'buses'],
  voltage: ['buses', 'buses'],
  current: ['buses', 'buses'],
  X: ['communities'],
  q: ['communities'],
  r: ['communities'],
  cost: ['communities'],
  import: ['communities'],
  choice: ['communities'],
  payment: ['communities'],
  sold: ['communities'],
  z: ['communities', 'numbers'],
  t: ['communities', 'numbers'],
  y: ['communities', 'numbers'],
  s: ['communities', 'numbers'],
  low: ['communities', 'numbers'],
  high: ['communities', 'numbers'],
  segment: ['communities', 'numbers'],
  loss: ['communities', 'numbers'],
  balance: ['prosumers'],
};

/** x is a segment or a prosumer, p an output of a prosumer or a device. */
const TABLES_IN_FULL: Readonly<Record<string, readonly string[]>> = {
  ...TABLES,
  x: ['prosumers'],
  p: ['prosumers', 'devices'],
};

describe('names of a case with awkward ids', () => {
  const theCase = awkwardCase();
  const ids: Readonly<Record<string, readonly string[]>> = {
    buses: theCase.buses.id,
    communities: theCase.communities.id,
    prosumers: [...theCase.prosumers.id],
    devices: [...theCase.devices.id],
    numbers: Array.from({ length: 20 }, (_, k) => `${k + 1}`),
  };

  it.each(['explicit', 'reduced', 'full'] as const)(
    'lead back to its ids (%s)',
    async (program) => {
      const { variables, rows, cones } = await buildProgram(theCase, { program });
      const tables =
        program === 'full' ? TABLES_IN_FULL : { ...TABLES, x: ['communities', 'numbers'] };
      for (const { name } of [...variables, ...rows, ...cones]) {
        if (['grid_import', 'grid_export', 'revenue'].includes(name)) continue;
        const [kind, ...found] = idsOf(name);
        const expected = tables[kind as keyof typeof tables] ?? [];
        expect(found.length, name).toBeGreaterThan(0);
        for (const [k, id] of found.entries()) expect(ids[expected[k]], name).toContain(id);
      }
      const carriers = variables.map(({ name }) => idsOf(name)[1]);
      const named = program === 'full' ? theCase.prosumers.id : theCase.communities.id;
      expect(carriers).toEqual(expect.arrayContaining([...theCase.buses.id, ...named]));
    },
  );

  it.each(['cbf', 'mps'] as const)(
    'leave no sign in the text that %s cannot hold',
    async (format) => {
      const { text } = await exportProgram(theCase, { program: 'explicit', format });
      expect(text).toMatch(/^[\x20-\x7e\n]*$/);
      expect(text).toContain('a%20case%0A%28odd%29');
    },
  );
});

describe('a program that is none', () => {
  const theCase = createCase(smallMarket());
  const refused: [program: string, mode: Mode | undefined, subsidised: boolean, names: RegExp][] = [
    ['full', 'welfare', false, /bilevel.*explicit program.*full program of dlmp or social/],
    ['explicit', 'dlmp', false, /reduced program is exact/],
    ['explicit', 'social', false, /reduced program is exact/],
    ['reduced', 'local', false, /local has no network program/],
    ['full', 'isolated', false, /isolated has no network program/],
    ['full', 'dlmp', true, /only welfare can be subsidised/],
    ['full', undefined, true, /only welfare can be subsidised/],
    ['dual', undefined, false, /explicit, reduced, full/],
  ];

  it.each(refused)('is refused with the way out: %s, %s, subsidised %s', async (...row) => {
    const [program, mode, subsidised, names] = row;
    const options = { program: program as 'full', subsidised, ...(mode && { mode }) };
    await expect(buildProgram(theCase, options)).rejects.toThrow(UsageError);
    await expect(buildProgram(theCase, options)).rejects.toThrow(names);
  });

  it('is refused in a format that is none', async () => {
    const options = { program: 'full', format: 'lp' as 'mps' } as const;
    await expect(exportProgram(theCase, options)).rejects.toThrow(/cbf, mps/);
  });

  it('is refused where the mode needs strict costs and the case has none, as clearing is', async () => {
    const flat = randomMarket(1, {
      ...REGULAR,
      linearShare: 1,
      linearEverywhere: true,
      priceTakerShare: 1,
    });
    await expect(buildProgram(flat, { program: 'reduced', mode: 'dlmp' })).rejects.toThrow(
      CaseError,
    );
    await expect(buildProgram(flat, { program: 'reduced', mode: 'social' })).resolves.toBeDefined();
  });
});
