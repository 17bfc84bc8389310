/** `trial.json`: what a trial was asked for. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { CaseError } from '../base/errors.js';
import { MODES } from '../clearing/result.js';
import type { TrialSettings } from '../trial/settings.js';
import { type JsonObject, readJsonObject } from './jsonFile.js';
import { FORMATS } from './writeCase.js';

export const TRIAL_FILE = 'trial.json';

type Check = (value: unknown) => boolean;

const isNumber: Check = (value) => Number.isFinite(value);
const isCount: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const isOptional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

const FIELDS: Readonly<Record<keyof TrialSettings, Check>> = {
  case: isText,
  case_sha256: isText,
  mode: (value) => MODES.some((mode) => mode === value),
  subsidised: isFlag,
  gap: isNumber,
  deadline_ms: isOptional(isNumber),
  seed: (value) => Number.isSafeInteger(value),
  intervals: isCount,
  interval_minutes: isNumber,
  start_minutes: isNumber,
  bid_change_share: isNumber,
  battery_share: isNumber,
  vehicle_share: isNumber,
  solar_scale: isNumber,
  profiles_sha256: isOptional(isText),
  tariff_sha256: isOptional(isText),
  events_sha256: isOptional(isText),
  format: (value) => FORMATS.some((format) => format === value),
  version: isText,
};

/** Whether a folder is one of a trial, and not of a result. */
export function holdsTrial(folder: string): Promise<boolean> {
  return access(join(folder, TRIAL_FILE)).then(
    () => true,
    () => false,
  );
}

/** @throws CaseError where the folder holds no trial */
export async function readTrialSettings(folder: string): Promise<TrialSettings> {
  const content = await readJsonObject(folder, TRIAL_FILE);
  for (const [field, holds] of Object.entries(FIELDS)) {
    if (holds(content[field])) continue;
    const value = content[field] === undefined ? {} : { value: JSON.stringify(content[field]) };
    const message = 'not what a trial says there';
    throw new CaseError([{ file: TRIAL_FILE, column: field, ...value, message }]);
  }
  return asSettings(content);
}

/** Only after the checks of {@link readTrialSettings}. */
function asSettings(content: JsonObject): TrialSettings {
  return content as unknown as TrialSettings;
}
