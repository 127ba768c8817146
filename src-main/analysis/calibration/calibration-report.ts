import type { CalibrationRecord, TableRecord } from './calibration-record'
import type { LeftOut } from './calibrate'

/** A calibration as a page for people, in Markdown. */
export function calibrationReport({ parameters, tables, crossValidation }: CalibrationRecord): string {
  return [
    '# How far off the app is',
    INTRODUCTION,
    '## Tables',
    markdownTable(
      ['table', 'use', 'scored rows', 'median error of ratios', 'pairs in the measured order', 'hosts taken for'],
      tables.map(({ id, title, url, fitted, summary, host }) => [
        url === undefined ? title : `[${title}](${url}) (\`${id}\`)`,
        fitted ? 'fitted' : 'not fitted',
        String(summary.scored),
        percent(summary.medianAbsErrorPct),
        percentOfShare(summary.orderAgreement),
        constantsOf(host),
      ]),
    ),
    '## Fitted factors',
    FACTORS,
    markdownTable(
      ['parameter', 'stands for', 'prior', 'factor', 'after the fit'],
      parameters.map(({ id, description, priorDeviation, factor, deviation }) => [
        `\`${id}\``,
        description,
        `× or ÷ ${Math.exp(priorDeviation).toFixed(2)}`,
        factor.toFixed(2),
        deviation === undefined ? '' : `× or ÷ ${Math.exp(deviation).toFixed(2)}`,
      ]),
    ),
    '## What the fit has not seen',
    CROSS_VALIDATION,
    markdownTable(
      ['left out', 'scored rows', 'median error of ratios', 'pairs in the measured order'],
      crossValidation.map(leftOutCells),
    ),
    ...tables.flatMap(tableSection),
  ].join('\n\n') + '\n'
}

const INTRODUCTION = `Written by \`npm run calibrate\`; the same figures are in \`resources/calibration/residuals.json\` and, as charts, in the app.

Every row of a published table is measured again in the simulation: two nodes with the table's NIC, MTU and cores, the
plugin set up as the row says, the traffic of the tool that was used. A table's facts and its rows of the bare host set the
hosts' constants (clock, wake-up from idle, hold-off of the NIC's completions); nothing else of it does. Ratios are to the
table's baseline of the same metric and number of streams, or to the first such row where there is none. Tables that are
not fitted had no part in the factors below: they show how well the rest holds.`

const FACTORS = `Costs of stages are published figures of single packets, mostly from microbenchmarks, which run one path hot.
Each parameter is one factor on a group of them, in \`resources/calibration/fitted-costs.json\`. Its logarithm has a normal
prior around 0 as wide as the published figures are uncertain; the tables pull it from there. Few parameters that mean
something are preferred to a closer fit.`

const CROSS_VALIDATION = `The fit takes one more step without a table, or without a variant wherever it occurs, and predicts what was left out.`

function tableSection({ title, quality, caveat, rows }: TableRecord): string[] {
  return [
    `## ${title}`,
    [quality === undefined ? '' : `Reading quality: ${quality}.`, caveat ?? ''].filter((text) => text !== '').join(' '),
    markdownTable(
      ['configuration', 'scope', 'metric', 'streams', 'measured', 'predicted', 'ratio', 'predicted', 'off by', 'use'],
      rows.map((row) => [
        row.key,
        row.scope,
        row.metric,
        String(row.streams),
        figure(row.measured),
        figure(row.predicted),
        figure(row.measuredRatio, 3),
        figure(row.predictedRatio, 3),
        percent(row.errorPct),
        row.use,
      ]),
    ),
  ]
}

function leftOutCells({ leftOut, summary }: LeftOut): string[] {
  return [leftOut, String(summary.scored), percent(summary.medianAbsErrorPct), percentOfShare(summary.orderAgreement)]
}

function constantsOf({ ghz, defaults }: TableRecord['host']): string {
  return [`${ghz.toFixed(2)} GHz`, ...Object.entries(defaults).map(([name, value]) => `${name} ${Math.round(value)} ns`)].join(', ')
}

function markdownTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line)].join('\n')
}

function figure(value: number | null, digits = 4): string {
  if (value === null) return '–'
  return Math.abs(value) >= 1000 ? value.toFixed(0) : value.toPrecision(digits)
}

function percent(value: number | null): string {
  return value === null ? '–' : `${value.toFixed(1)} %`
}

function percentOfShare(share: number | null): string {
  return percent(share === null ? null : share * 100)
}
