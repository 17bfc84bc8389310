import { describe, expect, it } from 'vitest';
import { createCase } from '../../engine/case/create.js';
import { createCaseOrRegion, isRegion } from '../../engine/case/region.js';
import { clear } from '../../engine/clearing/clear.js';
import { clearRegion } from '../../engine/clearing/region.js';
import { resolveCase } from '../../engine/io/package.js';
import { readCase } from '../../engine/io/readCase.js';
import { reportPage } from '../../engine/page/reportPage.js';
import { smallMarket, withChanges } from '../case/smallMarket.js';
import { randomColumns } from '../fixtures/randomMarket.js';
import { regionColumns } from '../fixtures/region.js';
import { withLongIds } from './longIds.js';
import { contentOf, ownText, PANELS, panelsOf } from './pageText.js';

const MEGABYTE = 1_000_000;

/** As much as a page can hold, and more; hardly any impedance, so that the network carries it. */
const CROWDED = { buses: 5000, communities: 3000, prosumers: [1, 2], impedance: 1e-5 } as const;

async function pageOf(name: string): Promise<string> {
  return reportPage(await clear(await readCase(resolveCase(name))));
}

describe('the page of a clearing', () => {
  it.each(['case33bw', 'five-bus'])('of %s has every panel, with data in it', async (name) => {
    const html = await pageOf(name);
    expect(panelsOf(html)).toEqual(PANELS);
    const { feeders } = contentOf(html);
    expect(feeders).toHaveLength(1);
    for (const table of ['buses', 'branches', 'communities', 'gains', 'moments', 'stages']) {
      const columns = Object.values(feeders[0]?.tables[table] ?? {});
      expect(columns.length, table).toBeGreaterThan(0);
      for (const column of columns) expect(column.length, table).toBeGreaterThan(0);
    }
    expect(feeders[0]?.communities.length).toBeGreaterThan(1);
    expect(html.length).toBeLessThan(2 * MEGABYTE);
  });

  it('names no address of any network outside the runtime of Vega', async () => {
    const html = await pageOf('five-bus');
    const own = ownText(html);
    expect(own.length).toBeLessThan(0.3 * MEGABYTE);
    expect(own).not.toMatch(/https?:|\/\/[a-z]|url\(|@import|<link|<img|<iframe/i);
    expect(own).not.toMatch(/\ssrc=/);
    expect(own.match(/href="[^#]/)).toBeNull();
    expect(own).toContain("default-src 'none'");
  });

  it('stays below 2 MB where a large case has long ids (seed 8801)', async () => {
    const columns = randomColumns(8801, CROWDED);
    const theCase = createCase(withLongIds(columns, 500));
    const html = await reportPage(await clear(theCase, { mode: 'isolated' }));
    expect(Buffer.byteLength(html)).toBeLessThanOrEqual(2 * MEGABYTE);
    // It was too long at first, and is still worth reading.
    const drawn = contentOf(html).feeders[0]?.tables.buses.id.length;
    expect(drawn).toBeGreaterThan(1000);
    expect(drawn).toBeLessThan(CROWDED.buses);
  });

  it('says in words what the certificate claims', async () => {
    const html = await pageOf('five-bus');
    expect(html).toContain('Nobody would rather have done something else.');
    expect(html.match(/<em>holds<\/em>/g)).toHaveLength(5);
  });

  it('takes ids as text, whatever is in them', async () => {
    const hostile = [
      '</script><script>alert(1)</script>',
      '"><img src=x onerror=alert(2)>',
      "';alert(3)//<!--",
    ];
    const [first, second, third] = hostile;
    const theCase = createCase(
      withChanges({
        settings: { name: '</title><script>alert(4)</script>', root: first },
        buses: { bus: hostile },
        branches: { from: [second, second, first], to: [first, third, third] },
        communities: { community: ['<b>&', '{{datum}}'], bus: [second, third] },
        prosumers: { community: ['<b>&', '{{datum}}', '<b>&', '{{datum}}'] },
      }),
    );
    const html = await reportPage(await clear(theCase), { warnings: ['<i>'] });
    const own = ownText(html);
    expect(own.match(/<script/g)).toHaveLength(2);
    expect(own).not.toMatch(/<img|<b>|<i>/);
    expect(own).toContain('&lt;b&gt;&amp;');
    expect(contentOf(html).feeders[0]?.tables.buses.id).toContain(second);
  });

  it('of a region has every panel for every feeder', async () => {
    const region = createCaseOrRegion(regionColumns([smallMarket(), smallMarket()]));
    if (!isRegion(region)) throw new Error('two roots make a region');
    const html = await reportPage(await clearRegion(region));
    expect(panelsOf(html)).toEqual(['region', ...PANELS, ...PANELS]);
    const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('of a market without an outcome says why', async () => {
    const theCase = createCase(withChanges({ settings: { rootVoltagePu: 2, vMaxPu: 1.05 } }));
    const result = await clear(theCase);
    expect(result.status).toBe('infeasible');
    const html = await reportPage(result);
    expect(panelsOf(html)).toEqual(['summary', 'search', 'timing']);
    expect(html).toContain('infeasible: proven');
  });

  it.each(['isolated', 'local', 'social', 'dlmp'] as const)('is there in %s', async (mode) => {
    const none = [Number.NaN, Number.NaN];
    const changes = { communities: { priceMin: none, priceMax: none } };
    const theCase = createCase(withChanges(changes));
    const result = await clear(theCase, { mode });
    const expected = result.outcome === undefined ? ['summary', 'search', 'timing'] : PANELS;
    expect(panelsOf(await reportPage(result))).toEqual(expected);
  });
});
