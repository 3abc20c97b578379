// The same characters as in internal/text, clean.go: control characters, separators of lines and paragraphs, and
// embeddings, overrides and isolates of the bidirectional algorithm.
const moves = /[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu
const movesButLines = /(?![\n\t])[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu

/**
 * A name from outside (of a file, a table, a person, a database) as it may be shown: in place of what would begin a
 * line or turn the direction of what follows stands U+FFFD. For the eye only; what goes back to Go stays as it is.
 */
export function clean(name: string): string {
  return name.replace(moves, '\ufffd')
}

/** The same for the words of another program, which keep their lines and tabs. */
export function cleanLines(words: string): string {
  return words.replaceAll('\r\n', '\n').replace(movesButLines, '\ufffd')
}
