import { describe, expect, it } from 'vitest';
import { CaseError, type CaseProblem } from '../../engine/base/errors.js';
import { type CaseColumns, createCase } from '../../engine/case/create.js';
import { validateCase } from '../../engine/case/validate.js';
import { smallMarket, withChanges } from './smallMarket.js';

function problemsOf(columns: CaseColumns): readonly CaseProblem[] {
  return errorOf(() => createCase(columns)).problems;
}

function errorOf(action: () => unknown): CaseError {
  try {
    action();
  } catch (error) {
    if (error instanceof CaseError) return error;
    throw error;
  }
  throw new Error('no error was thrown');
}

type Changes = Parameters<typeof withChanges>[0];
type Place = readonly [
  file: string,
  row: number | undefined,
  column: string | undefined,
  value: string | undefined,
];

/** What is wrong, where, and a word of the message. Row 1 is the header: record k is row k + 2. */
const FAULTS: readonly (readonly [string, Changes, Place, RegExp])[] = [
  [
    'a base power of zero',
    { settings: { baseKva: 0 } },
    ['settings', undefined, 'base_kva', '0'],
    /above 0/,
  ],
  [
    'a negative base voltage',
    { settings: { baseKv: -4 } },
    ['settings', undefined, 'base_kv', '-4'],
    /above 0/,
  ],
  [
    'a root voltage of zero',
    { settings: { rootVoltagePu: 0 } },
    ['settings', undefined, 'root_voltage_pu', '0'],
    /above 0/,
  ],
  [
    'an unknown root',
    { settings: { root: 'nowhere' } },
    ['settings', undefined, 'root', 'nowhere'],
    /buses/,
  ],
  ['an empty name', { settings: { name: ' ' } }, ['settings', undefined, 'name', ' '], /name/],
  [
    'a price that is missing',
    { settings: { gridBuy: Number.NaN } },
    ['settings', undefined, 'grid_buy', undefined],
    /number is needed/,
  ],
  [
    'buying below selling',
    { settings: { gridBuy: 0.05 } },
    ['settings', undefined, 'grid_buy', '0.05'],
    /below grid_sell/,
  ],
  [
    'a negative grid limit',
    { settings: { gridLimitKw: -1 } },
    ['settings', undefined, 'grid_limit_kw', '-1'],
    /negative/,
  ],
  [
    'an interval of zero',
    { settings: { intervalMinutes: 0 } },
    ['settings', undefined, 'interval_minutes', '0'],
    /above 0/,
  ],
  [
    'crossed default voltages',
    { settings: { vMinPu: 1.1 } },
    ['settings', undefined, 'v_min_pu', '1.1'],
    /above v_max_pu/,
  ],
  [
    'no voltage limit for some bus',
    { settings: { vMaxPu: undefined } },
    ['settings', undefined, 'v_max_pu', undefined],
    /number is needed/,
  ],
  [
    'a lower voltage of zero',
    { settings: { vMinPu: 0 } },
    ['settings', undefined, 'v_min_pu', '0'],
    /above 0/,
  ],
  [
    'an empty bus id',
    {
      buses: {
        bus: ['source', 'middle', 'end', ''],
        vMinPu: [1, 1, 1, 1],
        loadKw: undefined,
        shuntKvar: undefined,
        x: undefined,
        y: undefined,
      },
    },
    ['buses', 5, 'bus', ''],
    /id is needed/,
  ],
  [
    'crossed voltages',
    { buses: { vMaxPu: [1, 0.9, 1] } },
    ['buses', 3, 'v_min_pu', '0.94'],
    /above v_max_pu, which is 0.9/,
  ],
  [
    'a bus voltage of zero',
    { buses: { vMinPu: [1, 0, 1] } },
    ['buses', 3, 'v_min_pu', '0'],
    /above 0/,
  ],
  [
    'an infinite load',
    { buses: { loadKw: [0, 0, Infinity] } },
    ['buses', 4, 'load_kw', 'Infinity'],
    /finite/,
  ],
  [
    'an absurd load',
    { buses: { loadKw: [0, -2e15, 0] } },
    ['buses', 3, 'load_kw', '-2000000000000000'],
    /absurd/,
  ],
  [
    'an infinite coordinate',
    { buses: { x: [0, Infinity, 0] } },
    ['buses', 3, 'x', 'Infinity'],
    /finite/,
  ],
  [
    'a branch to nowhere',
    { branches: { to: ['source', 'nowhere', 'end'] } },
    ['branches', 3, 'to', 'nowhere'],
    /not an id of buses/,
  ],
  [
    'a branch from nowhere',
    { branches: { from: ['', 'middle', 'source'] } },
    ['branches', 2, 'from', ''],
    /id is needed/,
  ],
  [
    'a branch from a bus to itself',
    { branches: { to: ['source', 'middle', 'end'] } },
    ['branches', 3, 'to', 'middle'],
    /to itself/,
  ],
  [
    'a negative resistance',
    { branches: { rOhm: [0.1, -0.2, 0.3] } },
    ['branches', 3, 'r_ohm', '-0.2'],
    /negative/,
  ],
  [
    'a negative reactance',
    { branches: { xOhm: [0.1, 0.2, -0.3] } },
    ['branches', 4, 'x_ohm', '-0.3'],
    /negative/,
  ],
  [
    'a resistance that is missing',
    { branches: { rOhm: [0.1, Number.NaN, 0.3] } },
    ['branches', 3, 'r_ohm', ''],
    /number is needed/,
  ],
  [
    'a current limit of zero',
    { branches: { iMaxA: [0, 1, 1] } },
    ['branches', 2, 'i_max_a', '0'],
    /above 0/,
  ],
  [
    'a ratio of zero',
    { branches: { ratio: [0, 1, 1] } },
    ['branches', 2, 'ratio', '0'],
    /0.1 to 10/,
  ],
  [
    'a ratio in percent',
    { branches: { ratio: [102.5, 1, 1] } },
    ['branches', 2, 'ratio', '102.5'],
    /0.1 to 10/,
  ],
  [
    'a status that is neither',
    { branches: { status: ['on', '', 'open'] } },
    ['branches', 2, 'status', 'on'],
    /closed/,
  ],
  [
    'a duplicate community',
    {
      communities: { community: ['north', 'north'] },
      prosumers: { community: ['north', 'north', 'north', 'north'] },
    },
    ['communities', 3, 'community', 'north'],
    /same id as in row 2/,
  ],
  [
    'a community nowhere',
    { communities: { bus: ['middle', 'nowhere'] } },
    ['communities', 3, 'bus', 'nowhere'],
    /not an id of buses/,
  ],
  [
    'a slope of zero',
    { communities: { priceSensitivity: [0, 1] } },
    ['communities', 2, 'price_sensitivity', '0'],
    /above 0/,
  ],
  [
    'crossed reactive ranges',
    { communities: { qMinKvar: [4, 0] } },
    ['communities', 2, 'q_min_kvar', '4'],
    /above q_max_kvar, which is 3/,
  ],
  [
    'crossed price caps',
    { communities: { priceMin: [0.5, 0] } },
    ['communities', 2, 'price_min', '0.5'],
    /above price_max/,
  ],
  [
    'a community without prosumers',
    { prosumers: { community: ['north', 'north', 'north', 'north'] } },
    ['communities', 3, 'community', 'south'],
    /without prosumers/,
  ],
  [
    'a duplicate prosumer',
    { prosumers: { prosumer: ['n1', 's1', 'n1', 's2'] } },
    ['prosumers', 4, 'prosumer', 'n1'],
    /same id as in row 2/,
  ],
  [
    'a prosumer with a space',
    { prosumers: { prosumer: ['n1', 's1 ', 'n2', 's2'] } },
    ['prosumers', 3, 'prosumer', 's1 '],
    /space/,
  ],
  [
    'a prosumer in another encoding',
    { prosumers: { prosumer: ['n1', 'caf\uFFFD', 'n2', 's2'] } },
    ['prosumers', 3, 'prosumer', 'caf\uFFFD'],
    /UTF-8/,
  ],
  [
    'a prosumer of no community',
    { prosumers: { community: ['north', 'south', 'west', 'south'] } },
    ['prosumers', 4, 'community', 'west'],
    /not an id of communities/,
  ],
  [
    'a demand that is missing',
    { prosumers: { demandKw: [1, 1, Number.NaN, 1] } },
    ['prosumers', 4, 'demand_kw', ''],
    /number is needed/,
  ],
  [
    'crossed bounds',
    { prosumers: { pMinKw: [6, 0, 0, 0] } },
    ['prosumers', 2, 'p_min_kw', '6'],
    /above p_max_kw, which is 5/,
  ],
  [
    'no bounds without devices',
    { prosumers: { pMaxKw: [5, Number.NaN, 1, 1] } },
    ['prosumers', 3, 'p_max_kw', ''],
    /number is needed/,
  ],
  [
    'a negative quadratic cost',
    { prosumers: { costQuadratic: [1, 1, -1, 1] } },
    ['prosumers', 4, 'cost_quadratic', '-1'],
    /negative/,
  ],
  [
    'a duplicate device',
    { devices: { device: ['d', 'd'] } },
    ['devices', 3, 'device', 'd'],
    /same id as in row 2/,
  ],
  [
    'a device of nobody',
    { devices: { prosumer: ['s2', 'nobody'] } },
    ['devices', 3, 'prosumer', 'nobody'],
    /not an id of prosumers/,
  ],
  [
    'crossed bounds of a device',
    { devices: { pMinKw: [-2, 4] } },
    ['devices', 3, 'p_min_kw', '4'],
    /above p_max_kw, which is 3.5/,
  ],
  [
    'a negative cost of a device',
    { devices: { costQuadratic: [-1, 0] } },
    ['devices', 2, 'cost_quadratic', '-1'],
    /negative/,
  ],
];

describe('validateCase', () => {
  for (const [fault, changes, [file, row, column, value], message] of FAULTS) {
    it(`places ${fault}`, () => {
      const problems = problemsOf(withChanges(changes));
      const found = problems.find((problem) => problem.column === column && problem.row === row);
      expect(found).toBeDefined();
      expect([found?.file, found?.row, found?.column, found?.value]).toEqual([
        file,
        row,
        column,
        value,
      ]);
      expect(found?.message).toMatch(message);
    });
  }

  it('finds nothing wrong with the market that the faults are put into', () => {
    expect(() => createCase(smallMarket())).not.toThrow();
  });

  it('needs buses, communities and prosumers', () => {
    const problems = problemsOf({
      ...smallMarket(),
      buses: { bus: [] },
      branches: { from: [], to: [], rOhm: [], xOhm: [] },
      communities: { community: [], bus: [] },
      prosumers: { prosumer: [], community: [], demandKw: [] },
      devices: undefined,
    });
    const empty = problems.filter(({ message }) => message.startsWith('no rows'));
    expect(empty.map(({ file }) => file)).toEqual(['buses', 'communities', 'prosumers']);
  });

  it('names the buses and the branches of a loop', () => {
    const [problem, ...others] = problemsOf(withChanges({ branches: { status: ['', '', ''] } }));
    expect(others).toEqual([]);
    expect(problem.file).toBe('branches');
    expect([2, 3, 4]).toContain(problem.row);
    expect(problem.message).toContain('loop');
    for (const bus of ['source', 'middle', 'end']) expect(problem.message).toContain(bus);
  });

  it('names the buses of an island and a branch that touches it', () => {
    const [problem, ...others] = problemsOf(
      withChanges({ branches: { status: ['open', '', 'open'] } }),
    );
    expect(others).toEqual([]);
    expect([problem.file, problem.row]).toEqual(['branches', 2]);
    expect(problem.message).toMatch(/island.*middle, end/);
  });

  it('points at the bus where no branch names an island', () => {
    const market = smallMarket();
    const [problem] = problemsOf({
      ...market,
      buses: { bus: ['source', 'middle', 'end', 'lonely'] },
    });
    expect([problem.file, problem.row, problem.value]).toEqual(['buses', 5, 'lonely']);
    expect(problem.message).toContain('no row of branches names it');
  });

  it('names the first eight buses of a large island', () => {
    const bus = ['source', ...Array.from({ length: 30 }, (_, index) => `b${index}`)];
    const branch = bus.slice(2).map((_, index) => index);
    const problems = problemsOf(
      withChanges({
        buses: {
          bus,
          vMinPu: undefined,
          loadKw: undefined,
          shuntKvar: undefined,
          x: undefined,
          y: undefined,
        },
        branches: {
          from: branch.map((index) => `b${index}`),
          to: branch.map((index) => `b${index + 1}`),
          rOhm: branch.map(() => 1),
          xOhm: branch.map(() => 1),
          iMaxA: undefined,
          ratio: undefined,
          status: undefined,
        },
        communities: { bus: ['b0', 'b1'] },
      }),
    );
    expect(problems).toHaveLength(1);
    expect(problems[0].message).toMatch(/b0, b1, b2, b3, b4, b5, b6, b7 and 22 more/);
  });

  it('lists 20 of 25 problems and counts the rest', () => {
    const rows = Array.from({ length: 25 }, (_, index) => index);
    const error = errorOf(() =>
      createCase({
        ...smallMarket(),
        communities: { community: ['m'], bus: ['end'] },
        prosumers: {
          prosumer: rows.map((row) => `p${row}`),
          community: rows.map(() => 'm'),
          demandKw: rows.map(() => Infinity),
          pMinKw: rows,
          pMaxKw: rows,
          costQuadratic: rows,
          costLinear: rows,
        },
        devices: undefined,
      }),
    );
    expect(error.problems).toHaveLength(20);
    expect(error.omitted).toBe(5);
    expect(error.message.split('\n')).toHaveLength(21);
    expect(error.message).toContain('and 5 more problems');
  });

  it('reports a default that every bus inherits once', () => {
    expect(problemsOf(withChanges({ settings: { vMinPu: -1 } }))).toHaveLength(1);
  });

  it('reports a cell once even where it breaks several rules', () => {
    const problems = problemsOf(withChanges({ buses: { vMinPu: [Infinity, 1, 1] } }));
    expect(problems).toHaveLength(1);
  });

  it('checks references of tables that were made by hand', () => {
    const market = createCase(smallMarket());
    const bus = Int32Array.of(1, 7);
    const error = errorOf(() =>
      validateCase({ ...market, communities: { ...market.communities, bus } }),
    );
    expect(error.message).toBe(
      'communities, row 3, column bus, value "7": there is no such row in buses',
    );
  });
});
