import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** One main part, a description of every plot, and a label of every choice. */
export async function expectReadable(page: Page): Promise<void> {
  expect(await page.locator('main').count()).toBe(1);
  for (const plot of await page.locator('[data-plot]').all()) {
    const described = plot.locator('xpath=..');
    expect(await described.getAttribute('role')).toBe('img');
    expect((await described.getAttribute('aria-label'))?.length).toBeGreaterThan(20);
  }
  for (const control of await page.locator('select').all()) {
    const id = await control.getAttribute('id');
    expect(await page.locator(`label[for="${id}"]`).count()).toBe(1);
  }
}
