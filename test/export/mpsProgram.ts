/**
 * A reader of free MPS files, for tests: linear rows, ranges, bounds, whole variables, diagonal QUADOBJ, and
 * rows of QCMATRIX that are rotated cones, Σ c x² ≤ a left · right, or ≤ a left with a number for `right`.
 */
import type { ConicInstance } from '../../bench/cbf/conicInstance.js';
import { SparseBuilder } from '../../engine/sparse/columns.js';

interface Row {
  readonly sense: string;
  readonly terms: Map<string, number>;
  right: number;
  range: number;
  /** `x y` with its coefficient; empty for linear rows. */
  readonly products: Map<string, number>;
}

interface Column {
  lower: number;
  upper: number;
  integer: boolean;
  quadratic: number;
}

export interface MpsProgram {
  readonly objective: string;
  readonly rows: Map<string, Row>;
  readonly columns: Map<string, Column>;
}

export function parseMps(text: string): MpsProgram {
  const rows = new Map<string, Row>();
  const columns = new Map<string, Column>();
  let objective = '';
  let section = '';
  let ofRow = '';
  let integer = false;
  const rowOf = (name: string): Row => known(rows, name);
  for (const line of text.split('\n')) {
    if (line.startsWith('*') || line.trim() === '') continue;
    const words = line.trim().split(/\s+/);
    if (!line.startsWith(' ')) {
      [section, ofRow = ''] = words;
      continue;
    }
    const [first, second = '', third = '', fourth = ''] = words;
    if (section === 'ROWS') {
      rows.set(second, { sense: first, terms: new Map(), right: 0, range: 0, products: new Map() });
      if (first === 'N') objective = second;
    } else if (section === 'COLUMNS' && second === "'MARKER'") {
      integer = third === "'INTORG'";
    } else if (section === 'COLUMNS') {
      if (!columns.has(first))
        columns.set(first, { lower: 0, upper: Infinity, integer, quadratic: 0 });
      rowOf(second).terms.set(first, Number(third));
    } else if (section === 'RHS') {
      rowOf(second).right = Number(third);
    } else if (section === 'RANGES') {
      rowOf(second).range = Number(third);
    } else if (section === 'BOUNDS') {
      setBound(known(columns, third), first, Number(fourth));
    } else if (section === 'QUADOBJ') {
      if (first !== second) throw new Error('a product of two variables in the objective');
      known(columns, first).quadratic = Number(third);
    } else if (section === 'QCMATRIX') {
      rowOf(ofRow).products.set(`${first} ${second}`, Number(third));
    } else {
      throw new Error(`section ${section} is not read`);
    }
  }
  return { objective, rows, columns };
}

function known<Value>(values: Map<string, Value>, name: string): Value {
  const value = values.get(name);
  if (value === undefined) throw new Error(`${name} has not been declared`);
  return value;
}

function setBound(column: Column, kind: string, value: number): void {
  if (kind === 'LO' || kind === 'FX') column.lower = value;
  if (kind === 'UP' || kind === 'FX') column.upper = value;
  if (kind === 'MI' || kind === 'FR') column.lower = -Infinity;
  if (kind === 'PL' || kind === 'FR') column.upper = Infinity;
  if (kind === 'BV') Object.assign(column, { lower: 0, upper: 1 });
}

/** The same as the conic core takes it. */
export function instanceOfMps(text: string): ConicInstance {
  const { objective, rows, columns } = parseMps(text);
  const names = [...columns.keys()];
  const number = new Map(names.map((name, j) => [name, j]));
  const indexOf = (name: string): number => known(number, name);
  const linear = new Float64Array(names.length);
  for (const [name, cost] of known(rows, objective).terms) linear[indexOf(name)] = cost;
  const equalities = new SparseBuilder();
  const equalityRight: number[] = [];
  const cones = new SparseBuilder();
  const coneRight: number[] = [];
  const coneSizes: number[] = [];
  /** Rows of s = constant + Σ coefficient x in one cone. */
  const addCone = (entries: readonly (readonly [number, ReadonlyMap<string, number>])[]): void => {
    coneSizes.push(entries.length);
    for (const [constant, terms] of entries) {
      const row = coneRight.push(constant) - 1;
      for (const [name, coefficient] of terms) cones.set(row, indexOf(name), -coefficient);
    }
  };
  for (const { sense, terms, right, range, products } of rows.values()) {
    if (sense === 'N') continue;
    if (products.size > 0) {
      addCone(rotatedCone(terms, products, right));
    } else if (sense === 'E') {
      const row = equalityRight.push(right) - 1;
      for (const [name, coefficient] of terms) equalities.set(row, indexOf(name), coefficient);
    } else {
      if (sense === 'L' || range > 0) addCone([[right, scaled(terms, -1)]]);
      if (sense === 'G') addCone([[-right, terms]]);
      if (sense === 'L' && range > 0) addCone([[range - right, terms]]);
    }
  }
  const ofColumns = (read: (column: Column) => number): Float64Array =>
    Float64Array.from(names, (name) => read(known(columns, name)));
  return {
    problem: {
      variableCount: names.length,
      quadratic: ofColumns(({ quadratic }) => quadratic),
      linear,
      lower: ofColumns(({ lower }) => lower),
      upper: ofColumns(({ upper }) => upper),
      equalities: equalities.build(equalityRight.length, names.length),
      equalityRight: Float64Array.from(equalityRight),
      cones: cones.build(coneRight.length, names.length),
      coneRight: Float64Array.from(coneRight),
      coneSizes: Int32Array.from(coneSizes),
    },
    integers: Int32Array.from([...names.keys()].filter((j) => known(columns, names[j]).integer)),
    sign: 1,
    constant: -known(rows, objective).right,
  };
}

/** Σ c x² ≤ a l r as (a l + r, a l − r, 2 √c x …); without a product r is 1. */
function rotatedCone(
  terms: ReadonlyMap<string, number>,
  products: ReadonlyMap<string, number>,
  right: number,
): (readonly [number, ReadonlyMap<string, number>])[] {
  if (right !== 0) throw new Error('a quadratic row with a right-hand side');
  const squares: (readonly [number, ReadonlyMap<string, number>])[] = [];
  let half = 0;
  let factors: readonly string[] = [];
  for (const [pair, coefficient] of products) {
    const [one, other] = pair.split(' ');
    if (one === other) squares.push([0, new Map([[one, 2 * Math.sqrt(coefficient)]])]);
    else {
      if (products.get(`${other} ${one}`) !== coefficient) throw new Error('QCMATRIX is skew');
      half = coefficient;
      factors = [one, other];
    }
  }
  if (factors.length === 0) {
    const [[name, coefficient]] = terms;
    return [
      [1, new Map([[name, -coefficient]])],
      [-1, new Map([[name, -coefficient]])],
      ...squares,
    ];
  }
  if (terms.size > 0) throw new Error('a quadratic row with linear terms beside a product');
  const [left, second] = factors;
  return [
    [
      0,
      new Map([
        [left, -2 * half],
        [second, 1],
      ]),
    ],
    [
      0,
      new Map([
        [left, -2 * half],
        [second, -1],
      ]),
    ],
    ...squares,
  ];
}

function scaled(terms: ReadonlyMap<string, number>, factor: number): Map<string, number> {
  return new Map([...terms].map(([name, value]) => [name, factor * value]));
}
