/** The report's style: the window's light tokens on a page 960 pixels wide, and on A4 or Letter paper. */
export const reportStyle = `
:root {
  --text: #181b22; --muted: #4d5563; --faint: #666e7c; --border: #e3e6eb; --strong: #c8ced8; --sunken: #f3f4f7;
  --better: #1a7a41; --worse: #c3242c; --warning: #8f5600; --warning-soft: #fdf2dd; --error-soft: #fdebec; --accent: #0c7469;
  color-scheme: light;
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: #fff; color: var(--text);
  font: 400 14px/1.5 Inter, system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif;
  -webkit-print-color-adjust: exact; print-color-adjust: exact;
}
main { max-width: 1008px; margin: 0 auto; padding: 40px 24px 64px; }
h1 { margin: 0 0 4px; font-size: 28px; line-height: 1.2; letter-spacing: -0.015em; }
h2 { margin: 44px 0 12px; font-size: 19px; line-height: 1.3; letter-spacing: -0.01em; }
h3 { margin: 0; font-size: 14px; line-height: 1.4; }
p { margin: 0; }
a { color: var(--accent); }
code, pre { font-family: ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; font-size: 0.9em; }
pre { margin: 0; padding: 12px 14px; overflow: auto; border: 1px solid var(--border); border-radius: 6px; background: var(--sunken); white-space: pre-wrap; }
.eyebrow { margin-bottom: 8px; color: var(--accent); font-size: 12px; font-weight: 600; letter-spacing: 0.04em; }
.lead { max-width: 70ch; color: var(--muted); font-size: 15px; }
.facts { display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 14px 0 0; padding: 0; color: var(--faint); font-size: 12px; list-style: none; }
.facts b { color: var(--muted); font-weight: 600; }
.notice { margin-top: 12px; padding: 8px 12px; border-radius: 6px; background: var(--warning-soft); font-size: 13px; }
.notice.error { background: var(--error-soft); }
.notes { max-width: 76ch; margin: 0; padding-left: 18px; color: var(--muted); }
.notes li { margin: 4px 0; }
.explanation { color: var(--faint); font-size: 12px; }
table { width: 100%; border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; }
caption { padding-bottom: 6px; color: var(--faint); font-size: 12px; text-align: left; }
th, td { padding: 6px 10px; border-bottom: 1px solid var(--border); text-align: left; vertical-align: top; }
thead th { border-bottom-color: var(--strong); color: var(--muted); font-size: 12px; font-weight: 600; white-space: nowrap; }
th:first-child, td:first-child { padding-left: 0; }
th:last-child, td:last-child { padding-right: 0; }
.number { text-align: right; white-space: nowrap; }
.of { display: block; color: var(--faint); font-size: 11px; font-weight: 400; }
.summary tbody th { font-size: 14px; }
.summary .value { display: block; font-size: 17px; font-weight: 650; line-height: 1.3; }
.change { font-size: 12px; font-weight: 500; white-space: nowrap; }
.change small { color: var(--faint); font-size: 11px; font-weight: 400; }
.better { color: var(--better); } .worse { color: var(--worse); } .same, .uncertain { color: var(--faint); }
.figures small { color: var(--faint); font-size: 11px; }
.figures tbody th { font-weight: 500; }
.variant { display: inline-flex; align-items: center; gap: 8px; font-weight: 600; white-space: nowrap; }
.reasons { margin: 0; padding: 0; color: var(--muted); font-size: 12.5px; list-style: none; }
.why { display: grid; grid-template-columns: 180px 1fr; gap: 10px 20px; margin: 18px 0 0; }
.why dt, .why dd { margin: 0; }
.charts { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 20px; }
figure { min-width: 0; margin: 0; padding: 14px 16px 10px; border: 1px solid var(--border); border-radius: 10px; break-inside: avoid; }
figure.wide { grid-column: 1 / -1; }
figure svg, .topology svg { display: block; width: 100%; height: auto; }
figcaption { margin-bottom: 10px; }
details { margin-top: 6px; font-size: 12px; }
summary { width: fit-content; color: var(--faint); cursor: pointer; }
details .scroll { max-height: 320px; margin-top: 6px; overflow: auto; }
details table { font-size: 12px; }
details td, details th { padding: 3px 8px; white-space: nowrap; }
.topology { padding: 16px; border: 1px solid var(--border); border-radius: 10px; break-inside: avoid; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 0 32px; align-items: start; }
.wrap { overflow-wrap: anywhere; }
.scrolls:has(.seven) { overflow-x: auto; }
.seven th:first-child { width: 190px; min-width: 160px; }
.seven td { min-width: 140px; }
.seven tbody th { font-weight: 600; }
.seven .line { display: block; }
.seven .line + .line { margin-top: 3px; }
.claims { margin: 0; }
.claims dt { display: flex; flex-wrap: wrap; gap: 4px 10px; align-items: baseline; margin-top: 14px; font-weight: 600; }
.claims dd { margin: 4px 0 0; break-inside: avoid; }
.verdict { padding: 0 8px; border: 1px solid var(--strong); border-radius: 999px; font-size: 11px; font-weight: 600; }
.verdict.holds { border-color: var(--better); color: var(--better); }
.verdict.fails { border-color: var(--worse); color: var(--worse); }
.verdict.depends { border-color: var(--warning); color: var(--warning); }
.turns { max-width: 92ch; margin-top: 4px; color: var(--faint); font-size: 12px; }
footer { margin-top: 48px; padding-top: 14px; border-top: 1px solid var(--border); color: var(--faint); font-size: 12px; }
@media (max-width: 760px) {
  main { padding: 24px 16px; }
  .charts, .pair, .why { grid-template-columns: minmax(0, 1fr); }
  .scrolls { overflow-x: auto; }
}
@page { margin: 14mm 13mm 16mm; }
@media print {
  body { font-size: 9.5pt; }
  main { max-width: none; padding: 0; }
  h2, h3 { break-after: avoid; }
  h2 { margin-top: 22pt; }
  .charts { gap: 9pt; }
  figure { padding: 8pt 9pt 6pt; }
  .explanation, caption { font-size: 7.5pt; }
  tr, .notice, dd { break-inside: avoid; }
  thead { display: table-header-group; }
  details:not([open]) { display: none; }
  table { font-size: 8pt; }
  .seven td, .seven th:first-child { min-width: 0; }
  th, td { padding: 3pt 6pt; }
  a { color: inherit; text-decoration: none; }
}
`
