/** The families of random programs that solvers are compared on, each with what is known by construction. */
import { type RandomSource, seededRandom } from '../../engine/base/random.js';
import {
  contradictedByEqualities,
  contradictedDraft,
  degenerateDraft,
  scaleBadly,
  unboundedDraft,
  wildDraft,
} from './randomChanges.js';
import { objectiveAt, randomSolvedDraft } from './randomDraft.js';
import { type KnownProgram, known, knownOptimum, solved } from './randomKnown.js';
import { tinyDiscProgram, tinyPolyhedralProgram } from './randomTiny.js';
import { randomTreeProgram } from './treeProgram.js';

const FAMILIES = {
  complementary: (random) => solved(randomSolvedDraft(random)),
  degenerate: (random) => solved(degenerateDraft(random)),
  contradicted: (random) => known(contradictedDraft(random), 'primal-infeasible'),
  'contradicted by equalities': (random) =>
    known(contradictedByEqualities(random), 'primal-infeasible'),
  unbounded: (random) => known(unboundedDraft(random), 'dual-infeasible'),
  'badly scaled': (random) => {
    const draft = random.next() < 0.5 ? randomSolvedDraft(random) : degenerateDraft(random);
    const objective = objectiveAt(draft, draft.x);
    return knownOptimum(draft, objective * scaleBadly(random, draft));
  },
  'badly scaled and contradicted': (random) => {
    const byEqualities = random.next() < 0.5;
    const draft = byEqualities ? contradictedByEqualities(random) : contradictedDraft(random);
    scaleBadly(random, draft);
    return known(draft, 'primal-infeasible');
  },
  'badly scaled and unbounded': (random) => {
    const draft = unboundedDraft(random);
    scaleBadly(random, draft);
    return known(draft, 'dual-infeasible');
  },
  'tiny polyhedral': tinyPolyhedralProgram,
  'tiny with discs': tinyDiscProgram,
  'wild polyhedral': (random) => known(wildDraft(random, true), 'unknown'),
  wild: (random) => known(wildDraft(random, false), 'unknown'),
  tree: randomTree,
} satisfies Record<string, (random: RandomSource) => KnownProgram>;

export type FamilyName = keyof typeof FAMILIES;

export const FAMILY_NAMES = Object.keys(FAMILIES) as readonly FamilyName[];

export function randomKnownProgram(family: FamilyName, seed: number): KnownProgram {
  return FAMILIES[family](seededRandom(seed));
}

/** Flows over a tree like a power network: from a light load to one that the tree cannot carry. */
function randomTree(random: RandomSource): KnownProgram {
  const leastImpedance = 10 ** random.between(-6, -2);
  const problem = randomTreeProgram({
    seed: random.integer(0, 1_000_000),
    nodes: random.integer(2, 40),
    segments: random.integer(0, 5),
    leastImpedance,
    largestImpedance: leastImpedance * 10 ** random.between(0.3, 2),
    load: 10 ** random.between(-1, 1.5),
  });
  return { problem, verdict: { status: 'unknown' } };
}
