/**
 * A clearing as one HTML file that needs nothing else: it opens without a network and asks for nothing, which
 * its own security policy enforces. Text and tables are plain HTML; plots are drawn by Vega, whose runtime is
 * part of the file, from Vega-Lite specifications compiled here (plots/).
 *
 * Its size is bounded whatever the case: what a page shows of buses, communities and curves has a fixed room,
 * shared by the feeders of a region, and where long names still make it too large it is made again with less.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { clear } from '../clearing/clear.js';
import type { RegionResult } from '../clearing/region.js';
import type { ClearingResult, Outcome } from '../clearing/result.js';
import { packageVersion } from '../io/package.js';
import { counted } from '../report/numbers.js';
import { regionEntries } from '../report/region.js';
import { MODE_MEANING } from '../report/summary.js';
import { pageScript } from './browser.js';
import { escapeHtml, escapeJson } from './escape.js';
import { type FeederPage, factList, feederPage } from './feederPanels.js';
import type { PageShare } from './pageShare.js';
import { compiledPlots } from './plots/compile.js';
import { STYLE } from './style.js';

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

interface DocumentParts {
  readonly title: string;
  readonly lead: string;
  readonly warnings: readonly string[];
  /** HTML. */
  readonly body: string;
  /** JSON for a script element. */
  readonly content: string;
  readonly runtime: string;
}

function documentOf({ body, content, lead, runtime, title, warnings }: DocumentParts): string {
  const script = pageScript();
  // Vega compiles its expressions, all of which are in the specifications above, when it draws.
  const policy =
    `default-src 'none'; style-src 'unsafe-inline'; ` +
    `script-src 'unsafe-eval' ${sourceHash(runtime)} ${sourceHash(script)}`;
  const warned = warnings.map((text) => `<p class="warning" role="alert">${escapeHtml(text)}</p>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} – wattshare</title>
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#main">To the content</a>
<header>
<h1>${escapeHtml(title)}</h1>
<p class="soft">${escapeHtml(lead)}</p>
${warned.join('\n')}
<noscript><p class="warning">Plots need JavaScript. The numbers are in the text and the tables.</p></noscript>
</header>
<main id="main">
${body}
</main>
<footer><p class="soft">Made by wattshare ${escapeHtml(packageVersion())}; plots by Vega. This file asks nothing of any network.</p></footer>
<div id="tip" role="status" hidden></div>
<script type="application/json" id="content">${content}</script>
<script>${runtime}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** Lets the policy allow a script by what it says. */
function sourceHash(script: string): string {
  return `'sha256-${createHash('sha256').update(script).digest('base64')}'`;
}

/** Vega in one minified file, as its package ships it. */
async function vegaRuntime(): Promise<string> {
  const schema = createRequire(import.meta.url).resolve('vega/vega-schema.json');
  return (await readFile(join(dirname(schema), 'vega.min.js'), 'utf8')).trim();
}
