/** The options of `trial` that its results follow from (trialSettings.ts). */
import { type Command, Option } from 'commander';
import { MODES, SCENARIO_DEFAULTS, timeOfDay } from '../engine/index.js';
import {
  clockTime,
  deadline,
  finiteNumber,
  mode,
  positiveNumber,
  positiveWholeNumber,
  share,
  wholeNumber,
} from './options.js';

const DEFAULT_DEADLINE_MS = 250;

export function addDayOptions(command: Command): void {
  const { batteryShare, bidChangeShare, intervalMinutes, intervals } = SCENARIO_DEFAULTS;
  const { seed, solarScale, startMinutes, vehicleShare } = SCENARIO_DEFAULTS;
  command
    .option('--seed <number>', 'of everything that is drawn', wholeNumber, seed)
    .option('--intervals <count>', 'how many', positiveWholeNumber, intervals)
    .option('--minutes <minutes>', 'length of an interval', positiveNumber, intervalMinutes)
    .addOption(
      new Option('--start <time>', 'when the first begins')
        .argParser(clockTime)
        .default(startMinutes, timeOfDay(startMinutes)),
    )
    .option('--bid-changes <share>', 'of the bids in an interval', share, bidChangeShare)
    .option('--batteries <share>', 'of the prosumers get a battery', share, batteryShare)
    .option('--vehicles <share>', 'of the prosumers own an electric vehicle', share, vehicleShare)
    .option('--sun <factor>', 'at a clear noon, over that of the case', finiteNumber, solarScale)
    .option('--profiles <file>', 'loads and sun, CSV or Arrow, in place of those drawn')
    .option('--tariff <file>', "prices of the grid, CSV or Arrow, in place of the case's")
    .option('--events <file>', 'what happens to the network, CSV or Arrow, in place of that drawn');
}

export function addClearingOptions(command: Command): void {
  command
    .addOption(
      new Option('--deadline <ms>', 'from the changes of an interval to its answer; or none')
        .argParser(deadline)
        .default(DEFAULT_DEADLINE_MS),
    )
    .addOption(
      new Option('--mode <mode>', `what is cleared: ${MODES.join(', ')}`)
        .argParser(mode)
        .default('welfare'),
    )
    .option('--subsidised', "welfare whose prices need not cover the grid's bill")
    .option('--gap <gap>', 'relative gap at which the search stops', positiveNumber, 1e-6);
}
