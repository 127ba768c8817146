import { marked, type Token, type Tokens } from 'marked'
import pdfMake from 'pdfmake/build/pdfmake.js'
import fontFiles from 'pdfmake/build/vfs_fonts.js'

import { lightChartTheme, renderChartSvg } from '#shared/charts/index'

import { renderMarkdown } from './render-markdown'
import { reportCharts } from './report-charts'
import type { ReportInput } from './report-input'
import { reportRun } from './report-run'

type Definition = Parameters<typeof pdfMake.createPdf>[0]
type Content = Definition['content']

/** Width of what is on a page (A4 across, less margins), in points. */
const PAGE_WIDTH = 780
const MARGIN = 30
/** Outlines of letters, which PDF would draw over the letters (it knows no paint-order). */
const TEXT_OUTLINE = /(<text[^>]*?) stroke="[^"]*"/gu
/** Before this heading the charts stand. */
const AFTER_CHARTS = 'All figures'

/** A report of a run as PDF: the text of the Markdown report, with its charts. */
export async function renderPdf(input: ReportInput): Promise<Uint8Array> {
  const tokens = marked.lexer(renderMarkdown(input))
  const split = tokens.findIndex((token) => token.type === 'heading' && token['text'] === AFTER_CHARTS)
  const end = split < 0 ? tokens.length : split
  const definition: Definition = {
    pageSize: 'A4',
    pageOrientation: 'landscape',
    pageMargins: MARGIN,
    defaultStyle: { fontSize: 9, lineHeight: 1.15 },
    info: { title: `${input.run.entry.lab}: comparison report` },
    footer: (page, pages) => ({ text: `${page} / ${pages}`, alignment: 'right', margin: [0, 0, MARGIN, 0], fontSize: 7 }),
    content: [...tokens.slice(0, end).flatMap(blockOf), ...charts(input), ...tokens.slice(end).flatMap(blockOf)],
  }
  pdfMake.addVirtualFileSystem(fontFiles)
  return pdfMake.createPdf(definition).getBuffer()
}

function charts({ run }: ReportInput): Content[] {
  if (run.result.variants.every(({ seeds }) => seeds.length === 0)) return []
  return reportCharts(reportRun(run)).map(({ chart, wide }): Content => {
    const width = wide ? PAGE_WIDTH : PAGE_WIDTH / 2
    const svg = renderChartSvg(chart, { theme: lightChartTheme, frame: 'file', hidden: new Set(), width })
    return { svg: svg.replaceAll(TEXT_OUTLINE, '$1'), width, margin: [0, 0, 0, 10] }
  })
}

/** What a block of Markdown is on a page; nothing for blank lines. */
function blockOf(token: Token): Content[] {
  switch (token.type) {
    case 'heading': {
      const { depth, tokens } = token as Tokens.Heading
      return [{ text: inline(tokens), fontSize: 20 - 4 * Math.min(depth, 3), bold: true, margin: [0, 10, 0, 4] }]
    }
    case 'paragraph':
      return [{ text: inline((token as Tokens.Paragraph).tokens), margin: [0, 0, 0, 5] }]
    case 'blockquote':
      return [{ stack: (token as Tokens.Blockquote).tokens.flatMap(blockOf), margin: [12, 0, 0, 0], color: '#444444' }]
    case 'list':
      return [{ ul: (token as Tokens.List).items.map(({ tokens }) => ({ text: inline(tokens) })), margin: [0, 0, 0, 5] }]
    case 'code':
      return [{ text: plain((token as Tokens.Code).text), fontSize: 7, preserveLeadingSpaces: true, margin: [0, 0, 0, 5] }]
    case 'table':
      return [tableOf(token as Tokens.Table)]
    default:
      return []
  }
}

function tableOf({ header, rows }: Tokens.Table): Content {
  const cell = ({ tokens, align }: Tokens.TableCell, bold: boolean): Content => ({ text: inline(tokens), bold, alignment: align ?? 'left' })
  const body = [header.map((each) => cell(each, true)), ...rows.map((row) => row.map((each) => cell(each, false)))]
  return { table: { headerRows: 1, widths: header.map((_, index) => (index === 0 ? 'auto' : '*')), body }, layout: 'lightHorizontalLines', fontSize: 7, margin: [0, 0, 0, 8] }
}

/** The text of a block with its emphasis. */
function inline(tokens: readonly Token[]): Content[] {
  return tokens.map((token): Content => {
    const inner = 'tokens' in token && token.tokens !== undefined && token.tokens.length > 0 ? inline(token.tokens) : plain('text' in token ? String(token.text) : token.raw)
    return { text: inner, ...(token.type === 'strong' ? { bold: true } : {}) }
  })
}

/** A text in letters that the embedded font has: Roboto has no arrows. */
function plain(text: string): string {
  return text.replaceAll('→', '->').replaceAll('↔', '<->')
}
