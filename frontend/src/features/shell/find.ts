/** Without accents and case, as people type when they look for something. */
function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}

/**
 * How well text is what query looks for: 0 where it is not. Every word of query has to be in it: best at the beginning
 * of a word, else anywhere, else at least its letters in that order.
 */
export function matches(query: string, text: string): number {
  const inside = fold(text)
  let least = 1
  for (const word of fold(query).split(/\s+/).filter(Boolean)) {
    const how = matchesWord(word, inside)
    if (how === 0) return 0
    least = Math.min(least, how)
  }
  return least
}

function matchesWord(word: string, text: string): number {
  const at = text.indexOf(word)
  if (at === 0) return 1
  if (at > 0) return /[\p{L}\p{N}]/u.test(text[text.indexOf(word) - 1] ?? '') ? 0.6 : 0.8
  let next = 0
  for (const letter of word) {
    next = text.indexOf(letter, next) + 1
    if (next === 0) return 0
  }
  return 0.2
}

/** The best of the choices, best first and else in their order; all of them, up to most, where nothing is looked for. */
export function best<T>(query: string, choices: T[], text: (choice: T) => string, most: number): T[] {
  return choices
    .map((choice) => ({ choice, how: matches(query, text(choice)) }))
    .filter(({ how }) => how > 0)
    .sort((a, b) => b.how - a.how)
    .slice(0, most)
    .map(({ choice }) => choice)
}
