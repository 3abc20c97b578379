import { readFileSync } from 'node:fs'

/**
 * wordsOf returns the window's own words in a language, "en" or "pt-BR": a function from a key and its arguments. It
 * reads the file that the window is built from, which holds nothing but one object of strings.
 */
export function wordsOf(language) {
  const source = readFileSync(new URL(`../frontend/src/lib/i18n/${language}.ts`, import.meta.url), 'utf8')
  const literal = source.slice(source.indexOf('{', source.indexOf('export const')), source.lastIndexOf('}') + 1)
  const words = new Function(`return ${literal.replace(/\}\s*(as const|satisfies)[\s\S]*$/, '}')}`)()
  return (key, args = {}) => {
    if (!(key in words)) throw new Error(`no words for ${key} in ${language}`)
    return words[key].replace(/\{(\w+)\}/g, (whole, name) => args[name] ?? whole)
  }
}
