/** What the page of a trial looks like beyond the others: plots side by side, and a slider that stays in sight. */
export const TRIAL_STYLE = `
html { scroll-padding-top: 4rem; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(27rem, 100%), 1fr)); gap: 0 1.2rem; }
.pair > figure { min-width: 0; }
.scrubber { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; align-items: center; gap: .3rem .7rem;
  padding: .5rem 0; background: var(--paper); border-bottom: 1px solid var(--line); }
.scrubber input { flex: 1 1 12rem; min-width: 0; accent-color: #2f7fbf; height: 1.8rem; }
.scrubber output { font-variant-numeric: tabular-nums; white-space: nowrap; }
.scrubber label { color: var(--soft); }
.scrubber button { font: inherit; min-width: 5rem; padding: .2rem .6rem; color: var(--ink); background: var(--raised);
  border: 1px solid var(--soft); border-radius: .25rem; cursor: pointer; }
[data-plot^="day-"] { cursor: pointer; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(24rem, 100%), 1fr)); gap: .6rem 1.6rem; align-items: start; }
.figures table { width: 100%; }
.figures caption { text-align: left; color: var(--soft); padding: .2rem 0; }
.figures th { font-weight: normal; padding-left: 0; overflow-wrap: normal; }
.figures td:empty::before { content: '–'; }
.scroll th, .scroll td { overflow-wrap: break-word; }
.scroll th[scope="row"] { white-space: nowrap; }
.figures td { white-space: normal; padding-right: 0; }
@media (min-width: 80rem) {
  header, main, footer { max-width: 76rem; }
}
@media print {
  .panel:has(#intervals-1) { display: none; }
  .scrubber { position: static; border: 0; }
  .scrubber button, .scrubber input, .scrubber label { display: none; }
}
`;
