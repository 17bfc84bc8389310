/**
 * The frame of every page: one HTML file that opens without a network and asks for nothing, which its own
 * security policy enforces. Vega's runtime is part of it.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { packageVersion } from '../io/package.js';
import { pageScript } from './browser.js';
import { escapeHtml } from './escape.js';
import { STYLE } from './style.js';

/** What differs from page to page. */
export interface DocumentParts {
  readonly title: string;
  /** One line under the title. */
  readonly lead: string;
  /** Said above everything else. */
  readonly warnings: readonly string[];
  /** HTML. */
  readonly body: string;
  /** JSON for a script element, as the page's script reads it. */
  readonly content: string;
  /** Vega's: {@link vegaRuntime}. */
  readonly runtime: string;
  /** What runs in the page; that of a clearing (browser.ts) unless given. */
  readonly script?: string;
  /** Added to the look of all pages. */
  readonly style?: string;
}

/** @returns HTML */
export function documentOf({
  body,
  content,
  lead,
  runtime,
  script = pageScript(),
  style = '',
  title,
  warnings,
}: DocumentParts): string {
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
<style>${STYLE}${style}</style>
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
export async function vegaRuntime(): Promise<string> {
  const schema = createRequire(import.meta.url).resolve('vega/vega-schema.json');
  return (await readFile(join(dirname(schema), 'vega.min.js'), 'utf8')).trim();
}
