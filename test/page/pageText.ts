/** What a page holds, taken apart for tests. */

/** The page without Vega's runtime, which is known text of another's. */
export function ownText(html: string): string {
  return html.replace(/<script>[^<]{0,200}vega[\s\S]*?<\/script>/, '');
}

export interface PageContent {
  readonly feeders: readonly {
    readonly tables: Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>>;
    readonly communities: readonly object[];
  }[];
}

export function contentOf(html: string): PageContent {
  const [, json = '{}'] =
    html.match(/<script type="application\/json"[^>]*>([^<]*)<\/script>/) ?? [];
  return JSON.parse(json);
}

export function panelsOf(html: string): string[] {
  return [...html.matchAll(/data-panel="([^"]+)"/g)].map(([, name = '']) => name);
}

/** All of them, in their order. */
export const PANELS = [
  'summary',
  'map',
  'profile',
  'communities',
  'response',
  'gains',
  'search',
  'timing',
  'certificate',
];
