import { beforeAll, describe, expect, it } from 'vitest';
import { createCase } from '../../engine/case/create.js';
import type { PackedMatrix } from '../../engine/page/trial/encoding.js';
import { trialPage } from '../../engine/page/trialPage.js';
import type { StoredTrial } from '../../engine/trial/stored.js';
import { summariseTrial } from '../../engine/trial/summary.js';
import { randomColumns } from '../fixtures/randomMarket.js';
import { withLongIds } from './longIds.js';
import { ownText, panelsOf } from './pageText.js';
import { clearedDay, emptyDay, stretched, withoutOutcome, withRows } from './trialDay.js';

const MEGABYTE = 1_000_000;

const PANELS = [
  'summary',
  'against',
  'network',
  'communities',
  'figures',
  'day',
  'clearing',
  'events',
  'intervals',
];

interface TrialText {
  readonly plots: Readonly<Record<string, object>>;
  readonly tables: Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>>;
  readonly moving: Readonly<
    Record<
      string,
      {
        readonly still: Readonly<Record<string, readonly unknown[]>>;
        readonly moving: Readonly<Record<string, { readonly matrix: PackedMatrix }>>;
      }
    >
  >;
  readonly figures: Readonly<Record<string, readonly string[]>>;
}

function contentOf(html: string): TrialText {
  const [, json = ''] = html.match(/<script type="application\/json"[^>]*>([^<]*)<\/script>/) ?? [];
  return JSON.parse(json);
}

/** As the page's script reads it, by other means. */
function valuesOf({ codes, lowest, step }: PackedMatrix): number[] {
  const bytes = Buffer.from(codes, 'base64');
  return Array.from({ length: bytes.length / 2 }, (_, k) => {
    const code = bytes.readUInt16LE(2 * k);
    return code === 65_535 ? Number.NaN : (lowest + code) * step;
  });
}

let small: StoredTrial;

beforeAll(async () => {
  small = await clearedDay('five-bus', { intervals: 24, intervalMinutes: 60 });
});

describe('the page of a trial', () => {
  it('has every panel, and the numbers of the record', async () => {
    const html = await trialPage(small);
    expect(panelsOf(html)).toEqual(PANELS);
    const { figures, moving, plots, tables } = contentOf(html);
    for (const name of [...html.matchAll(/data-plot="([^"]+)"/g)].map(([, plot = '']) => plot)) {
      expect(Object.keys(plots)).toContain(name);
    }
    expect(tables.day?.grid_import_kw).toHaveLength(24);
    for (const texts of Object.values(figures)) expect(texts).toHaveLength(24);
    const voltage = valuesOf(moving.buses?.moving.voltage?.matrix as PackedMatrix);
    const buses = small.case.buses.id;
    const order = moving.buses?.still.id.map((id) => buses.indexOf(String(id))) ?? [];
    expect([...order].sort()).toEqual([...buses.keys()]);
    voltage.forEach((value, k) => {
      const row = Math.floor(k / order.length);
      const recorded = small.record.voltage_pu[row * order.length + order[k % order.length]];
      expect(Math.abs(value - recorded)).toBeLessThan(0.6e-5);
    });
    const price = valuesOf(moving.communities?.moving.price?.matrix as PackedMatrix);
    const sum = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0);
    expect(sum(price)).toBeCloseTo(sum(small.record.price_usd_per_kwh), 3);
  });

  it('says in text what the day came to, and every interval in a table', async () => {
    const { intervals } = small.record;
    const html = await trialPage(
      withRows(small, { 5: { events: 'branch A-B lost', bids_refused: 1 } }),
    );
    expect(html).toContain('24 intervals of 60 minutes, from 00:00 to 24:00');
    expect(html).toContain('branch A-B lost');
    expect(html).toContain('<noscript>');
    const table = html.slice(html.indexOf('data-panel="intervals"'));
    expect(table.match(/<tr><th scope="row">/g)).toHaveLength(24);
    expect(table).toContain(intervals[7].losses_kw.toFixed(2));
  });

  it('names no address of any network outside the runtime of Vega', async () => {
    const own = ownText(await trialPage(small));
    expect(own.length).toBeLessThan(0.5 * MEGABYTE);
    expect(own).not.toMatch(/https?:|\/\/[a-z]|url\(|@import|<link|<img|<iframe/i);
    expect(own).not.toMatch(/\ssrc=/);
    expect(own.match(/href="[^#]/)).toBeNull();
    expect(own).toContain("default-src 'none'");
  });

  it('takes texts of the record as text, whatever is in them', async () => {
    const hostile = '</script><script>alert(1)</script><img src=x onerror=alert(2)>';
    const { record, settings } = withRows(small, { 3: { events: hostile, explanation: hostile } });
    const refusals = [{ interval: 3, subject: hostile, reason: hostile }];
    const html = await trialPage(
      { ...small, record: { ...record, refusals }, settings: { ...settings, case: hostile } },
      { warnings: [hostile] },
    );
    const own = ownText(html);
    expect(own.match(/<script/g)).toHaveLength(2);
    expect(own).not.toMatch(/<img/);
    expect(own).toContain('&lt;/script&gt;');
  });

  it('shows ten days in less than 2 MB, and every interval in which something went wrong', async () => {
    const days = stretched(small, 120);
    const long = withRows(days, {
      1001: { violations: 2 },
      1717: { status: 'feasible', route: 'fallback' },
      2222: { events: 'branch A-B lost' },
    });
    const html = await trialPage(long);
    expect(Buffer.byteLength(html)).toBeLessThanOrEqual(2 * MEGABYTE);
    const { figures, tables } = contentOf(html);
    expect(tables.day?.hour?.length).toBeGreaterThan(300);
    expect(tables.day?.hour?.length).toBeLessThan(2880);
    for (const interval of [1002, 1718, 2223]) {
      expect(
        figures.time?.some((text) =>
          text.includes(`interval ${interval} of 2880`.replace(/(\d)(\d{3})/g, '$1,$2')),
        ),
        String(interval),
      ).toBe(true);
    }
  });

  it('stays below 2 MB where the network is large and its ids are long (seed 612)', async () => {
    const columns = randomColumns(612, { buses: 4000, communities: 2000, prosumers: [1, 1] });
    const theCase = createCase(withLongIds(columns, 50));
    const html = await trialPage(emptyDay(small, theCase, 288));
    expect(Buffer.byteLength(html)).toBeLessThanOrEqual(2 * MEGABYTE);
    // It was too long at first, and is still worth reading.
    const { moving, tables } = contentOf(html);
    expect(moving.buses?.still.id?.length).toBeGreaterThan(100);
    expect(moving.buses?.still.id?.length).toBeLessThan(4000);
    expect(tables.day?.hour?.length).toBeGreaterThan(50);
  });

  it('is there for a trial without a single interval, and for one that is not done', async () => {
    const none = stretched(small, 0);
    const settings = { ...small.settings, intervals: 48 };
    const nothing = { intervals: [], balances: [], refusals: [] };
    const html = await trialPage({
      ...none,
      settings,
      summary: summariseTrial(settings, nothing),
    });
    expect(panelsOf(html)).toEqual(['summary', 'against']);
    expect(html).toContain('no interval of 48 yet');
    const partial = await trialPage({ ...small, settings });
    expect(partial).toContain('24 of 48 intervals of 60 minutes');
    expect(panelsOf(partial)).toEqual(PANELS);
  });

  it('leaves out what there is not: prices, storage, the outcome of an interval', async () => {
    const nowhere = (values: Float64Array): Float64Array =>
      new Float64Array(values.length).fill(Number.NaN);
    const { record } = withoutOutcome(small, 4);
    const html = await trialPage({
      ...small,
      record: {
        ...record,
        price_usd_per_kwh: nowhere(record.price_usd_per_kwh),
        stored_kwh: new Float64Array(record.stored_kwh.length),
      },
    });
    const { moving, plots } = contentOf(html);
    expect(plots).not.toHaveProperty('prices');
    expect(plots).not.toHaveProperty('stored');
    expect(plots).not.toHaveProperty('map-price');
    expect(html).not.toContain('<option value="price"');
    expect(html).toContain('no power flow');
    const buses = small.case.buses.id.length;
    const voltage = valuesOf(moving.buses?.moving.voltage?.matrix as PackedMatrix);
    voltage.forEach((value, k) => {
      expect(Number.isNaN(value)).toBe(Math.floor(k / buses) === 4);
    });
  });
});
