/** Pages as readers see them, in a real Chromium. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clear } from '../../engine/clearing/clear.js';
import { resolveCase } from '../../engine/io/package.js';
import { readCase } from '../../engine/io/readCase.js';
import { reportPage } from '../../engine/page/reportPage.js';
import { temporaryFolder } from '../io/temporaryFolder.js';
import { allDrawn, countMarks, findChromium, openChromium, openFile } from './chromium.js';
import { PANELS } from './pageText.js';
import { expectReadable } from './readable.js';

const executable = findChromium();
const title =
  executable === undefined
    ? 'a page in Chromium (skipped: none is installed, see `apt-get install chromium`)'
    : 'a page in Chromium';

const PLOTS = [
  'map-voltage',
  'profile',
  'prices',
  'imports',
  'response',
  'cost',
  'excess',
  'gains',
  'search-nodes',
  'stages',
];

describe.skipIf(executable === undefined)(title, () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await openChromium(executable ?? '');
  });
  afterAll(async () => {
    await browser.close();
  });

  async function fileOf(name: string): Promise<string> {
    const file = join(temporaryFolder(), `${name}.html`);
    writeFileSync(file, await reportPage(await clear(await readCase(resolveCase(name)))));
    return file;
  }

  it.each(['ieee123-peak', 'ieee123-noon', 'ieee123'])(
    'shows every panel of %s, asks for nothing and complains of nothing',
    async (name) => {
      const file = await fileOf(name);
      const { complaints, page } = await openFile(browser, file, {
        width: 1000,
        colorScheme: 'light',
      });
      expect(await visiblePanels(page)).toEqual(PANELS);
      await expectMarks(page, PLOTS);
      await useControls(page);
      expect(complaints).toEqual([]);

      await page.locator('[data-plot="profile"] .role-mark path').last().hover();
      expect(await page.locator('#tip').innerText()).toMatch(/bus: .+\nafter, pu: \d/);
      await page.close();
    },
  );

  it('fits a phone in the dark, and paper', async () => {
    const file = await fileOf('case33bw');
    const { complaints, page } = await openFile(browser, file, { width: 390, colorScheme: 'dark' });
    await expectMarks(page, PLOTS);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    const dark = await page.evaluate('getComputedStyle(document.body).backgroundColor');
    await page.emulateMedia({ media: 'print' });
    const paper = await page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(dark).not.toBe(paper);
    expect(paper).toBe('rgb(255, 255, 255)');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('can be worked by keyboard, and read without seeing', async () => {
    const file = await fileOf('five-bus');
    const { page } = await openFile(browser, file, { width: 800, colorScheme: 'light' });
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('To the content');
    await page.locator('#response-control-1').focus();
    await page.keyboard.press('ArrowDown');
    expect(await page.locator('#response-control-1').inputValue()).toBe('1');

    await expectReadable(page);
    await page.close();
  });
});

async function visiblePanels(page: Page): Promise<(string | null)[]> {
  const panels = await page.locator('[data-panel]:visible').all();
  return Promise.all(panels.map((panel) => panel.getAttribute('data-panel')));
}

async function expectMarks(page: Page, plots: readonly string[]): Promise<void> {
  const counts = await countMarks(page);
  for (const plot of plots) expect(counts.get(plot), plot).toBeGreaterThan(0);
}

/** Every choice of every control draws something. */
async function useControls(page: Page): Promise<void> {
  for (const control of await page.locator('select').all()) {
    const options = await control.locator('option').all();
    // Communities differ in numbers alone: the ends of their list are enough.
    const chosen = options.length > 8 ? [options[1], options.at(-1)] : options;
    for (const option of chosen) {
      await control.selectOption((await option?.getAttribute('value')) ?? '');
      await allDrawn(page);
      const counts = await countMarks(page);
      for (const [plot, marks] of counts) expect(marks, plot).toBeGreaterThan(0);
    }
  }
}
