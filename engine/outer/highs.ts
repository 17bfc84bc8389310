/**
 * The HiGHS solver (highs.dev) in WebAssembly, loaded when first asked for: a clearing that does not use it
 * pays nothing for it.
 */
import type { Highs } from 'highs';
import { InternalError } from '../base/errors.js';

let runtime: Promise<Highs> | undefined;

/** One runtime for all models of the process. */
export function loadHighs(): Promise<Highs> {
  runtime ??= startHighs();
  return runtime;
}

async function startHighs(): Promise<Highs> {
  // The package's types describe its CommonJS build, whose loader lies one level deeper than here.
  const loader: unknown = (await import('highs')).default;
  if (!isLoader(loader)) throw new InternalError('the package highs exports no loader');
  return loader();
}

function isLoader(value: unknown): value is () => Promise<Highs> {
  return typeof value === 'function';
}
