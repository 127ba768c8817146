/** A lab that reproduces a failure of real clusters, with its page. */
export interface FailureLab {
  /** Its file's stem, which is the lab's name too. */
  readonly id: string
  readonly title: string
  /** The page's first paragraph, as one line of plain text. */
  readonly summary: string
  /** The page in Markdown, without its title. */
  readonly page: string
  /** The lab file's text. */
  readonly text: string
}

const pages = import.meta.glob<string>('../../resources/labs/failures/*.md', { query: '?raw', import: 'default', eager: true })
const labs = import.meta.glob<string>('../../resources/labs/failures/*.cnilab.yaml', { query: '?raw', import: 'default', eager: true })

/** The failure labs that the app comes with, by title. */
export const FAILURE_LABS: readonly FailureLab[] = Object.entries(labs)
  .flatMap(([path, text]) => {
    const id = path.replace(/^.*\//u, '').replace(/\.cnilab\.yaml$/u, '')
    const page = pages[path.replace(/\.cnilab\.yaml$/u, '.md')]
    return page === undefined ? [] : [{ id, text, ...readPage(page) }]
  })
  .toSorted((a, b) => a.title.localeCompare(b.title, 'en'))

/** Takes a page apart: its title, the paragraph after it, and all but the title. */
export function readPage(page: string): Pick<FailureLab, 'title' | 'summary' | 'page'> {
  const [heading = '', ...rest] = page.trim().split('\n')
  const body = rest.join('\n').trim()
  const [first = ''] = body.split(/\n\s*\n/u)
  return { title: heading.replace(/^#+\s*/u, ''), summary: first.replaceAll(/\s+/gu, ' ').replaceAll(/[*`]/gu, ''), page: body }
}

/** The labs in whose title, page or file's name all words of a query are. */
export function findFailures(all: readonly FailureLab[], query: string): readonly FailureLab[] {
  const words = query.toLowerCase().split(/\s+/u).filter(Boolean)
  const textOf = ({ id, title, page }: FailureLab): string => `${id} ${title} ${page}`.toLowerCase()
  return all.filter((lab) => words.every((word) => textOf(lab).includes(word)))
}
