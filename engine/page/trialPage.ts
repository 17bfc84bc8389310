/**
 * A trial as one HTML file that needs nothing else, in the look of a clearing's report (reportPage.ts): a day
 * over time, and the network, prices and stored energy at the interval that a slider chooses.
 *
 * Its size is bounded whatever the case and the number of intervals: where everything would be too much, the
 * page is made again with fewer buses, communities, intervals and rows of tables.
 */
import { MODE_MEANING } from '../report/summary.js';
import type { TrialRecord } from '../trial/record.js';
import type { StoredTrial } from '../trial/stored.js';
import { documentOf, vegaRuntime } from './document.js';
import { escapeJson } from './escape.js';
import { proportionOf } from './networkPanels.js';
import type { Place } from './panels.js';
import { type CompiledPlot, compilePlots } from './plots/compile.js';
import { type TrialContent, trialScript } from './trial/browser.js';
import { clearingPanel, dayPanel, intervalTable } from './trial/dayPanels.js';
import { type DayFacts, dayPlots } from './trial/dayPlots.js';
import { dayRanges, tightestLimits } from './trial/dayRanges.js';
import { dayTable, type LaneTable, laneTable } from './trial/dayTables.js';
import { figureGroups, momentTexts } from './trial/figures.js';
import { againstPanel, eventsPanel, summaryPanel } from './trial/headPanels.js';
import {
  communitiesPanel,
  figuresPanel,
  type MomentChoices,
  networkPanel,
  scrubber,
} from './trial/momentPanel.js';
import { momentPlots } from './trial/momentPlots.js';
import { type MomentTables, momentTables } from './trial/momentTables.js';
import { TRIAL_STYLE } from './trial/style.js';
import { shownIntervals, smallerShare, type TrialShare } from './trial/trialShare.js';

/** More than most cases have: two days, and a bus every few pixels. */
const PAGE_ROOM: TrialShare = { intervals: 576, buses: 2000, communities: 400, tableRows: 300 };

/** Of a page in bytes: what a mail takes and a browser opens at once. */
const MOST_BYTES = 2_000_000;

/** Rooms tried. */
const ATTEMPTS = 12;

/** Of a room that was too large, at most so much is tried next. */
const SMALLER = 0.9;

export interface TrialPageOptions {
  /** Said above everything else. */
  readonly warnings?: readonly string[];
}

/** @returns HTML */
export async function trialPage(
  trial: StoredTrial,
  { warnings = [] }: TrialPageOptions = {},
): Promise<string> {
  const runtime = await vegaRuntime();
  let share = PAGE_ROOM;
  let html = '';
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const { body, content } = await pageContent(trial, share);
    html = documentOf({
      title: `${trial.settings.case}: a trial`,
      lead: `${trial.settings.mode}: ${MODE_MEANING[trial.settings.mode]}`,
      warnings,
      body,
      content: escapeJson(content),
      runtime,
      script: trialScript(),
      style: TRIAL_STYLE,
    });
    const bytes = Buffer.byteLength(html);
    if (bytes <= MOST_BYTES) break;
    // Matrices have an entry an interval and bus, branch or community.
    const excess = (bytes - runtime.length) / (MOST_BYTES - runtime.length);
    share = smallerShare(share, Math.min(SMALLER, 1 / Math.sqrt(excess)));
  }
  return html;
}

const PLACE: Place = { feeder: 0, level: 2 };

interface PageContent {
  /** HTML. */
  readonly body: string;
  readonly content: TrialContent;
}

async function pageContent(trial: StoredTrial, share: TrialShare): Promise<PageContent> {
  const { case: theCase, record, settings } = trial;
  const head = [summaryPanel(trial, PLACE), againstPanel(trial, PLACE)];
  const tail = [eventsPanel(record, share, PLACE), intervalTable(record, share, PLACE)];
  if (record.intervals.length === 0) {
    const content = { plots: {}, tables: {}, moving: {}, figures: {}, proportion: 1 };
    return { body: head.join('\n'), content };
  }
  const rows = shownIntervals(record, share.intervals);
  const day = dayTable(record, rows, settings.interval_minutes);
  const lanes = laneTable(record, rows, settings.interval_minutes);
  const tables = momentTables(theCase, record, rows, share);
  const times = momentTexts(record, rows, settings.interval_minutes);
  const groups = figureGroups(record, rows);
  const first = beginning(record, rows);
  const choices: MomentChoices = {
    hasPrices: record.price_usd_per_kwh.some(Number.isFinite),
    hasStorage: record.stored_kwh.some((value) => value > 0),
  };
  const panels = [
    scrubber(times, first),
    networkPanel(tables, theCase.buses.id.length, choices, PLACE),
    communitiesPanel(tables.communityRows.length, theCase.communities.id.length, choices, PLACE),
    figuresPanel(groups, times, first, PLACE),
    dayPanel(day, PLACE),
    clearingPanel(day, settings.deadline_ms, PLACE),
  ];
  const figures = groups.flatMap((group) => group.figures).map(({ name, texts }) => [name, texts]);
  return {
    body: [...head, ...panels, ...tail].join('\n'),
    content: {
      plots: await plotsOf(trial, tables, lanes, panels.join('\n')),
      tables: { day, lanes: lanes.columns },
      moving: {
        buses: tables.buses,
        branches: tables.branches,
        communities: tables.communities,
      },
      figures: { time: times, ...Object.fromEntries(figures) },
      proportion: proportionOf(tables.shown),
    },
  };
}

/** Those that the panels name, in `data-plot` or as a choice. */
async function plotsOf(
  trial: StoredTrial,
  tables: MomentTables,
  { lanes }: LaneTable,
  html: string,
): Promise<Readonly<Record<string, CompiledPlot>>> {
  const { record, settings } = trial;
  const first = record.intervals[0].start_minutes;
  const last = record.intervals[record.intervals.length - 1].start_minutes;
  const facts: DayFacts = {
    span: { fromHour: first / 60, toHour: (last + settings.interval_minutes) / 60 },
    lanes,
    voltageLimits: tightestLimits(trial.case),
    deadlineMs: settings.deadline_ms,
  };
  const all = {
    ...momentPlots(dayRanges(record, tables)),
    ...dayPlots(facts),
  };
  const isNamed = (name: string): boolean =>
    name.startsWith('map-')
      ? html.includes(`<option value="${name.slice('map-'.length)}"`)
      : html.includes(`data-plot="${name}"`);
  return compilePlots(Object.fromEntries(Object.entries(all).filter(([name]) => isNamed(name))));
}

/** Where a reader may have most to see: at the largest load of the intervals shown. */
function beginning({ intervals }: TrialRecord, rows: readonly number[]): number {
  return rows.reduce(
    (best, row, place) => (intervals[row].load_kw > intervals[rows[best]].load_kw ? place : best),
    0,
  );
}
