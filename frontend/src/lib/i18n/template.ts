import { clean } from './clean'
import type { Formats } from './format'

/** Values that a sentence mentions, by name. */
export type Args = Readonly<Record<string, unknown>>

/** A piece of a sentence: plain, bold, or the value of an argument (which a component may draw in its own way). */
export interface Segment {
  text: string
  arg?: string
  bold?: boolean
}

/** What a template is filled in with: the language's formats, and its words for values ("word.kind.backup"). */
export interface Speech {
  formats: Formats
  word: (key: string) => string | undefined
}

const UNKNOWN = '–'
const TOKEN = /\{([A-Za-z]\w*)(?::([^|{}]*)\|([^|{}]*))?\}|\*\*/g

/**
 * Fills a template in, by the rules that internal/text has in Go: `{name}` is the argument of that name,
 * `{n:row|rows}` a number and the word that goes with it. A number whose name ends in _bytes is shown as a
 * size, in _ms as a duration, in _at (Unix milliseconds) as a moment. A string S of argument NAME is worded
 * by "word.NAME.S" where there is such a word. The window alone knows `**`, which opens and closes bold.
 */
export function segments(template: string, args: Args, speech: Speech): Segment[] {
  const pieces: Segment[] = []
  let bold = false
  let end = 0
  const push = (text: string, arg?: string) => {
    if (text !== '') pieces.push({ text, ...(arg !== undefined && { arg }), ...(bold && { bold }) })
  }
  for (const match of template.matchAll(TOKEN)) {
    push(template.slice(end, match.index))
    end = match.index + match[0].length
    const [, name, one, many] = match
    if (name === undefined) {
      bold = !bold
      continue
    }
    const value = args[name]
    const shown = show(name, value, speech)
    if (one === undefined || many === undefined) push(shown, name)
    else push(`${shown} ${value === 1 || value === -1 ? one : many}`, name)
  }
  push(template.slice(end))
  return pieces
}

/** The sentence as plain text. */
export function fill(template: string, args: Args, speech: Speech): string {
  return segments(template, args, speech)
    .map((piece) => piece.text)
    .join('')
}

function show(name: string, value: unknown, speech: Speech): string {
  const { formats, word } = speech
  if (typeof value === 'number') {
    if (name.endsWith('_bytes')) return formats.bytes(value)
    if (name.endsWith('_ms')) return formats.duration(value)
    if (name.endsWith('_at')) return formats.moment(value)
    return formats.number(value)
  }
  if (typeof value === 'string') return word(`word.${name}.${value}`) ?? clean(value)
  if (Array.isArray(value)) return value.map((item) => show(name, item, speech)).join(', ')
  return typeof value === 'boolean' ? String(value) : UNKNOWN
}
