/**
 * Whole clears of random markets in every mode. What must hold of each is what its status promises
 * (docs/model.md section 6); what must hold between the modes follows from their programs (section 4):
 *
 * - every outcome of `welfare` and of `dlmp` is one of subsidised `welfare`, and costs at least its bound;
 * - every import of subsidised `welfare` is one of `social`, which has the least cost for it;
 * - where there is an outcome, neither the search nor the elastic program proves that there is none.
 */
import { seededRandom } from '../engine/base/random.js';
import type { Case, ClearingResult, ClearOptions, ResultWithOutcome } from '../engine/index.js';
import { certify, clear } from '../engine/index.js';
import { type MarketShape, randomMarket, variedShape } from '../test/fixtures/randomMarket.js';
import type { SoakFamily, SoakRange } from './soakReport.js';

const MARKETS = {
  welfare: { mode: 'welfare' },
  'welfare, subsidised': { mode: 'welfare', subsidised: true },
  dlmp: { mode: 'dlmp' },
  social: { mode: 'social' },
  local: { mode: 'local' },
  isolated: { mode: 'isolated' },
} as const satisfies Record<string, ClearOptions>;

type MarketName = keyof typeof MARKETS;

/** Each has the outcomes of the other among its own, and at least its bound to pay for them. */
const RELAXATIONS: readonly (readonly [wide: MarketName, narrow: MarketName])[] = [
  ['welfare, subsidised', 'welfare'],
  ['welfare, subsidised', 'dlmp'],
  ['social', 'welfare, subsidised'],
];

/** Enough for most; the others end with an honest bound. */
const LIMITS = { nodeLimit: 300, timeLimitSeconds: 20 };

/** Far above what anything in these markets is worth, $/kWh. */
const ELASTIC_PRICE = 100;

/** One in so many markets with an outcome is given to the elastic program, as are all without. */
const ELASTIC_STRIDE = 10;

const GAP = 1e-6;

class Family implements SoakFamily {
  readonly statuses = new Map<string, number>();
  readonly faults: string[] = [];
  private runs = 0;
  private nodes = 0;
  private milliseconds = 0;

  constructor(readonly name: MarketName) {}

  get figures() {
    return {
      nodes: (this.nodes / this.runs).toFixed(1),
      'ms each': (this.milliseconds / this.runs).toFixed(1),
    };
  }

  count(status: string, nodes: number, milliseconds: number): void {
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    this.runs += 1;
    this.nodes += nodes;
    this.milliseconds += milliseconds;
  }
}

type Results = Map<MarketName, ClearingResult>;

export async function soakMarkets({ first, count }: SoakRange): Promise<SoakFamily[]> {
  const families = (Object.keys(MARKETS) as MarketName[]).map((name) => new Family(name));
  for (let seed = first; seed < first + count; seed += 1) {
    const theCase = randomMarket(seed, wideShape(seed));
    const results: Results = new Map();
    for (const family of families) {
      const faults = await attempt(() => clearOnce(theCase, family, results));
      family.faults.push(...faults.map((fault) => `seed ${seed}: ${fault}`));
    }
    const subsidised = results.get('welfare, subsidised');
    if (subsidised?.outcome !== undefined && seed % ELASTIC_STRIDE !== 0) continue;
    const faults = await attempt(() => elasticFaults(theCase, subsidised));
    families[1]?.faults.push(...faults.map((fault) => `seed ${seed}: ${fault}`));
  }
  return families;
}

/** An exception is a fault like others. */
async function attempt(run: () => Promise<string[]>): Promise<string[]> {
  try {
    return await run();
  } catch (error) {
    return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  }
}

async function clearOnce(theCase: Case, family: Family, results: Results): Promise<string[]> {
  const start = performance.now();
  const result = await clear(theCase, { ...MARKETS[family.name], ...LIMITS });
  family.count(result.status, result.nodes, performance.now() - start);
  results.set(family.name, result);
  const faults = [...statusFaults(result), ...relationFaults(family.name, results)];
  return faults.map((fault) => `${result.status}, but ${fault}`);
}

/** `variedShape`, and now and then what it leaves out. */
function wideShape(seed: number): MarketShape {
  // Its own stream beside that of `variedShape`.
  const random = seededRandom(seed + 2 ** 31);
  const shape = variedShape(seed);
  const isSometimes = (share: number) => random.next() < share;
  return {
    ...shape,
    ...(isSometimes(0.1) && { buses: random.integer(20, 60), communities: random.integer(10, 40) }),
    ...(isSometimes(0.1) && { impedance: random.between(2, 8) }),
    ...(isSometimes(0.05) && { impedance: 1e-4 }),
    ...(isSometimes(0.1) && { kappaPowers: [1, 2.5] as const }),
    settings: {
      ...shape.settings,
      ...(isSometimes(0.15) && { gridSell: random.between(-0.1, 0.02) }),
      ...(isSometimes(0.1) && { gridBuy: 0.3, gridSell: 0.3 }),
      ...(isSometimes(0.1) && { gridLimitKw: 0 }),
      ...(isSometimes(0.15) && { vMaxPu: random.between(1.005, 1.03) }),
      ...(isSometimes(0.1) && { baseKva: 10 ** random.between(0, 5) }),
    },
  };
}

function statusFaults(result: ClearingResult): string[] {
  if (result.outcome === undefined) {
    const isEnd = result.status === 'infeasible' || result.status === 'limit';
    return isEnd && result.explanation !== '' ? [] : ['there is neither outcome nor explanation'];
  }
  const { certificate, status, gap, mode } = result;
  const isBaseline = mode === 'local' || mode === 'isolated';
  const isLimit = status === 'limit';
  const promises: Readonly<Record<string, boolean>> = {
    'it is no equilibrium': certificate.equilibriumHolds,
    'the gap is open': status !== 'optimal' || (certificate.optimalityHolds && gap <= GAP),
    'the bound lies above the objective': isLimit || isBaseline || gap >= -GAP,
    'limits or bills are missed': isLimit || (certificate.physicsHolds && certificate.revenueHolds),
    'it says not why': status === 'optimal' || result.explanation !== '',
    'the bound is no number': !Number.isNaN(result.lowerBound),
    'a price leaves its caps': mode === 'social' || isBaseline || keepsPriceCaps(result),
    'the certificate comes out otherwise the second time': isSameAgain(result),
  };
  return Object.keys(promises).filter((fault) => !promises[fault]);
}

function keepsPriceCaps({ case: { communities }, outcome }: ResultWithOutcome): boolean {
  return outcome.communities.price.every(
    (price, m) => price >= communities.priceMin[m] && price <= communities.priceMax[m],
  );
}

function isSameAgain({ case: theCase, mode, outcome, certificate }: ResultWithOutcome): boolean {
  return JSON.stringify(certify(theCase, mode, outcome)) === JSON.stringify(certificate);
}

/** Relations between the market cleared last and those cleared before. */
function relationFaults(name: MarketName, results: Results): string[] {
  return RELAXATIONS.filter((pair) => pair.includes(name)).flatMap(([wide, narrow]) => {
    const relaxed = results.get(wide);
    const outcome = results.get(narrow);
    if (relaxed === undefined || outcome === undefined || !isAccepted(outcome)) return [];
    if (relaxed.status === 'infeasible') return [`${narrow} has an outcome and ${wide} none`];
    if (!isAccepted(relaxed)) return [];
    const slack = GAP * Math.max(1, Math.abs(outcome.cost));
    const isCheaper = outcome.cost < relaxed.lowerBound - slack;
    return isCheaper ? [`${narrow} costs less than the bound of ${wide}`] : [];
  });
}

function isAccepted(result: ClearingResult): result is ResultWithOutcome {
  return result.status === 'optimal' || result.status === 'feasible';
}

/** Whether the elastic program agrees about what is infeasible. */
async function elasticFaults(theCase: Case, result: ClearingResult | undefined): Promise<string[]> {
  if (result === undefined) return [];
  const { relaxation } = await clear(theCase, {
    ...MARKETS['welfare, subsidised'],
    ...LIMITS,
    elastic: { price: ELASTIC_PRICE },
  });
  const reason = relaxation?.reason;
  if (result.status === 'infeasible' && (reason === 'kept' || reason === 'cheaper')) {
    return [`infeasible, but no limit need be left (${reason})`];
  }
  return isAccepted(result) && reason === 'infeasible'
    ? ['has an outcome, but limits must be left']
    : [];
}
