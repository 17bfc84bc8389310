/** A real browser for pages: Debian's `chromium`, driven by Playwright's core. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** Path of a Chromium on this machine; undefined without one. */
export function findChromium(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find(existsSync);
}

export async function openChromium(executablePath: string): Promise<Browser> {
  // Its sandbox does not run for root, as whom containers test; pages here are our own.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
}

/** A page that is open, and what went wrong in it or left the machine. */
export interface OpenPage {
  readonly page: Page;
  readonly complaints: readonly string[];
}

/** Opens a file and waits until every plot that is to be seen has been drawn. */
export async function openFile(
  browser: Browser,
  file: string,
  options: { readonly width: number; readonly colorScheme: 'light' | 'dark' },
): Promise<OpenPage> {
  const { colorScheme, width } = options;
  const page = await browser.newPage({ colorScheme, viewport: { width, height: 800 } });
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (failure) => complaints.push(failure.message));
  page.on('request', (request) => {
    if (request.url() !== `file://${file}`) complaints.push(`asks for ${request.url()}`);
  });
  await page.goto(`file://${file}`);
  await allDrawn(page);
  return { page, complaints };
}

/** Waits for plots that are being drawn. */
export async function allDrawn(page: Page): Promise<void> {
  const expected = await page.locator('[data-plot]:visible').count();
  await page.waitForFunction(
    `document.querySelectorAll('[data-plot][data-drawn="yes"]').length >= ${expected}`,
  );
}

/** How many marks each plot shows, by its name. */
export async function countMarks(page: Page): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const plot of await page.locator('[data-plot]:visible').all()) {
    const name = (await plot.getAttribute('data-plot')) ?? '';
    counts.set(name, await plot.locator('.role-mark path, .role-mark line').count());
  }
  return counts;
}
