/**
 * The interior-point method alone: `npm run bench:conic -- [--case ieee123] [--rounds 7] [--seconds 0.5]
 * [--tolerance 1e-8] [--no-write]`.
 *
 * First the reduced network program of a case, against Clarabel's WebAssembly build on the same data and,
 * once, against SCS; cold, and warm after the bids have moved by one per cent. Then radial networks of 120 to
 * 10,000 buses, cold: how the time by bus grows where feeders of 120 buses hang on one substation, and where
 * all is one feeder.
 */
import { parseArgs } from 'node:util';
import { seededRandom } from '../engine/base/random.js';
import type { ConicProblem, ConicSolution } from '../engine/conic/problem.js';
import { createConicSolver } from '../engine/conic/solver.js';
import { readCase, resolveCase } from '../engine/index.js';
import type { NetworkProgram } from '../engine/program/networkProgram.js';
import {
  describeMachine,
  measure,
  printMachine,
  printTable,
  type Subject,
  writeResults,
} from './harness.js';
import { clarabelProgram, runClarabel } from './peers/clarabel.js';
import { solveWithScs } from './peers/scs.js';
import { radialCase } from './radialCase.js';
import { reducedProgram } from './reducedProgram.js';

const { values: options } = parseArgs({
  options: {
    case: { type: 'string', default: 'ieee123' },
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '0.5' },
    tolerance: { type: 'string', default: '1e-8' },
    'no-write': { type: 'boolean', default: false },
  },
});

const BUSES = [120, 500, 2_000, 10_000];
const FAMILIES = [
  { family: 'feeders of 120 buses', perFeeder: () => 119 },
  { family: 'one feeder', perFeeder: (buses: number) => buses },
] as const;
const SEED = 1;

/** How far bids move between two solves of the warm measurement. */
const BID_CHANGE = 0.01;

/** SCS is a first-order method: more digits than this take it minutes. */
const SCS_TOLERANCE = 1e-6;

const tolerance = Number(options.tolerance);
const settings = { feasibilityTolerance: tolerance, gapTolerance: tolerance };
const measuring = { rounds: Number(options.rounds), seconds: Number(options.seconds) };

const machine = describeMachine();
printMachine(machine);
const peers = await againstPeers(await reducedProgram(await readCase(resolveCase(options.case))));
const sizes = await growth();
if (!options['no-write']) {
  writeResults('conic', { case: options.case, tolerance, machine, peers, sizes });
}

async function againstPeers(program: NetworkProgram) {
  const { problem } = program;
  const solver = createConicSolver(problem);
  const ours = optimal(solver.solve(settings));
  const coldIterations = ours.iterations;
  const objective = ours.primalObjective;
  const forClarabel = clarabelProgram(problem);
  const clarabel = runClarabel(forClarabel, { gapTolerance: tolerance });
  const scs = solveWithScs(problem, {
    feasibilityTolerance: SCS_TOLERANCE,
    gapTolerance: SCS_TOLERANCE,
  });

  const moved = movedBids(program);
  const warmSolver = createConicSolver(moved.problem);
  const warmIterations = [0, 1, 2].map(() => moved.solveNext(warmSolver).iterations);
  const subjects: Subject[] = [
    { name: 'cold', run: () => optimal(solver.solve(settings)).primalObjective },
    { name: 'warm', run: () => moved.solveNext(warmSolver).primalObjective },
    {
      name: 'Clarabel',
      run: () => runClarabel(forClarabel, { gapTolerance: tolerance }).objective,
    },
  ];
  const times = (await measure(subjects, measuring)).map((measured) => measured.median_ms);
  const [cold = Number.NaN, warm = Number.NaN, ofClarabel = Number.NaN] = times;
  const rows = [
    { solver: 'ours, cold', status: ours.status, iterations: coldIterations, ms: cold, objective },
    { solver: 'ours, warm', status: 'optimal', iterations: warmIterations[2] ?? 0, ms: warm },
    { solver: 'Clarabel', ...outcomeOf(clarabel), ms: ofClarabel },
    { solver: `SCS, ${SCS_TOLERANCE}, once`, ...outcomeOf(scs), ms: scs.milliseconds },
  ].map((row) => ({
    ...row,
    times_ours: row.ms / cold,
    difference:
      'objective' in row
        ? Math.abs(row.objective - objective) / Math.max(1, Math.abs(objective))
        : 0,
  }));
  console.log(`reduced network program of ${options.case}, to ${tolerance}`);
  printTable(
    ['solver', 'status', 'iterations', 'ms', 'times ours cold', 'objective off by'],
    rows.map((row) => [
      row.solver,
      row.status,
      String(row.iterations),
      row.ms.toFixed(2),
      row.times_ours.toFixed(2),
      row.difference.toExponential(1),
    ]),
  );
  return rows;
}

function outcomeOf({ status, iterations, objective }: ReturnType<typeof runClarabel>) {
  return { status, iterations, objective };
}

function optimal(solution: ConicSolution): ConicSolution {
  if (solution.status !== 'optimal') throw new Error(`not solved: ${solution.status}`);
  return solution;
}

/**
 * A copy of the problem whose costs go to and fro between two sets of bids: all of a community move alike.
 */
function movedBids({ problem, layout }: NetworkProgram) {
  const random = seededRandom(SEED);
  const others = problem.linear.slice();
  for (let m = 0; m < layout.communityCount; m += 1) {
    const first = layout.importPart + m * layout.partCount;
    const factor = random.between(1 - BID_CHANGE, 1 + BID_CHANGE);
    for (let k = first; k < first + layout.partCount; k += 1) others[k] *= factor;
  }
  const bids = [problem.linear.slice(), others];
  const copy: ConicProblem = { ...problem, linear: problem.linear.slice() };
  let turn = 0;
  return {
    problem: copy,
    solveNext: (solver: ReturnType<typeof createConicSolver>) => {
      turn = 1 - turn;
      copy.linear.set(bids[turn] ?? problem.linear);
      return optimal(solver.solve({ ...settings, start: 'warm' }));
    },
  };
}

async function growth() {
  const solvers = [];
  for (const { family, perFeeder } of FAMILIES) {
    for (const buses of BUSES) {
      const theCase = radialCase(buses, perFeeder(buses), SEED);
      const solver = createConicSolver((await reducedProgram(theCase)).problem);
      const { iterations } = optimal(solver.solve(settings));
      solvers.push({ family, buses, iterations, solver });
    }
  }
  const measured = await measure(
    solvers.map(({ family, buses, solver }) => ({
      name: `${family}, ${buses} buses`,
      run: () => solver.solve(settings).primalObjective,
    })),
    measuring,
  );
  const timed = solvers.map(({ family, buses, iterations }, k) => {
    const ms = measured[k]?.median_ms ?? Number.NaN;
    return { family, buses, iterations, ms, us_per_bus: (1000 * ms) / buses };
  });
  const rows = timed.map((row) => {
    const smallest = timed.find(({ family }) => family === row.family);
    return { ...row, times_smallest: row.us_per_bus / (smallest?.us_per_bus ?? Number.NaN) };
  });
  console.log('\nradial networks, cold');
  printTable(
    ['network', 'buses', 'iterations', 'ms', 'us a bus', 'times the smallest'],
    rows.map((row) => [
      row.family,
      String(row.buses),
      String(row.iterations),
      row.ms.toFixed(2),
      row.us_per_bus.toFixed(1),
      row.times_smallest.toFixed(2),
    ]),
  );
  return rows;
}
