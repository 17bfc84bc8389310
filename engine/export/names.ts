/**
 * Names that lead back to the case: a letter or word, then the ids it belongs to, all joined by `_`, such as
 * `P_150_149` (flow from bus 150 to bus 149) or `z_m-3_2` (second segment of community m-3).
 *
 * An id is any text. What a name of an MPS file cannot hold, and `_` itself, is written as % and the two
 * hexadecimal digits of each byte in UTF-8, so that a name falls apart into its ids again:
 * split it at `_` and decode each piece.
 */

/** Letters, digits and signs that no reader of MPS files takes for anything else. */
const PLAIN = /[^A-Za-z0-9.-]/gu;

/** `nameOf('P', '150', '149')` is `P_150_149`. */
export function nameOf(kind: string, ...ids: readonly (string | number)[]): string {
  return [kind, ...ids.map((id) => encodeId(String(id)))].join('_');
}

/** The kind and the ids of a name. */
export function idsOf(name: string): readonly string[] {
  return name.split('_').map(decodeURIComponent);
}

/** The id as it stands in names. */
export function encodeId(id: string): string {
  return id.replaceAll(PLAIN, encodeSign);
}

/** encodeURIComponent leaves some signs as they are, and knows no half of a surrogate pair. */
function encodeSign(sign: string): string {
  const bytes = new TextEncoder().encode(sign);
  return Array.from(bytes, (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(
    '',
  );
}
