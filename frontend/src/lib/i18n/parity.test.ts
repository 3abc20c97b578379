import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { en } from './en'
import { ptBR } from './pt-BR'

const names = (template: string) => [...template.matchAll(/\{(\w+)/g)].map((match) => match[1]).sort()
const keys = Object.keys(en) as (keyof typeof en)[]

test('both languages have the same keys', () => {
  expect(Object.keys(ptBR).sort()).toEqual([...keys].sort())
})

test('both languages mention the same values', () => {
  for (const key of keys) expect(names(ptBR[key]), key).toEqual(names(en[key]))
})

test('no key is unused', () => {
  const sources = read('src').filter(([path]) => /\.(svelte|ts)$/.test(path) && !/i18n\/(en|pt-BR)\.ts$/.test(path))
  const text = sources.map(([, content]) => content).join('\n')
  // A key with a variable part is written as a template: `status.${overview.status}.title`.
  const patterns = [...text.matchAll(/`([a-zA-Z]+\.[^`\s]*\$\{[^`]*)`/g)].map(
    ([, template = '']) => new RegExp(`^${template.replace(/\$\{[^}]*\}/g, '[\\w-]+').replaceAll('.', '\\.')}$`),
  )
  const unused = keys.filter(
    (key) => !text.includes(`'${key}'`) && !text.includes(`"${key}"`) && !patterns.some((p) => p.test(key)),
  )
  expect(unused).toEqual([])
})

test('the voice has no exclamation marks', () => {
  for (const [key, text] of [...Object.entries(en), ...Object.entries(ptBR)]) expect(text, key).not.toMatch(/!/)
})

function read(folder: string): [string, string][] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path, readFileSync(path, 'utf8')])
}
