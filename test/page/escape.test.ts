import { describe, expect, it } from 'vitest';
import { escapeHtml, escapeJson } from '../../engine/page/escape.js';

describe('text of cases in a page', () => {
  it('is no markup', () => {
    expect(escapeHtml(`<img src="x" onerror='y'>&amp;`)).toBe(
      '&lt;img src=&quot;x&quot; onerror=&#39;y&#39;&gt;&amp;amp;',
    );
  });

  it('cannot end the script that its JSON stands in, and reads back the same', () => {
    const hostile = { '</script>': ['<!--<script>', ']]>', '\u2028\u2029', '\\u003c'] };
    const text = escapeJson(hostile);
    expect(text).not.toMatch(/[<\u2028\u2029]/);
    expect(JSON.parse(text)).toEqual(hostile);
  });
});
