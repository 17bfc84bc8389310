/**
 * A clearing as one HTML file that needs nothing else: it opens without a network and asks for nothing, which
 * its own security policy enforces. Text and tables are plain HTML; plots are drawn by Vega, whose runtime is
 * part of the file, from Vega-Lite specifications compiled here (plots/).
 *
 * Its size is bounded whatever the case: what a page shows of buses, communities and curves has a fixed room,
 * shared by the feeders of a region, and where long names still make it too large it is made again with less.
 */
import { clear } from '../clearing/clear.js';
import type { RegionResult } from '../clearing/region.js';
import type { ClearingResult, Outcome } from '../clearing/result.js';
import { counted } from '../report/numbers.js';
import { regionEntries } from '../report/region.js';
import { MODE_MEANING } from '../report/summary.js';
import { documentOf, vegaRuntime } from './document.js';
import { escapeHtml, escapeJson } from './escape.js';
import { type FeederPage, factList, feederPage } from './feederPanels.js';
import type { PageShare } from './pageShare.js';
import { compiledPlots } from './plots/compile.js';

/** Some 120 bytes a bus, 150 a community, 30 a point of a curve and 250 a row of both tables: 1.2 MB in all. */
const PAGE_ROOM: PageShare = { buses: 5000, communities: 500, points: 10_000, tableRows: 200 };

/** Of a page in bytes: what a mail takes and a browser opens at once. */
const MOST_BYTES = 2_000_000;

/** Rooms tried: each is half the one before. */
const ATTEMPTS = 6;

export interface PageOptions {
  /** Said above everything else, such as a status that could not be confirmed. */
  readonly warnings?: readonly string[];
}

/**
 * @returns HTML
 * @throws as `clear` does: the outcome where everybody trades with the grid alone is cleared for comparison
 */
export async function reportPage(
  result: ClearingResult | RegionResult,
  { warnings = [] }: PageOptions = {},
): Promise<string> {
  const feeders = 'region' in result ? result.feeders : [result];
  const alone: (Outcome | undefined)[] = [];
  for (const feeder of feeders) alone.push(await outcomeAlone(feeder));
  const plots = await compiledPlots();
  const runtime = await vegaRuntime();
  let html = '';
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const share = shareOf(PAGE_ROOM, feeders.length * 2 ** attempt);
    const pages = feeders.map((feeder, k) =>
      feederPage(feeder, alone[k], { feeder: k, level: 'region' in result ? 3 : 2 }, share),
    );
    html = documentOf({
      title: 'region' in result ? result.region.name : result.case.settings.name,
      lead: `${result.mode}: ${MODE_MEANING[result.mode]}`,
      warnings,
      body: bodyOf(result, feeders, pages),
      content: escapeJson({ plots, feeders: pages.map((page) => page.plots) }),
      runtime,
    });
    if (Buffer.byteLength(html) <= MOST_BYTES) break;
  }
  return html;
}

/** The panels of a case, or a region's head and its feeders, folded away but for the first. */
function bodyOf(
  result: ClearingResult | RegionResult,
  feeders: readonly ClearingResult[],
  pages: readonly FeederPage[],
): string {
  if (!('region' in result)) return pages.flatMap(({ panels }) => panels).join('\n');
  const sections = feeders.map(({ case: { settings }, status }, k) => {
    const name = `${settings.name}: ${status}`;
    return `<details class="feeder" id="feeder-${k + 1}"${k === 0 ? ' open' : ''}>\
<summary><h2>${escapeHtml(name)}</h2></summary>
${pages[k].panels.join('\n')}
</details>`;
  });
  return [regionHead(result), ...sections].join('\n');
}

function shareOf(room: PageShare, parts: number): PageShare {
  const part = (whole: number): number => Math.max(2, Math.floor(whole / parts));
  return {
    buses: part(room.buses),
    communities: part(room.communities),
    points: part(room.points),
    tableRows: part(room.tableRows),
  };
}

/** What everybody would do alone; undefined where the network cannot carry that, or there is nothing to compare. */
async function outcomeAlone(result: ClearingResult): Promise<Outcome | undefined> {
  if (result.outcome === undefined) return undefined;
  if (result.mode === 'isolated') return result.outcome;
  return (await clear(result.case, { mode: 'isolated' })).outcome;
}

function regionHead(result: RegionResult): string {
  const links = result.feeders.map(
    ({ case: { settings } }, feeder) =>
      `<li><a href="#feeder-${feeder + 1}" data-opens="feeder-${feeder + 1}">${escapeHtml(settings.name)}</a></li>`,
  );
  return `<section class="panel" data-panel="region" aria-labelledby="region"><h2 id="region">\
${counted(result.feeders.length, 'feeder')}</h2>
${factList(regionEntries(result))}
<nav aria-label="feeders"><ul>${links.join('')}</ul></nav></section>`;
}
