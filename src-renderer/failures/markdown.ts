import { Lexer, type Token, type Tokens } from 'marked'
import { h, type VNode } from 'vue'

/** What elements are made of. */
type Content = (VNode | string)[]

/** Headings of a page begin below those of what it is shown in. */
const FIRST_HEADING = 3

/**
 * Makes elements of Markdown. Only elements that are made here come out: markup in the text is shown as it is written, and
 * links are told, not followed.
 */
export function markdownElements(text: string): VNode[] {
  return new Lexer().lex(text).flatMap(block)
}

function block(token: Token): VNode[] {
  switch (token.type) {
    case 'heading':
      return [h(`h${Math.min(6, FIRST_HEADING - 1 + (token as Tokens.Heading).depth)}`, inline(token))]
    case 'paragraph':
      return [h('p', inline(token))]
    case 'list': {
      const { ordered, items } = token as Tokens.List
      return [h(ordered ? 'ol' : 'ul', items.map((item) => h('li', item.tokens.flatMap((each) => (each.type === 'text' ? inline(each) : block(each))))))]
    }
    case 'blockquote':
      return [h('blockquote', ((token as Tokens.Blockquote).tokens).flatMap(block))]
    case 'code':
      return [h('pre', { tabindex: 0 }, [h('code', (token as Tokens.Code).text)])]
    case 'table':
      return [table(token as Tokens.Table)]
    case 'hr':
      return [h('hr')]
    case 'space':
    case 'def':
      return []
    default:
      return [h('p', token.raw)]
  }
}

function table({ header, rows }: Tokens.Table): VNode {
  return h('table', [
    h('thead', [h('tr', header.map((cell) => h('th', { scope: 'col' }, all(cell.tokens))))]),
    h('tbody', rows.map((row) => h('tr', row.map((cell) => h('td', all(cell.tokens)))))),
  ])
}

/** The parts of a line; a token without parts is its text. */
function inline(token: Token): Content {
  const { tokens } = token as { readonly tokens?: readonly Token[] }
  return tokens === undefined ? [(token as Tokens.Text).text] : all(tokens)
}

function all(tokens: readonly Token[]): Content {
  return tokens.flatMap((token): Content => {
    switch (token.type) {
      case 'strong':
        return [h('strong', inline(token))]
      case 'em':
        return [h('em', inline(token))]
      case 'codespan':
        return [h('code', (token as Tokens.Codespan).text)]
      case 'link':
        return [...inline(token), ` (${(token as Tokens.Link).href})`]
      case 'br':
        return [h('br')]
      case 'text':
      case 'escape':
        return inline(token)
      default:
        return [token.raw]
    }
  })
}
