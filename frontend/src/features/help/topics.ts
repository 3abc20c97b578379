import type { Topic } from '$lib/state/navigation.svelte'

/** A page of the help. Text: paragraphs with a blank line between them; lines that begin with "## " (a heading), "- " (a list), "$ " (a command); **bold** and `code`. */
export interface HelpPage {
  title: string
  text: string
}
export type HelpPages = Record<Topic, HelpPage>

export type Block =
  | { kind: 'heading'; text: string }
  | { kind: 'command'; text: string }
  | { kind: 'text'; text: string }
  | { kind: 'list'; items: string[] }

/** The blocks that a page is drawn of. */
export function blocksOf(text: string): Block[] {
  return text
    .trim()
    .split(/\n{2,}/)
    .map((block): Block => {
      if (block.startsWith('## ')) return { kind: 'heading', text: block.slice(3) }
      if (block.startsWith('$ ')) return { kind: 'command', text: block.slice(2) }
      if (block.startsWith('- ')) return { kind: 'list', items: block.slice(2).split(/\n- /) }
      return { kind: 'text', text: block }
    })
}

/** A line in pieces: what is bold, and what is code. */
export function piecesOf(line: string): { text: string; as: 'b' | 'code' | '' }[] {
  return line
    .split(/(\*\*[^*]+\*\*|`[^`]+`)/)
    .filter((piece) => piece !== '')
    .map((piece) => {
      if (piece.startsWith('**')) return { text: piece.slice(2, -2), as: 'b' }
      return piece.startsWith('`') ? { text: piece.slice(1, -1), as: 'code' } : { text: piece, as: '' }
    })
}

/** Capitals and accents make no difference. */
const folded = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

const TITLE = 100

/** The topics in which all words of the search are: those with one in their title first, then by how often they say it. */
export function find(pages: HelpPages, search: string): Topic[] {
  const words = folded(search).split(/\s+/).filter(Boolean)
  const often = (word: string, text: string) => folded(text).split(word).length - 1
  const rank = ({ title, text }: HelpPage) => {
    const counts = words.map((word) => TITLE * often(word, title) + often(word, text))
    return counts.includes(0) ? -1 : counts.reduce((sum, n) => sum + n, 0)
  }
  return (Object.entries(pages) as [Topic, HelpPage][])
    .map(([topic, page]) => ({ topic, rank: rank(page) }))
    .filter((each) => each.rank >= 0)
    .sort((a, b) => b.rank - a.rank)
    .map((each) => each.topic)
}
