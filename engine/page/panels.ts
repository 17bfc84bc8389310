/** The pieces that a page is made of: panels, figures, controls and tables, as HTML. */
import { fixed } from '../report/numbers.js';
import { escapeHtml } from './escape.js';

export interface Choice {
  readonly value: string;
  readonly text: string;
}

/** Where in the page something stands. */
export interface Place {
  /** Number of the feeder. */
  readonly feeder: number;
  /** Level of headings: 2 where the page has one feeder, else 3. */
  readonly level: 2 | 3;
}

/** A section with a heading of its own. @param content HTML */
export function panel(
  { feeder, level }: Place,
  name: string,
  title: string,
  content: string,
): string {
  const id = `${name}-${feeder + 1}`;
  return `<section class="panel" data-panel="${name}" aria-labelledby="${id}">
<h${level} id="${id}">${escapeHtml(title)}</h${level}>
${content}
</section>`;
}

export interface FigureText {
  /** Name of the specification to begin with; one that can be exchanged is called `family-member`. */
  readonly plot: string;
  /** What controls call it. */
  readonly place: string;
  /** Said in its stead to those who cannot see it. */
  readonly description: string;
  /** Read by everybody; none where the panel's text says all. */
  readonly caption?: string;
}

export function figure(
  { feeder }: Place,
  { caption, description, place, plot }: FigureText,
): string {
  const text = caption === undefined ? '' : `<figcaption>${escapeHtml(caption)}</figcaption>`;
  // Vega gives its own element a role, so the description stands on one around it.
  return `<figure><div role="img" aria-label="${escapeHtml(description)}"><div class="plot" data-plot="${plot}" \
data-family="${plot.split('-')[0]}" data-place="${place}" data-feeder="${feeder}"></div></div>${text}</figure>`;
}

/**
 * A list to choose from.
 * @param attribute what the page's script does with it: `switches` the plots of a place to those of its family
 *   that the value names, or `chooses` the community whose curves they draw
 */
export function control(
  { feeder }: Place,
  attribute: 'switches' | 'chooses',
  target: string,
  label: string,
  choices: readonly Choice[],
): string {
  const id = `${target}-control-${feeder + 1}`;
  const options = choices.map(
    ({ text, value }) => `<option value="${escapeHtml(value)}">${escapeHtml(text)}</option>`,
  );
  return `<p class="control"><label for="${id}">${escapeHtml(label)}</label> \
<select id="${id}" data-${attribute}="${target}" data-feeder="${feeder}" autocomplete="off">${options.join('')}</select></p>`;
}

export interface TableColumn {
  readonly title: string;
  readonly isNumber: boolean;
  readonly cells: readonly string[];
}

/** A table folded away under a line that says what it holds. */
export function foldedTable(summary: string, columns: readonly TableColumn[]): string {
  return `<details class="table"><summary>${escapeHtml(summary)}</summary>
${table(summary, columns)}</details>`;
}

/** A table in a box of its own, which scrolls. @param name said to those who cannot see it */
export function table(name: string, columns: readonly TableColumn[]): string {
  const heads = columns.map(({ title }) => `<th scope="col">${escapeHtml(title)}</th>`);
  const rows = Array.from({ length: columns[0]?.cells.length ?? 0 }, (_, row) =>
    columns
      .map(({ cells, isNumber }, place) => {
        const text = escapeHtml(cells[row] ?? '');
        if (place === 0) return `<th scope="row">${text}</th>`;
        return isNumber ? `<td class="number">${text}</td>` : `<td>${text}</td>`;
      })
      .join(''),
  );
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(name)}"><table>\
<thead><tr>${heads.join('')}</tr></thead>
<tbody>${rows.map((row) => `<tr>${row}</tr>`).join('\n')}</tbody></table></div>`;
}

export interface Claim {
  readonly claim: string;
  readonly verdict: string;
  readonly fails: boolean;
  readonly evidence: string;
}

/** Claims with their verdicts, those that fail marked. */
export function claimList(claims: readonly Claim[]): string {
  const items = claims.map(({ claim, evidence, fails, verdict }) => {
    const head = `<strong>${escapeHtml(claim)} <em>${escapeHtml(verdict)}</em></strong>`;
    return `<li class="${fails ? 'fails' : 'holds'}">${head} ${escapeHtml(evidence)}</li>`;
  });
  return `<ul class="claims">${items.join('\n')}</ul>`;
}

export function paragraph(text: string): string {
  return `<p>${escapeHtml(text)}</p>`;
}

/** A column of numbers; empty where there is none. */
export function numbers(
  title: string,
  values: readonly (number | null)[],
  digits: number,
): TableColumn {
  const cells = values.map((value) =>
    value === null || !Number.isFinite(value) ? '' : fixed(value, digits),
  );
  return { title, isNumber: true, cells };
}
