/** `wattshare trial CASE`: a day of intervals, cleared one after the other. */
import { Command, Option } from 'commander';
import {
  type Case,
  createTrialFolder,
  expectSameCase,
  expectTrialFolder,
  openMarketSession,
  openScenario,
  openTrial,
  readCase,
  readEvents,
  readProfiles,
  readTariff,
  readTrial,
  readTrialSettings,
  renderTrial,
  reopenTrialFolder,
  resolveCase,
  type Scenario,
  type StoredTrial,
  type Trial,
  TrialCollector,
  type TrialFolder,
  type TrialInterval,
  type TrialSettings,
  type TrialState,
  timeOfDay,
  UsageError,
} from '../engine/index.js';
import { openMarket } from '../workers/openMarket.js';
import { EXIT, EXIT_OF_STATUS, type ExitCode } from './exitCodes.js';
import { type Interrupt, listenForInterrupt } from './interrupt.js';
import { tellSupervisor } from './messages.js';
import { positiveWholeNumber } from './options.js';
import { openProgressLine, type ProgressLine } from './progress.js';
import { writeTrialPage } from './report.js';
import { openTrialLog } from './trialLog.js';
import { addClearingOptions, addDayOptions } from './trialOptions.js';
import { expectSameRequest, type TrialRequest, trialSettings } from './trialSettings.js';

interface TrialCommandOptions extends TrialRequest {
  readonly out?: string;
  readonly resume?: string;
  readonly workers: number;
  readonly log?: string;
  readonly report?: string;
  readonly quiet?: true;
  readonly json?: true;
}

export function trialCommand(finish: (code: ExitCode) => void): Command {
  const command = new Command('trial')
    .description('clear a day of intervals, one after the other, with what the day brings')
    .argument('<case>', 'folder of a case, or the name of a bundled one')
    .option('--out <folder>', 'write the trial there, interval by interval')
    .option('--resume <folder>', 'go on with the trial in the folder, which was not over');
  addDayOptions(command);
  addClearingOptions(command);
  return command
    .addOption(
      new Option('--format <format>', 'of the tables, once the trial is over')
        .choices(['csv', 'arrow'])
        .default('csv'),
    )
    .option(
      '--workers <count>',
      'threads: from 2 on the market has one of its own; the results are the same',
      positiveWholeNumber,
      1,
    )
    .option('--log <file>', 'a line of JSON an interval while it runs; - for standard output')
    .option('--report <file>', 'write a page about the day: one HTML file that needs nothing else')
    .option('--quiet', 'no progress and no warnings')
    .option('--json', 'print the summary as JSON, and nothing else, on standard output')
    .option('--debug', 'print stack traces of errors')
    .action(async (caseName: string, options: TrialCommandOptions) => {
      finish(await runTrial(caseName, options, command));
    });
}

async function runTrial(
  caseName: string,
  options: TrialCommandOptions,
  command: Command,
): Promise<ExitCode> {
  expectUsable(options);
  const progress = openProgressLine(options.quiet === true);
  const interrupt = listenForInterrupt();
  try {
    if (options.out !== undefined) await expectTrialFolder(options.out);
    progress.show('reading', caseName);
    const theCase = await readWithWarnings(caseName, options, progress);
    const settings = await settingsFor(theCase, options, command);
    const run = new TrialRun(caseName, theCase, settings, options, progress, interrupt);
    return await run.run(await scenarioFor(theCase, settings, options));
  } finally {
    progress.clear();
    interrupt.release();
  }
}

function expectUsable({ json, log, out, resume }: TrialCommandOptions): void {
  if (out !== undefined && resume !== undefined) {
    throw new UsageError('--resume goes on in its folder: leave --out out');
  }
  if (log === '-' && json === true) {
    throw new UsageError('--json and --log - both want standard output: choose one');
  }
}

function readWithWarnings(
  caseName: string,
  { quiet }: TrialCommandOptions,
  progress: ProgressLine,
): Promise<Case> {
  return readCase(resolveCase(caseName), {
    onWarning: (warning) => {
      if (quiet === true) return;
      progress.clear();
      process.stderr.write(`warning: ${warning}\n`);
    },
  });
}

/** Those of the trial that goes on, or what is asked for. */
async function settingsFor(
  theCase: Case,
  options: TrialCommandOptions,
  command: Command,
): Promise<TrialSettings> {
  const stored = options.resume === undefined ? undefined : await readTrialSettings(options.resume);
  const asked = await trialSettings(theCase, options);
  if (stored === undefined || options.resume === undefined) return asked;
  expectSameRequest(stored, asked, options.resume, command);
  expectSameCase(stored, theCase);
  return stored;
}

async function scenarioFor(
  theCase: Case,
  settings: TrialSettings,
  { events, profiles, tariff }: TrialCommandOptions,
): Promise<Scenario> {
  return openScenario(theCase, {
    seed: settings.seed,
    intervals: settings.intervals,
    intervalMinutes: settings.interval_minutes,
    startMinutes: settings.start_minutes,
    batteryShare: settings.battery_share,
    vehicleShare: settings.vehicle_share,
    bidChangeShare: settings.bid_change_share,
    solarScale: settings.solar_scale,
    profiles: profiles === undefined ? undefined : await readProfiles(profiles),
    tariff: tariff === undefined ? undefined : await readTariff(tariff),
    events: events === undefined ? undefined : await readEvents(events, theCase),
  });
}

/** One call of the command: from the beginning or from where a trial was left, to its end or to an interrupt. */
class TrialRun {
  constructor(
    private readonly caseName: string,
    private readonly theCase: Case,
    private readonly settings: TrialSettings,
    private readonly options: TrialCommandOptions,
    private readonly progress: ProgressLine,
    private readonly interrupt: Interrupt,
  ) {}

  async run(scenario: Scenario): Promise<ExitCode> {
    const { out, resume } = this.options;
    if (resume !== undefined) {
      const reopened = await reopenTrialFolder(resume);
      if (reopened.isOver) return this.report(await readTrial(resume, this.theCase));
      return this.runInFolder(scenario, resume, reopened.folder, reopened.state);
    }
    if (out !== undefined) return this.runInFolder(scenario, out);
    const trial = await this.open(scenario);
    const collector = new TrialCollector();
    await this.clearAll(trial, async (interval) => collector.add(interval));
    const code = await this.report(collector.stored(this.settings, this.theCase));
    return trial.isOver ? code : EXIT.uncertified;
  }

  /** @param reopened the folder and the state to go on from; a new one from the beginning */
  private async runInFolder(
    scenario: Scenario,
    path: string,
    reopened?: TrialFolder,
    from?: TrialState,
  ): Promise<ExitCode> {
    const trial = await this.open(scenario, from);
    tellSupervisor({ kind: 'writing', folder: path });
    const folder = reopened ?? (await createTrialFolder(path, this.settings, trial.state()));
    const goOn = `go on with: wattshare trial ${this.caseName} --resume ${path}`;
    tellSupervisor({ kind: 'resumable', hint: goOn });
    await this.clearAll(trial, (interval) => folder.append(interval, trial.state()));
    if (!trial.isOver) {
      await folder.close();
      this.say(goOn);
      return EXIT.uncertified;
    }
    this.progress.show('writing', path);
    await folder.finish(this.settings);
    const code = await this.report(await readTrial(path, this.theCase));
    if (this.options.quiet !== true) this.say(`trial written to ${path}`);
    return code;
  }

  private open(scenario: Scenario, from?: TrialState): Promise<Trial> {
    const { deadline_ms, gap, mode: cleared, subsidised } = this.settings;
    const isMarketApart = this.options.workers > 1;
    const warmUp = deadline_ms === undefined ? 'once' : 'well';
    const open = isMarketApart ? openMarket : openMarketSession;
    return openTrial(scenario, {
      openMarket: (theCase, memory) =>
        open(theCase, { mode: cleared, subsidised, gap, memory, warmUp }),
      isMarketApart,
      deadlineMs: deadline_ms,
      memoryMb: () => process.memoryUsage.rss() / BYTES_OF_A_MEGABYTE,
      from,
    });
  }

  /** Until the last interval, or an interrupt: then the interval under way is finished. */
  private async clearAll(
    trial: Trial,
    keep: (interval: TrialInterval) => Promise<void>,
  ): Promise<void> {
    const log = await openTrialLog(this.options.log, trial.interval > 0);
    const first = trial.interval;
    const began = performance.now();
    try {
      while (!trial.isOver && !this.interrupt.signal.aborted) {
        const interval = await trial.step();
        await keep(interval);
        await log.add(interval);
        const each = (performance.now() - began) / (trial.interval - first);
        this.show(interval, each * (this.settings.intervals - trial.interval));
        // The interrupt is a message: it arrives between two turns.
        await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      await log.close();
      await trial.close();
    }
    if (!trial.isOver)
      this.say(`stopped after interval ${trial.interval} of ${this.settings.intervals}`);
  }

  private show({ record }: TrialInterval, leftMs: number): void {
    const count = `${record.interval + 1} of ${this.settings.intervals}`;
    const left = `${Math.ceil(leftMs / 1000)} s left`;
    const time = timeOfDay(record.start_minutes);
    this.progress.show(`interval ${count}`, `${time}, ${record.status}, ${left}`);
  }

  private async report(stored: StoredTrial): Promise<ExitCode> {
    this.progress.clear();
    const { json, log, quiet, report } = this.options;
    const { summary, timing } = stored;
    if (json === true) process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
    // Standard output is the log's.
    else (log === '-' ? process.stderr : process.stdout).write(renderTrial(summary, timing));
    if (report !== undefined) await writeTrialPage(stored, report, quiet === true);
    return EXIT_OF_STATUS[summary.status];
  }

  private say(line: string): void {
    this.progress.clear();
    process.stderr.write(`${line}\n`);
  }
}

const BYTES_OF_A_MEGABYTE = 1e6;
