/**
 * What is asked, and of whom: `dlmp` as the convex program with every prosumer as a variable, `welfare` as
 * the explicit mixed-integer program, both on the whole case, and the explicit program of smaller markets on its
 * feeder, so that one sees up to where the others follow.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Case } from '../../engine/case/case.js';
import { validateCase } from '../../engine/case/validate.js';
import { createConicSolver } from '../../engine/conic/solver.js';
import { buildProgram } from '../../engine/export/exportProgram.js';
import {
  type ClearOptions,
  clear,
  exportProgram,
  generateMarket,
  PROGRAM_FORMATS,
  type ProgramKind,
  readFeeder,
  resolveFeeder,
} from '../../engine/index.js';
import { instanceHash } from '../instanceHash.js';
import { reducedProgram } from '../reducedProgram.js';
import { type Comparison, type Contestant, compete } from './comparison.js';
import {
  clarabelInNode,
  outerApproximation,
  ownCore,
  type Statement,
  scsInNode,
  wholeClear,
} from './insideNode.js';
import { conicProblemOf } from './modelProblem.js';
import {
  type OutsideSettings,
  type OutsideSolver,
  type OutsideTask,
  outside,
} from './outsideNode.js';

export interface Asking {
  /** Relative. */
  readonly gap: number;
  readonly rounds: number;
  /** Sampling time of ours in one round, seconds. */
  readonly seconds: number;
  /** Where exported files are put. */
  readonly folder: string;
  /** Undefined without Python. */
  readonly outsideNode: OutsideSettings | undefined;
}

/** SCS is a first-order method: more digits than this take it minutes. */
const SCS_GAP = 1e-6;

/** Of smaller markets: how many communities of how many prosumers. */
const GROWTH = [
  { communities: 2, perCommunity: 5 },
  { communities: 5, perCommunity: 5 },
  { communities: 20, perCommunity: 5 },
  { communities: 123, perCommunity: 5 },
  { communities: 123, perCommunity: 20 },
];

/** Those, and two on the whole case. */
export const SEARCHES = GROWTH.length + 2;

const FEEDER = 'ieee123';
export const SEED = 123;

const LICENSED: readonly (readonly [string, OutsideSolver, 'cbf' | 'mps'])[] = [
  ['Gurobi', 'gurobi', 'mps'],
  ['MOSEK', 'mosek', 'cbf'],
  ['COPT', 'copt', 'cbf'],
  ['Xpress', 'xpress', 'mps'],
];

/** The full-prosumer convex program: `dlmp` is its optimum. */
export async function convexQuestion(theCase: Case, asking: Asking): Promise<Comparison> {
  const { gap, seconds } = asking;
  const model = await buildProgram(theCase, { program: 'full' });
  const full: Statement = {
    program: 'full',
    problem: conicProblemOf(model),
    constant: model.constant,
  };
  const contestants = [
    await wholeClear(theCase, { mode: 'dlmp', gap }, seconds),
    await outerApproximation(theCase, { mode: 'dlmp', gap }),
    clarabelInNode(full, gap),
    ...(await convexOutsideNode(theCase, asking)),
  ];
  return compared(`${theCase.settings.name}, dlmp`, theCase, contestants, asking);
}

async function convexOutsideNode(theCase: Case, asking: Asking): Promise<Contestant[]> {
  const { outsideNode } = asking;
  if (outsideNode === undefined) return [];
  const { cbf, mps } = await exported(theCase, 'full', false, asking.folder);
  const costs = 'full, quadratic costs';
  const cones = 'full, costs as cones';
  const clarabel = {
    solver: 'Clarabel (native)',
    name: 'clarabel',
    file: cbf,
    repetitions: 3,
  } as const;
  const tasks: OutsideTask[] = [
    { ...clarabel, program: costs, fold: true },
    { ...clarabel, program: cones },
    { solver: 'ECOS (native)', program: cones, name: 'ecos', file: cbf },
    { solver: 'SCS (native)', program: costs, name: 'scs', file: cbf, fold: true },
    { solver: 'HiGHS (native)', program: 'full', name: 'highs', file: mps, once: true },
    ...licensed('full', { cbf, mps }),
  ];
  return tasks.map((task) => outside(outsideNode, task));
}

/** The explicit mixed-integer program of `welfare`, and its relaxation where the market may run a deficit. */
export async function mixedIntegerQuestion(
  theCase: Case,
  subsidised: boolean,
  asking: Asking,
): Promise<Comparison> {
  const { gap, seconds } = asking;
  const options: ClearOptions = { mode: 'welfare', subsidised, gap };
  const contestants = [
    await wholeClear(theCase, options, seconds),
    await outerApproximation(theCase, options),
    ...(subsidised ? await relaxationInNode(theCase, gap) : []),
    ...(await searchOutsideNode(theCase, subsidised, asking)),
    ...(await licensedSearch(theCase, subsidised, asking)),
  ];
  const mode = subsidised ? 'welfare --subsidised' : 'welfare';
  const comparison = await compared(
    `${theCase.settings.name}, ${mode}`,
    theCase,
    contestants,
    asking,
  );
  return { ...comparison, segments: await segmentCount(theCase, subsidised) };
}

/** Smaller markets on the feeder, against the search alone. */
export async function* growthQuestions(asking: Asking): AsyncGenerator<Comparison> {
  const feeder = await readFeeder(resolveFeeder(FEEDER), () => {});
  const everywhere = generateMarket(feeder, { perCommunity: 1 }).communities.bus;
  for (const { communities, perCommunity } of GROWTH) {
    const communityBuses = Array.from({ length: communities }, (_, k) => {
      const bus = everywhere[Math.floor((k * everywhere.length) / communities)];
      return feeder.buses.id[bus] ?? '';
    });
    const market = { perCommunity, communityBuses, seed: SEED };
    const theCase = validateCase(generateMarket(feeder, market));
    const ours = await wholeClear(theCase, { subsidised: true, gap: asking.gap }, asking.seconds);
    const contestants = [ours, ...(await searchOutsideNode(theCase, true, asking))];
    const question = `${communities} communities of ${perCommunity} on ${FEEDER}, welfare --subsidised`;
    const comparison = await compared(question, theCase, contestants, asking);
    yield { ...comparison, segments: await segmentCount(theCase, true) };
  }
}

/** The root relaxation as our own core is given it: the reduction by response functions is a gift to them. */
async function relaxationInNode(theCase: Case, gap: number): Promise<Contestant[]> {
  const { problem } = await reducedProgram(theCase);
  const { primalObjective } = createConicSolver(problem).solve({ gapTolerance: gap });
  // The model leaves out costs that nobody can change; the relaxation is tight here.
  const { objective } = await answered(theCase, { mode: 'welfare', subsidised: true, gap });
  const program = 'reduced, near the answer';
  const statement = { program, problem, constant: objective - primalObjective };
  return [
    ownCore(statement, gap),
    clarabelInNode(statement, gap),
    scsInNode(statement, Math.max(gap, SCS_GAP)),
  ];
}

async function answered(theCase: Case, options: ClearOptions) {
  const result = await clear(theCase, options);
  if (result.outcome === undefined) throw new Error(`not cleared: ${result.explanation}`);
  return result;
}

async function searchOutsideNode(
  theCase: Case,
  subsidised: boolean,
  asking: Asking,
): Promise<Contestant[]> {
  const { outsideNode } = asking;
  if (outsideNode === undefined) return [];
  const { mps } = await exported(theCase, 'explicit', subsidised, asking.folder);
  const task: OutsideTask = {
    solver: 'SCIP',
    program: 'explicit',
    name: 'scip',
    file: mps,
    once: true,
  };
  return [outside(outsideNode, task)];
}

async function licensedSearch(
  theCase: Case,
  subsidised: boolean,
  asking: Asking,
): Promise<Contestant[]> {
  const { outsideNode } = asking;
  if (outsideNode === undefined) return [];
  const files = await exported(theCase, 'explicit', subsidised, asking.folder);
  return licensed('explicit', files).map((task) => outside(outsideNode, task));
}

function licensed(program: string, files: Readonly<Record<'cbf' | 'mps', string>>): OutsideTask[] {
  return LICENSED.map(([solver, name, format]) => ({
    solver,
    program,
    name,
    file: files[format],
    once: true,
  }));
}

async function compared(
  question: string,
  theCase: Case,
  contestants: readonly Contestant[],
  { rounds, gap }: Asking,
): Promise<Comparison> {
  const rows = await compete(contestants, { rounds, gap });
  const prosumers = theCase.prosumers.id.length;
  return { question, instance: instanceHash(theCase), prosumers, rows };
}

async function segmentCount(theCase: Case, subsidised: boolean): Promise<number> {
  const { variables } = await buildProgram(theCase, { program: 'explicit', subsidised });
  return variables.filter(({ integer }) => integer).length;
}

/** Writes the program in both formats. */
async function exported(
  theCase: Case,
  program: ProgramKind,
  subsidised: boolean,
  folder: string,
): Promise<Record<'cbf' | 'mps', string>> {
  const files = { cbf: join(folder, `${program}.cbf`), mps: join(folder, `${program}.mps`) };
  for (const format of PROGRAM_FORMATS) {
    const { text } = await exportProgram(theCase, { program, subsidised, format });
    writeFileSync(files[format], text);
  }
  return files;
}
