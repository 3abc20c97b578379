import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

// The contrast that WCAG 2.2 asks for at level AA, computed from the tokens themselves.
const css = readFileSync('src/styles/tokens.css', 'utf8')
const themes = { light: read(':root'), dark: read("[data-theme='dark']") }

const TEXT = 4.5
const MARK = 3
const surfaces = ['bg', 'surface', 'sunken', 'hover', 'raised']

const pairs: [string, string[], number][] = [
  ['ink', [...surfaces, 'accent-soft', 'success-soft', 'attention-soft', 'danger-soft'], TEXT],
  ['ink-2', [...surfaces, 'accent-soft', 'success-soft', 'attention-soft', 'danger-soft'], TEXT],
  ['ink-3', surfaces, TEXT],
  ['accent', ['surface', 'sunken', 'bg', 'raised', 'accent-soft', 'hover'], TEXT],
  ['success', ['surface', 'sunken', 'bg', 'raised', 'success-soft'], TEXT],
  ['attention', ['surface', 'sunken', 'bg', 'raised', 'attention-soft'], TEXT],
  ['danger', ['surface', 'sunken', 'bg', 'raised', 'hover', 'danger-soft'], TEXT],
  ['on-accent', ['accent-fill'], TEXT],
  ['on-success', ['success-fill'], TEXT],
  ['on-attention', ['attention-fill'], TEXT],
  ['on-danger', ['danger-fill'], TEXT],
  ['ink', ['pressed'], TEXT],
  ...['wine', 'copper', 'teal', 'indigo', 'slate'].flatMap((id): [string, string[], number][] => [
    [`id-${id}`, ['surface', 'raised', 'accent-soft'], TEXT],
    ['on-id', [`id-${id}`], TEXT],
  ]),
  ['field', surfaces, MARK],
  ['focus', [...surfaces, 'accent-soft', 'success-soft', 'attention-soft', 'danger-soft'], MARK],
  ['chart', ['surface'], MARK],
  ['chart-past', ['surface'], MARK],
  ['accent-fill', ['surface'], MARK],
]

describe.each(Object.entries(themes))('%s', (_, tokens) => {
  test.each(pairs)('%s keeps its contrast on %s', (front, backs, least) => {
    for (const back of backs) {
      expect(contrast(color(tokens, front), color(tokens, back)), back).toBeGreaterThanOrEqual(least)
    }
  })
})

test('both themes have the same colours', () => {
  expect([...themes.dark.keys()]).toEqual([...themes.light.keys()])
})

function read(selector: string): Map<string, string> {
  const block = css.slice(css.indexOf(`${selector} {`))
  const body = block.slice(0, block.indexOf('}'))
  return new Map([...body.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map(([, name = '', hex = '']) => [name, hex]))
}

function color(tokens: Map<string, string>, name: string): string {
  const hex = tokens.get(name)
  if (hex === undefined) throw new Error(`there is no colour --${name}`)
  return hex
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (light + 0.05) / (dark + 0.05)
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((i) => parseInt(hex.slice(i, i + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
