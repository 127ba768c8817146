import { headlinesOf, headlineValue, humanFigure, shareWithInterval, type ComparedFigure } from '../../analysis/index'
import type { CellContent, Detail } from '../cell'
import type { Compared, ComparedVariant } from '../compared'

/** What the run measured: its headline figures, and behind them all of the run and its traffic. */
export function performanceCell({ name }: ComparedVariant, { result, figures }: Compared): CellContent {
  const headlines = headlinesOf(result).map((headline) => ({ headline, ...headlineValue(figures, name, headline) }))
  return {
    lines: headlines.map(({ headline: { label, of }, value, change }) => {
      const against = change === null ? '' : ` (${change.text})`
      return `${label} ${value}${label === 'CPU' ? ` ${of}` : ''}${against}`
    }),
    details: figures.filter(({ variant, figure: { scope } }) => variant === name && scope !== 'node').map(figureDetail),
  }
}

function figureDetail({ figure, subject, sample, difference }: ComparedFigure): Detail {
  const change = difference?.relative
  const against = change ? ` (${shareWithInterval(change)})` : ''
  return { what: subject === '' ? figure.label : `${figure.label}, ${subject}`, value: `${humanFigure(sample.mean, figure.unit)}${against}`, from: 'run' }
}
