/**
 * Seeded random numbers: the same seed gives the same bits on every machine and version of Node.
 *
 * The generator is sfc32 (Chris Doty-Humphrey, "Small Fast Chaotic" of PractRand, 2010): 96 bits of
 * chaotic state and a 32-bit counter, so that no seed can fall into a cycle shorter than 2³². Its
 * state is filled from the seed by splitmix32 (the 32-bit finaliser of MurmurHash3 over a Weyl
 * sequence), so that neighbouring seeds give unrelated streams.
 *
 * Only 32-bit integer arithmetic and IEEE + − × are used. `Math.log` and `Math.cos` are left out on
 * purpose: their last bit may differ between engines.
 */

export interface RandomSource {
  /** Uniform in [0, 1), a multiple of 2⁻⁵³. */
  next(): number;
  /**
   * Mean 0, standard deviation 1: the sum of twelve uniforms less six (Irwin–Hall). Never beyond ±6,
   * and with slightly lighter tails than a true normal (kurtosis 2.9 for 3).
   */
  normal(): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** Uniform among the integers low, …, high − 1. */
  integer(lowInclusive: number, highExclusive: number): number;
}

/**
 * 32 well-mixed bits of a key and an index (whole numbers, modulo 2³²): a number that can be looked up
 * without drawing those before it. The result serves as the key of a finer level, such as
 * `hashed(hashed(seed, day), row)`. Two rounds of Chris Wellons' lowbias32 (2018).
 */
export function hashed(key: number, index: number): number {
  return finalised(finalised(index ^ 0x9e3779b9) ^ key) >>> 0;
}

/** {@link hashed} as a number uniform in [0, 1), a multiple of 2⁻³². */
export function hashedUniform(key: number, index: number): number {
  return hashed(key, index) * 2 ** -32;
}

function finalised(value: number): number {
  let bits = value ^ (value >>> 16);
  bits = Math.imul(bits, 0x7feb352d);
  bits ^= bits >>> 15;
  bits = Math.imul(bits, 0x846ca68b);
  return bits ^ (bits >>> 16);
}

/** Draws thrown away after seeding, so that every bit of the state has been mixed. */
const WARM_UP_DRAWS = 12;

const UNIFORMS_IN_A_NORMAL = 12;

/**
 * @param seed any finite number; its value modulo 2³² is what counts, after rounding down
 */
export function seededRandom(seed: number): RandomSource {
  return new SmallFastChaotic(Math.floor(seed));
}

class SmallFastChaotic implements RandomSource {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(seed: number) {
    const nextSeed = splitMix32(seed);
    this.a = nextSeed();
    this.b = nextSeed();
    this.c = nextSeed();
    for (let draw = 0; draw < WARM_UP_DRAWS; draw += 1) this.bits();
  }

  next(): number {
    // 27 high bits of one draw above 26 of the other: 53 bits, as many as a double holds.
    const high = this.bits() >>> 5;
    const low = this.bits() >>> 6;
    return (high * 0x4000000 + low) * 2 ** -53;
  }

  normal(): number {
    let sum = 0;
    for (let draw = 0; draw < UNIFORMS_IN_A_NORMAL; draw += 1) sum += this.next();
    return sum - UNIFORMS_IN_A_NORMAL / 2;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  integer(lowInclusive: number, highExclusive: number): number {
    return lowInclusive + Math.floor(this.next() * (highExclusive - lowInclusive));
  }

  /** 32 random bits. */
  private bits(): number {
    const output = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + output) | 0;
    return output >>> 0;
  }
}

function splitMix32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x85ebca6b);
    mixed ^= mixed >>> 13;
    mixed = Math.imul(mixed, 0xc2b2ae35);
    return mixed ^ (mixed >>> 16);
  };
}
