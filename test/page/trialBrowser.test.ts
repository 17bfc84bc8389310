/** The page of a trial as readers see it, in a real Chromium. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trialPage } from '../../engine/page/trialPage.js';
import type { StoredTrial } from '../../engine/trial/stored.js';
import { temporaryFolder } from '../io/temporaryFolder.js';
import { allDrawn, countMarks, findChromium, openChromium, openFile } from './chromium.js';
import { expectReadable } from './readable.js';
import { clearedDay, withoutOutcome } from './trialDay.js';

const executable = findChromium();
const title =
  executable === undefined
    ? 'the page of a trial in Chromium (skipped: none is installed, see `apt-get install chromium`)'
    : 'the page of a trial in Chromium';

const PLOTS = [
  'map-voltage',
  'profile',
  'prices',
  'imports',
  'stored',
  'day-powers',
  'day-prices',
  'day-import',
  'day-voltages',
  'day-stored',
  'day-losses',
  'day-lanes',
  'day-time',
  'day-gap',
  'day-nodes',
  'day-bids',
];

describe.skipIf(executable === undefined)(title, () => {
  let browser: Browser;
  let feeder: StoredTrial;
  let small: StoredTrial;

  beforeAll(async () => {
    browser = await openChromium(executable ?? '');
    // A line is lost for an hour, and another closed for it.
    const options = { intervals: 4, intervalMinutes: 30, startMinutes: 990 };
    feeder = await clearedDay('ieee123', options);
    small = await clearedDay('five-bus', { intervals: 24, intervalMinutes: 60 });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
  });

  async function fileOf(trial: StoredTrial): Promise<string> {
    const file = join(temporaryFolder(), 'trial.html');
    writeFileSync(file, await trialPage(trial));
    return file;
  }

  it('draws every plot, asks for nothing and complains of nothing', async () => {
    const file = await fileOf(feeder);
    const { complaints, page } = await openFile(browser, file, {
      width: 1200,
      colorScheme: 'light',
    });
    const counts = await countMarks(page);
    expect([...counts.keys()].sort()).toEqual([...PLOTS].sort());
    for (const plot of PLOTS) expect(counts.get(plot), plot).toBeGreaterThan(0);
    for (const choice of ['price', 'stored', 'flow', 'voltage']) {
      await page.selectOption('select', choice);
      await allDrawn(page);
      expect((await countMarks(page)).get(`map-${choice}`)).toBeGreaterThan(100);
    }
    await page.locator('[data-plot="map-voltage"] .role-mark path').last().hover();
    expect(await page.locator('#tip').innerText()).toMatch(/bus: .+\n[\s\S]*voltage, pu: \d/);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('moves everything with the slider, by keys and by mouse', async () => {
    const file = await fileOf(feeder);
    const { complaints, page } = await openFile(browser, file, {
      width: 1200,
      colorScheme: 'light',
    });
    await page.locator('#moment').focus();
    await page.keyboard.press('Home');
    await shown(page, 0);
    const before = await picture(page);
    expect(before.time).toBe('16:30 to 17:00, interval 1 of 4');
    expect(before.figure).toBe(
      `${feeder.record.intervals[0].load_kw.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })} kW`,
    );

    await page.keyboard.press('ArrowRight');
    await shown(page, 1);
    const after = await picture(page);
    expect(after.time).toBe('17:00 to 17:30, interval 2 of 4');
    expect(await page.locator('#moment').getAttribute('aria-valuetext')).toBe(after.time);
    for (const part of ['map', 'profile', 'prices', 'stored', 'rule', 'figure'] as const) {
      expect(after[part], part).not.toBe(before[part]);
    }

    const box = await page.locator('#moment').boundingBox();
    if (box === null) throw new Error('the slider is not to be seen');
    await page.mouse.click(box.x + box.width - 4, box.y + box.height / 2);
    await shown(page, 3);
    await page.keyboard.press('Home');
    await shown(page, 0);
    expect(await picture(page)).toEqual(before);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('goes where a plot over time is clicked or drawn across', async () => {
    const file = await fileOf(small);
    const { complaints, page } = await openFile(browser, file, {
      width: 1200,
      colorScheme: 'light',
    });
    for (const plot of ['day-prices', 'day-lanes', 'day-time']) {
      const drawing = page.locator(`[data-plot="${plot}"] .background`).first();
      await drawing.scrollIntoViewIfNeeded();
      const box = await drawing.boundingBox();
      if (box === null) throw new Error(`${plot} is not to be seen`);
      const at = async (hour: number): Promise<void> =>
        page.mouse.move(box.x + (box.width * hour) / 24, box.y + box.height / 2);
      await at(6.4);
      await page.mouse.down();
      await page.mouse.up();
      await shown(page, 6);
      await page.mouse.down();
      await at(15);
      await at(20.6);
      await page.mouse.up();
      await shown(page, 20);
      await at(3);
      await shown(page, 20);
    }
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('plays the day, and pauses', async () => {
    const file = await fileOf(small);
    const { page } = await openFile(browser, file, { width: 800, colorScheme: 'light' });
    await page.locator('#moment').focus();
    await page.keyboard.press('Home');
    await shown(page, 0);
    const play = page.getByRole('button', { name: 'Play' });
    await play.focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction("Number(document.getElementById('moment').value) >= 3");
    await page.getByRole('button', { name: 'Pause' }).click();
    const value = await page.locator('#moment').inputValue();
    await shown(page, Number(value));
    expect(await page.locator('#play').innerText()).toBe('Play');
    await page.locator('#moment').focus();
    await page.keyboard.press('End');
    await shown(page, 23);
    // At the end it begins again, and stops there by itself.
    await play.click();
    await page.waitForFunction("Number(document.getElementById('moment').value) < 20");
    await page.waitForFunction("document.getElementById('play').textContent === 'Play'");
    await shown(page, 23);
    await page.close();
  });

  it('shows which branches are open at the time, and an interval without an outcome', async () => {
    const open = feeder.record.intervals.findIndex(({ events }) => events.includes('lost'));
    expect(open).toBeGreaterThan(0);
    const trial = withoutOutcome(feeder, 3);
    const file = await fileOf(trial);
    const { complaints, page } = await openFile(browser, file, {
      width: 1200,
      colorScheme: 'light',
    });
    const branches = feeder.case.branches.from.length;
    await page.locator('#moment').focus();
    await page.keyboard.press('Home');
    await shown(page, 0);
    const openAt = async (interval: number): Promise<string[]> => {
      await page.locator('#moment').fill(String(interval));
      await shown(page, interval);
      return page
        .locator('[data-plot="map-voltage"] line[stroke-dasharray="3,3"]')
        .evaluateAll((lines) => lines.map((line) => line.getAttribute('transform') ?? '').sort());
    };
    const before = await openAt(open - 1);
    const during = await openAt(open);
    expect(before.length).toBeGreaterThan(0);
    expect(during).toHaveLength(before.length);
    expect(during).not.toEqual(before);
    expect(await openAt(3)).toHaveLength(branches);
    expect(await page.locator('[data-plot="profile"] .role-mark path').count()).toBeGreaterThan(0);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('fits a phone in the dark, and paper', async () => {
    const file = await fileOf(feeder);
    const { complaints, page } = await openFile(browser, file, { width: 390, colorScheme: 'dark' });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    const dark = await page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(await page.locator('#moment').isVisible()).toBe(true);
    await page.emulateMedia({ media: 'print' });
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).not.toBe(dark);
    expect(await page.locator('#moment').isVisible()).toBe(false);
    expect(await page.locator('.scrubber output').isVisible()).toBe(true);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('says in tables what it can where nothing runs', async () => {
    const file = await fileOf(small);
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`file://${file}`);
    expect(await page.locator('#moment').isDisabled()).toBe(true);
    expect(await page.locator('[data-panel="figures"] td').first().innerText()).toBe('optimal');
    await page.locator('[data-panel="intervals"] summary').click();
    expect(await page.locator('[data-panel="intervals"] tbody tr').count()).toBe(24);
    await context.close();
  });

  it('can be worked by keyboard, and read without seeing', async () => {
    const file = await fileOf(small);
    const { page } = await openFile(browser, file, { width: 800, colorScheme: 'light' });
    await expectReadable(page);
    expect(await page.locator('label[for="moment"]').count()).toBe(1);
    await page.close();
  });
});

/** Waits until all plots are at an interval. */
async function shown(page: Page, interval: number): Promise<void> {
  await page.waitForFunction(
    `document.getElementById('moment').value === '${interval}' && document.getElementById('moment').dataset.drawn === '${interval}'`,
  );
}

/** What is to be seen of an interval. */
async function picture(page: Page) {
  const drawn = (plot: string): Promise<string> =>
    page
      .locator(`[data-plot="${plot}"] svg`)
      .first()
      .evaluate((svg) => {
        const marks = [...svg.querySelectorAll('.role-mark path, .role-mark line')];
        return marks
          .map((mark) =>
            ['d', 'transform', 'fill', 'x2', 'y2'].map((name) => mark.getAttribute(name)).join(),
          )
          .join('\n');
      });
  return {
    time: await page.locator('.scrubber output').innerText(),
    figure: await page
      .locator('[data-panel="figures"] tr', { has: page.getByText('load', { exact: true }) })
      .locator('td')
      .innerText(),
    map: await drawn('map-voltage'),
    profile: await drawn('profile'),
    prices: await drawn('prices'),
    stored: await drawn('stored'),
    rule: await drawn('day-lanes'),
  };
}
