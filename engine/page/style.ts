/** How a page looks: light and dark as the reader prefers, one column on a phone, black on white on paper. */
export const STYLE = `
:root { color-scheme: light dark; --paper: #fff; --ink: #1b1f24; --soft: #5b6470; --line: #d5dae0; --raised: #f5f7f9; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #14171b; --ink: #e8eaed; --soft: #a4adb8; --line: #3a414a; --raised: #1d2127; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
header, main, footer { max-width: 62rem; margin: 0 auto; padding: 0 1rem; }
h1 { font-size: 1.7rem; margin: 1.2rem 0 0; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin: 0 0 .4rem; overflow-wrap: anywhere; }
h3 { font-size: 1.1rem; margin: 0 0 .4rem; }
p { margin: .3rem 0 .6rem; }
a { color: inherit; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--paper); padding: .3rem .6rem; }
.soft, figcaption { color: var(--soft); font-size: .92rem; }
.panel { border-top: 1px solid var(--line); padding: 1rem 0 .6rem; }
figure { margin: .4rem 0; }
.plot { width: 100%; min-height: 4rem; }
.plot svg { display: block; max-width: 100%; }
select { font: inherit; max-width: 100%; padding: .2rem .4rem; color: var(--ink); background: var(--raised);
  border: 1px solid var(--soft); border-radius: .25rem; }
:focus-visible { outline: 3px solid #2f7fbf; outline-offset: 2px; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: .6rem 0; }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.facts dd div + div { color: var(--soft); }
.claims { list-style: none; padding: 0; margin: .4rem 0; }
.claims li { margin: 0 0 .7rem; padding-left: .8rem; border-left: .25rem solid #2f7fbf; }
.claims li.fails { border-left: .25rem double #d1495b; }
.claims strong { display: block; }
.warning { border: 2px solid #d1495b; padding: .5rem .8rem; }
details > summary { cursor: pointer; }
.feeder > summary { padding: .8rem 0; border-top: 1px solid var(--line); }
.feeder > summary h2 { display: inline; }
.scroll { max-height: 24rem; overflow: auto; }
table { border-collapse: collapse; font-size: .88rem; }
th, td { padding: .15rem .6rem; text-align: left; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
thead th { position: sticky; top: 0; background: var(--paper); }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
#tip { position: fixed; z-index: 1; pointer-events: none; white-space: pre-line; max-width: 20rem;
  overflow-wrap: anywhere; font-size: .85rem; line-height: 1.35; padding: .35rem .55rem; color: var(--ink);
  background: var(--raised); border: 1px solid var(--soft); border-radius: .25rem; }
#tip[hidden] { display: none; }
@media (max-width: 34rem) {
  .facts { grid-template-columns: 1fr; gap: 0; }
  .facts dd { margin: 0 0 .5rem; }
}
@media print {
  :root { color-scheme: light; --paper: #fff; --ink: #000; --soft: #333; --line: #999; --raised: #fff; }
  body { font-size: 10pt; }
  header, main, footer { max-width: none; padding: 0; }
  .skip, .table, #tip, nav { display: none; }
  .panel, figure, .claims li { break-inside: avoid; }
  .plot svg { width: 100%; height: auto; max-height: 20cm; }
  select { border: 0; appearance: none; padding: 0; background: none; }
}
`;
