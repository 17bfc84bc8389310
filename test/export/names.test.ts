import { describe, expect, it } from 'vitest';

import { idsOf, nameOf } from '../../engine/export/names.js';

describe('names of exported programs', () => {
  it.each([
    ['150', 'm-3', 'b.7'],
    ['a_b', 'a', 'b'],
    ['two words', 'tab\there', 'line\nbreak'],
    ['Zürich', '東京', '🔋'],
    ['%', '%5F', '_'],
    ["it's", '(1)', '*!~'],
  ])('give back the ids %j, %j and %j', (...ids) => {
    const name = nameOf('z', ...ids);
    expect(idsOf(name)).toEqual(['z', ...ids]);
    expect(name).toMatch(/^[A-Za-z0-9.%_-]+$/);
  });

  it('are the plain ids joined by _ where these are letters, digits, dots and dashes', () => {
    expect(nameOf('P', '150', 'm-3')).toBe('P_150_m-3');
  });

  it('tell ids with _ in them from ids joined by _', () => {
    expect(nameOf('P', 'a_b', 'c')).not.toBe(nameOf('P', 'a', 'b_c'));
  });
});
