import type { Language } from '../api'

// The words that Go and the window share: errors, checks of a plan, reasons of a
// status. One folder a language, one file an area, flat keys.
const files = import.meta.glob<Record<string, string>>('../../../../internal/text/*/*.json', {
  eager: true,
  import: 'default',
})

const words: Record<Language, Record<string, string>> = { en: {}, 'pt-BR': {} }
for (const [path, entries] of Object.entries(files)) {
  const language = path.split('/').at(-2)
  if (language === 'en' || language === 'pt-BR') Object.assign(words[language], entries)
}

/** The shared template of that key, or undefined where there is none. */
export function shared(language: Language, key: string): string | undefined {
  return words[language][key]
}

/** What follows prefix in the keys that begin with it. */
export function sharedUnder(language: Language, prefix: string): string[] {
  return Object.keys(words[language])
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length))
}
