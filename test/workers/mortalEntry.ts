/** What threads run in a test: the kinds of the real ones, and how a thread can be lost. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as kinds from '../../workers/entry.js';
import { shardKind } from '../../workers/shardKind.js';

/** Where threads leave word that they have died, once a kind of shard. */
export const DEATHS_FOLDER = 'WATTSHARE_TEST_DEATHS';

function mortal<Shard, Result>(name: string, work: (shard: Shard) => Result): typeof work {
  return (shard) => {
    const folder = process.env[DEATHS_FOLDER];
    if (folder !== undefined && isFirst(join(folder, name))) process.exit(9);
    return work(shard);
  };
}

function isFirst(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch {
    return false;
  }
}

export const relax = mortal('relax', kinds.relax);
export const build = mortal('build', kinds.build);
export const read = mortal('read', kinds.read);
export const answer = mortal('answer', kinds.answer);
export const check = mortal('check', kinds.check);
export const window = mortal('window', kinds.window);

/** Deaths still to come, in shared memory. */
export type Deaths = Int32Array<SharedArrayBuffer>;

export interface MortalShard {
  readonly value: number;
  readonly deaths: Deaths;
  readonly by: 'exit' | 'memory';
}

/** Squares a number, unless its thread is to die first. */
export const square = shardKind(({ value, deaths, by }: MortalShard) => {
  if (Atomics.sub(deaths, 0, 1) > 0) {
    if (by === 'exit') process.exit(9);
    const hoard: number[][] = [];
    for (;;) hoard.push(new Array<number>(1e5).fill(hoard.length));
  }
  return value * value;
});

export const refuse = shardKind((value: number) => {
  throw new RangeError(`${value} is refused`);
});

/** Never ends by itself; says that it has begun. */
export const hang = shardKind((begun: Int32Array<SharedArrayBuffer>) => {
  Atomics.add(begun, 0, 1);
  for (;;) Atomics.load(begun, 0);
});
