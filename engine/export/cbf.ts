/**
 * A program model as a file in the Conic Benchmark Format (H. Friberg, CBLIB 2014; version 3, of which the
 * cones F, L=, L+, L-, QR and the section INT are used):
 *
 *     minimise   Σ OBJACOORD x + OBJBCOORD
 *     subject to ACOORD x + BCOORD in the cones of CON,   x in those of VAR,   x whole where INT names it
 *
 * where QR is { 2 a b ≥ Σ u², a, b ≥ 0 }. The format has no bounds but signs, no quadratic cost and no names.
 * Other bounds become rows; the cost ½ q x² becomes an own variable c ≥ 0 with (c, 1, √q x) in QR; and
 * comments before the first section say what each number stands for.
 */
import type { ModelCone, ModelRow, ModelVariable, ProgramModel, Term } from './programModel.js';
import { term } from './programModel.js';

type Cone = 'F' | 'L=' | 'L+' | 'L-' | 'QR';

/** One row of CON: Σ coefficient x + constant. */
interface Entry {
  readonly name: string;
  readonly terms: readonly Term[];
  readonly constant: number;
}

/** Rows of CON that stand in one cone together. */
interface Block {
  readonly cone: Cone;
  readonly entries: readonly Entry[];
}

export function writeCbf(model: ProgramModel): string {
  const curved = [...model.variables.keys()].filter((j) => model.variables[j].quadratic > 0);
  const variables = [...model.variables, ...curved.map((j) => epigraphOf(model.variables[j]))];
  const epigraphs = curved.map((j, k) =>
    epigraphCone(model.variables[j], j, model.variables.length + k),
  );
  const blocks = [
    ...variables.flatMap(boundBlocks),
    ...model.rows.flatMap(rowBlocks),
    ...[...model.cones, ...epigraphs].map(coneBlock),
  ];
  const entries = blocks.flatMap((block) => block.entries);
  const lines = [
    ...commentLines(model, variables, entries),
    ...section('VER', ['3']),
    ...section('OBJSENSE', ['MIN']),
    ...section(
      'VAR',
      domainLines(variables.map((variable) => ({ cone: signOf(variable), size: 1 }))),
    ),
    ...section('INT', counted(wholeVariables(variables))),
    ...section(
      'CON',
      domainLines(blocks.map(({ cone, entries: { length } }) => ({ cone, size: length }))),
    ),
    ...section('OBJACOORD', counted(costs(variables))),
    ...section('OBJBCOORD', model.constant === 0 ? [] : [`${model.constant}`]),
    ...section('ACOORD', counted(coefficients(entries))),
    ...section('BCOORD', counted(constants(entries))),
  ];
  return `${lines.join('\n')}\n`;
}

/** The cost ½ q x² as a variable c of its own. */
function epigraphOf({ name }: ModelVariable): ModelVariable {
  const upper = Number.POSITIVE_INFINITY;
  return { name: `cost_${name}`, lower: 0, upper, linear: 1, quadratic: 0, integer: false };
}

/** 2 c · 1 ≥ q x² */
function epigraphCone({ name, quadratic }: ModelVariable, x: number, epigraph: number): ModelCone {
  const squares = [term(x, Math.sqrt(quadratic))];
  return { name: `cost_${name}`, left: term(epigraph, 2), right: 1, squares };
}

/** left · right ≥ Σ squares² */
function coneBlock({ name, left, right, squares }: ModelCone): Block {
  const entry = (only: Term): Entry => ({ name, terms: [only], constant: 0 });
  const second = typeof right === 'number' ? { name, terms: [], constant: right } : entry(right);
  const first = entry(term(left.variable, 0.5 * left.coefficient));
  return { cone: 'QR', entries: [first, second, ...squares.map(entry)] };
}

function rowBlocks({ name, lower, upper, terms }: ModelRow): Block[] {
  if (lower === upper) return [oneRow('L=', name, terms, lower)];
  const blocks: Block[] = [];
  if (lower > Number.NEGATIVE_INFINITY) blocks.push(oneRow('L+', name, terms, lower));
  if (upper < Number.POSITIVE_INFINITY) blocks.push(oneRow('L-', name, terms, upper));
  return blocks;
}

/** Bounds that are no sign. */
function boundBlocks({ name, lower, upper }: ModelVariable, index: number): Block[] {
  const named = (side: string): string => `${side} bound of ${name}`;
  if (lower === upper)
    return lower === 0 ? [] : [oneRow('L=', named('fixed'), [term(index)], lower)];
  const blocks: Block[] = [];
  if (lower !== 0 && lower > Number.NEGATIVE_INFINITY) {
    blocks.push(oneRow('L+', named('lower'), [term(index)], lower));
  }
  if (upper !== 0 && upper < Number.POSITIVE_INFINITY) {
    blocks.push(oneRow('L-', named('upper'), [term(index)], upper));
  }
  return blocks;
}

/** Σ coefficient x − right in a linear cone. */
function oneRow(cone: Cone, name: string, terms: readonly Term[], right: number): Block {
  return { cone, entries: [{ name, terms, constant: -right }] };
}

function signOf({ lower, upper }: ModelVariable): Cone {
  if (lower === 0) return upper === 0 ? 'L=' : 'L+';
  return upper === 0 ? 'L-' : 'F';
}

function* commentLines(
  { name, notes }: ProgramModel,
  variables: readonly ModelVariable[],
  entries: readonly Entry[],
): Iterable<string> {
  for (const line of [name, ...notes]) yield `# ${line}`;
  for (const [index, variable] of variables.entries()) yield `# var ${index} ${variable.name}`;
  for (const [index, entry] of entries.entries()) yield `# con ${index} ${entry.name}`;
}

/** A section, or nothing where it would be empty. */
function section(keyword: string, body: readonly string[]): string[] {
  return body.length === 0 ? [] : ['', keyword, ...body];
}

/** Neighbours in linear cones make one cone, those of another kind stay apart. */
function domainLines(domains: readonly { readonly cone: Cone; readonly size: number }[]): string[] {
  const merged: { readonly cone: Cone; size: number }[] = [];
  let total = 0;
  for (const { cone, size } of domains) {
    total += size;
    const last = merged.at(-1);
    if (last !== undefined && last.cone === cone && cone !== 'QR') last.size += size;
    else merged.push({ cone, size });
  }
  if (total === 0) return [];
  return [`${total} ${merged.length}`, ...merged.map(({ cone, size }) => `${cone} ${size}`)];
}

function counted(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`${lines.length}`, ...lines];
}

function wholeVariables(variables: readonly ModelVariable[]): string[] {
  return variables.flatMap(({ integer }, index) => (integer ? [`${index}`] : []));
}

function costs(variables: readonly ModelVariable[]): string[] {
  return variables.flatMap(({ linear }, index) => (linear === 0 ? [] : [`${index} ${linear}`]));
}

function coefficients(entries: readonly Entry[]): string[] {
  return entries.flatMap(({ terms }, row) =>
    terms.map(({ variable, coefficient }) => `${row} ${variable} ${coefficient}`),
  );
}

function constants(entries: readonly Entry[]): string[] {
  return entries.flatMap(({ constant }, row) => (constant === 0 ? [] : [`${row} ${constant}`]));
}
