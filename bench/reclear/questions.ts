/**
 * What changes in a market between two clearings. New values are drawn around those that the case came with, not
 * around the present ones, so that the market stays like the case however often it changes. What a round
 * changes follows from the seed, the question and the round alone.
 */
import { UsageError } from '../../engine/base/errors.js';
import { hashed, type RandomSource, seededRandom } from '../../engine/base/random.js';
import type { Case, MarketChanges } from '../../engine/index.js';

export interface Question {
  readonly name: string;
  /** Most that a re-clear may take, over a cold clear; null where nothing is asked. */
  readonly mostOfCold: number | null;
  readonly draw: (theCase: Case, random: RandomSource) => MarketChanges;
}

/** What a bid is drawn from, times its linear cost in the case. */
const COST_FACTORS = [0.8, 1.2] as const;
/** The same of loads. */
const LOAD_FACTORS = [0.98, 1.02] as const;

export const QUESTIONS: readonly Question[] = [
  { name: '1 % of the bids', mostOfCold: 1 / 3, draw: bidsByShare(0.01) },
  { name: 'one bid', mostOfCold: 1 / 5, draw: bidsByShare(0) },
  { name: '5 % of the bids', mostOfCold: null, draw: bidsByShare(0.05) },
  { name: 'all loads by up to 2 %', mostOfCold: null, draw: changedLoads },
];

/** @param place of the question among {@link QUESTIONS} */
export function drawChanges(
  theCase: Case,
  place: number,
  seed: number,
  round: number,
): MarketChanges {
  const random = seededRandom(hashed(hashed(seed, place), round));
  return QUESTIONS[place].draw(theCase, random);
}

/** At least one bid. */
function bidsByShare(share: number): Question['draw'] {
  return (theCase, random) => {
    const { costLinear } = theCase.prosumers;
    const rows = bidRows(theCase);
    if (rows.length === 0) throw new UsageError(`no bid of ${theCase.settings.name} can change`);
    const prosumer = drawn(rows, Math.max(1, Math.round(share * rows.length)), random);
    const values = Array.from(prosumer, (row) => costLinear[row] * random.between(...COST_FACTORS));
    return { prosumers: { prosumer, costLinear: Float64Array.from(values) } };
  };
}

/** Prosumers whose cost counts: those that can move, with bids of their own and not of devices. */
function bidRows({ prosumers }: Case): Int32Array {
  const { deviceStart, pMaxKw, pMinKw } = prosumers;
  const ownsDevices = (row: number): boolean =>
    deviceStart.length > 0 && deviceStart[row] < deviceStart[row + 1];
  const rows = Int32Array.from(pMinKw, (_, row) => row);
  return rows.filter((row) => pMinKw[row] < pMaxKw[row] && !ownsDevices(row));
}

/** So many different ones: the beginning of a shuffle (Fisher and Yates). */
function drawn(rows: Int32Array, count: number, random: RandomSource): Int32Array {
  for (let k = 0; k < count; k += 1) {
    const other = random.integer(k, rows.length);
    [rows[k], rows[other]] = [rows[other], rows[k]];
  }
  return rows.slice(0, count);
}

/** Of all prosumers, and of buses that have any; active and reactive load by the same factor. */
function changedLoads({ buses, prosumers }: Case, random: RandomSource): MarketChanges {
  const loaded = Int32Array.from(buses.loadKw, (_, row) => row).filter(
    (row) => buses.loadKw[row] !== 0 || buses.loadKvar[row] !== 0,
  );
  const ofProsumers = factors(prosumers.demandKw.length, random);
  const ofBuses = factors(loaded.length, random);
  return {
    prosumers: {
      prosumer: Int32Array.from(ofProsumers, (_, row) => row),
      demandKw: ofProsumers.map((factor, row) => factor * prosumers.demandKw[row]),
      demandKvar: ofProsumers.map((factor, row) => factor * prosumers.demandKvar[row]),
    },
    ...(loaded.length > 0 && {
      buses: {
        bus: loaded,
        loadKw: ofBuses.map((factor, k) => factor * buses.loadKw[loaded[k]]),
        loadKvar: ofBuses.map((factor, k) => factor * buses.loadKvar[loaded[k]]),
      },
    }),
  };
}

function factors(count: number, random: RandomSource): Float64Array {
  return Float64Array.from({ length: count }, () => random.between(...LOAD_FACTORS));
}
