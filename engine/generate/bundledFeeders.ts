/**
 * The three-phase feeders that are bundled as single-line equivalents: what `datasets/feeders/NAME`
 * says beyond the tables of its `source` folder.
 */
import type { EquivalentOptions } from './equivalent.js';

const SOURCE =
  'IEEE PES Distribution Test Feeders, from dss-extensions/electricdss-tst (BSD 3-clause), ' +
  'commit 3b208397160213cae4a9e2d0a7d1aa3528ce26e1, Version8/Distrib/IEEETestCases';

const COMMON = { vMinPu: 0.95, vMaxPu: 1.05, gridBuy: 0.2, gridSell: 0.06 } as const;

/** By feeder name. */
export const BUNDLED_EQUIVALENTS: Readonly<Record<string, EquivalentOptions>> = {
  ieee13: {
    ...COMMON,
    name: 'ieee13',
    baseKva: 5000,
    baseKv: 4.16,
    description: 'IEEE 13-node test feeder, balanced single-line equivalent, posted taps',
    source: `${SOURCE}/13Bus/IEEE13Nodeckt.dss`,
  },
  ieee34: {
    ...COMMON,
    name: 'ieee34',
    baseKva: 2500,
    baseKv: 24.9,
    // The posted taps leave several buses of this long feeder below 0.95.
    vMinPu: 0.9,
    description: 'IEEE 34-node test feeder (Mod 1), balanced single-line equivalent, posted taps',
    source: `${SOURCE}/34Bus/ieee34Mod1.dss`,
  },
  ieee123: {
    ...COMMON,
    name: 'ieee123',
    baseKva: 5000,
    baseKv: 4.16,
    description: 'IEEE 123-node test feeder, balanced single-line equivalent, posted taps',
    source: `${SOURCE}/123Bus`,
  },
  ieee8500: {
    ...COMMON,
    name: 'ieee8500',
    baseKva: 10_000,
    baseKv: 12.47,
    // ANSI C84.1 range B: the feeder's own regulators hold 1.054 pu, and services go below 0.95.
    vMinPu: 0.917,
    vMaxPu: 1.058,
    description:
      'IEEE 8500-node test feeder with its services, balanced single-line equivalent, regulators in band',
    source: `${SOURCE}/8500-Node/Master.dss`,
  },
};
