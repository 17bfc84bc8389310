/** A program and what is known of it before anybody solves it. */
import type { ConicProblem } from '../../engine/conic/problem.js';
import { denseProgram } from './programs.js';
import { type Draft, objectiveAt, type SolvedDraft } from './randomDraft.js';

export type Verdict =
  | { readonly status: 'optimal'; readonly objective: number }
  | { readonly status: 'primal-infeasible' | 'dual-infeasible' | 'unknown' };

export interface KnownProgram {
  readonly problem: ConicProblem;
  readonly verdict: Verdict;
}

export function known(draft: Draft, status: Exclude<Verdict['status'], 'optimal'>): KnownProgram {
  return { problem: denseProgram(draft), verdict: { status } };
}

export function knownOptimum(draft: Draft, objective: number): KnownProgram {
  return { problem: denseProgram(draft), verdict: { status: 'optimal', objective } };
}

/** Optimal at its own point. */
export function solved(draft: SolvedDraft): KnownProgram {
  return knownOptimum(draft, objectiveAt(draft, draft.x));
}
