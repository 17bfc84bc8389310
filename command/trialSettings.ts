/**
 * What a trial is asked for on the command line, and whether that is what a trial that goes on was asked for: then
 * only what is given counts, and everything else is as it was.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import {
  type Case,
  caseDigest,
  type Format,
  type Mode,
  packageVersion,
  type TrialSettings,
  UsageError,
} from '../engine/index.js';

/** Options that the results of a trial follow from. */
export interface TrialRequest {
  readonly mode: Mode;
  readonly subsidised?: true;
  readonly gap: number;
  readonly deadline: number | 'none';
  readonly seed: number;
  readonly intervals: number;
  readonly minutes: number;
  readonly start: number;
  readonly bidChanges: number;
  readonly batteries: number;
  readonly vehicles: number;
  readonly sun: number;
  readonly profiles?: string;
  readonly tariff?: string;
  readonly events?: string;
  readonly format: Format;
}

/** Which option a setting comes from, as it is written. */
const OPTION_OF = {
  mode: '--mode',
  subsidised: '--subsidised',
  gap: '--gap',
  deadline_ms: '--deadline',
  seed: '--seed',
  intervals: '--intervals',
  interval_minutes: '--minutes',
  start_minutes: '--start',
  bid_change_share: '--bid-changes',
  battery_share: '--batteries',
  vehicle_share: '--vehicles',
  solar_scale: '--sun',
  format: '--format',
} as const;

const FILE_OPTION_OF = {
  profiles_sha256: '--profiles',
  tariff_sha256: '--tariff',
  events_sha256: '--events',
} as const;

export async function trialSettings(theCase: Case, request: TrialRequest): Promise<TrialSettings> {
  return {
    case: theCase.settings.name,
    case_sha256: caseDigest(theCase),
    mode: request.mode,
    subsidised: request.subsidised === true,
    gap: request.gap,
    ...(request.deadline === 'none' ? {} : { deadline_ms: request.deadline }),
    seed: request.seed,
    intervals: request.intervals,
    interval_minutes: request.minutes,
    start_minutes: request.start,
    bid_change_share: request.bidChanges,
    battery_share: request.batteries,
    vehicle_share: request.vehicles,
    solar_scale: request.sun,
    ...(await digestOf('profiles_sha256', request.profiles)),
    ...(await digestOf('tariff_sha256', request.tariff)),
    ...(await digestOf('events_sha256', request.events)),
    format: request.format,
    version: packageVersion(),
  };
}

async function digestOf<Name extends string>(
  name: Name,
  path: string | undefined,
): Promise<Partial<Record<Name, string>>> {
  if (path === undefined) return {};
  const digest = createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
  return { [name]: digest } as Record<Name, string>;
}

/**
 * @param stored what the trial in the folder was asked for
 * @param asked the same of the present command line, defaults included
 * @throws UsageError where they differ in something that is given
 */
export function expectSameRequest(
  stored: TrialSettings,
  asked: TrialSettings,
  folder: string,
  command: Command,
): void {
  if (stored.version !== asked.version) {
    throw new UsageError(
      `the trial in ${folder} was begun by wattshare ${stored.version}, and this is ${asked.version}, ` +
        'whose answers may be others',
    );
  }
  for (const [setting, option] of Object.entries(OPTION_OF)) {
    const name = setting as keyof typeof OPTION_OF;
    if (!isGiven(command, option) || stored[name] === asked[name]) continue;
    throw new UsageError(
      `the trial in ${folder} has ${setting} ${stored[name] ?? 'none'}, not ${asked[name] ?? 'none'}: ` +
        `leave ${option} out, or begin another trial with --out`,
    );
  }
  for (const [setting, option] of Object.entries(FILE_OPTION_OF)) {
    const name = setting as keyof typeof FILE_OPTION_OF;
    if (stored[name] === asked[name]) continue;
    throw new UsageError(
      asked[name] === undefined
        ? `the trial in ${folder} reads a file: give it again with ${option}`
        : `the file of ${option} is not the one that the trial in ${folder} was begun with`,
    );
  }
}

function isGiven(command: Command, long: string): boolean {
  const option = command.options.find((candidate) => candidate.long === long);
  return option !== undefined && command.getOptionValueSource(option.attributeName()) === 'cli';
}
