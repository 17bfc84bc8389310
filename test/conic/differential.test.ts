import { describe, expect, it } from 'vitest';
import { solveWithClarabel } from '../../bench/peers/clarabel.js';
import { solveWithHighs } from '../../bench/peers/highs.js';
import { solveWithScs } from '../../bench/peers/scs.js';
import type { ConicSolution } from '../../engine/conic/problem.js';
import { createConicSolver } from '../../engine/conic/solver.js';
import { claimFault } from './differentialClaims.js';
import { BEYOND_PEERS, type Peer, runTrials } from './differentialTrials.js';
import { FAMILY_NAMES, type FamilyName, randomKnownProgram } from './randomFamilies.js';

/**
 * The share of programs that may end without a claim. A ray on the edges of several cones can be destroyed by
 * the slightest change of the data, and bad scaling is such a change.
 */
const UNDECIDED: Readonly<Partial<Record<FamilyName, number>>> = {
  unbounded: 0.2,
  'badly scaled and unbounded': 0.7,
  wild: 0.05,
  'wild polyhedral': 0.07,
};
const UNDECIDED_ELSEWHERE = 0.03;

const COMPARABLE = FAMILY_NAMES.filter((family) => !BEYOND_PEERS.includes(family));

describe('random programs of a known kind', () => {
  it.each(FAMILY_NAMES)(
    '%s: are solved or proven to be what they are (seeds 0 to 119)',
    (family) => {
      const { faults, undecidedShare } = runTrials(family, { count: 120 });
      expect(faults).toEqual([]);
      expect(undecidedShare).toBeLessThanOrEqual(UNDECIDED[family] ?? UNDECIDED_ELSEWHERE);
    },
  );
});

describe('random programs, given to Clarabel too', () => {
  const peers = [{ name: 'Clarabel', solve: solveWithClarabel }];

  it.each(COMPARABLE)('%s: end alike (seeds 1000 to 1079)', (family) => {
    const { faults, comparisons } = runTrials(family, { first: 1000, count: 80, peers });
    expect(faults).toEqual([]);
    expect(comparisons).toBeGreaterThan(40);
  });
});

describe('random programs, given to SCS too', () => {
  // More iterations decide few more of these programs.
  const iterationLimit = 2000;
  const scs: Peer = {
    name: 'SCS',
    solve: (problem) => solveWithScs(problem, { iterationLimit }),
  };

  it.each(COMPARABLE)('%s: end alike (seeds 2000 to 2014)', (family) => {
    const { faults, comparisons } = runTrials(family, { first: 2000, count: 15, peers: [scs] });
    expect(faults).toEqual([]);
    expect(comparisons).toBeGreaterThan(3);
  });
});

describe('random programs without cones, given to HiGHS too', () => {
  const peers = [{ name: 'HiGHS', solve: solveWithHighs }];

  it.each(['tiny polyhedral', 'wild polyhedral'] as const)(
    '%s: end alike (seeds 3000 to 3099)',
    (family) => {
      const { faults, comparisons } = runTrials(family, { first: 3000, count: 100, peers });
      expect(faults).toEqual([]);
      expect(comparisons).toBeGreaterThan(80);
    },
  );
});

describe('the check of claims', () => {
  const falsified: Readonly<Record<string, (claim: ConicSolution) => ConicSolution>> = {
    'a moved point': (claim) => ({ ...claim, x: claim.x.map((value) => value + 1e-4) }),
    'a moved multiplier': (claim) => ({
      ...claim,
      equalityDual: claim.equalityDual.map((value) => value + 1e-4),
      coneDual: claim.coneDual.map((value) => value - 1e-4),
    }),
    'an optimum called infeasible': (claim) => ({ ...claim, status: 'primal-infeasible' }),
    'an optimum called unbounded': (claim) => ({ ...claim, status: 'dual-infeasible' }),
  };

  it.each(Object.keys(falsified))('finds %s (seeds 0 to 19)', (name) => {
    for (let seed = 0; seed < 20; seed += 1) {
      const { problem } = randomKnownProgram('complementary', seed);
      const claim = createConicSolver(problem).solve();
      expect(claimFault(problem, claim), `seed ${seed}`).toBeUndefined();
      expect(claimFault(problem, falsified[name](claim)), `seed ${seed}`).toBeDefined();
    }
  });
});
