import { createSubscriber } from 'svelte/reactivity'
import type { Check, Failure, Language } from '../api'
import { en, type Key } from './en'
import { makeFormats, type Formats } from './format'
import { ptBR } from './pt-BR'
import { shared, sharedUnder } from './shared'
import { fill, segments, type Args, type Segment } from './template'

export type { Key } from './en'
export type { Formats } from './format'
export type { Args, Segment } from './template'

const dictionaries: Record<Language, Record<Key, string>> = { en, 'pt-BR': ptBR }
const formats: Partial<Record<Language, Formats>> = {}

// Whatever shows a time relative to now is drawn again every half minute, while it is shown.
const everyHalfMinute = createSubscriber((update) => {
  const timer = setInterval(update, 30_000)
  return () => clearInterval(timer)
})

function now(): number {
  everyHalfMinute()
  return Date.now()
}

/** The language of the window. Everything that reads words or formats follows a change at once. */
class Locale {
  language = $state<Language>('en')
  readonly formats = $derived((formats[this.language] ??= makeFormats(this.language, { now })))
}

export const locale = new Locale()

function speech() {
  const language = locale.language
  return { formats: locale.formats, word: (key: string) => shared(language, key) }
}

/** The window's own words. */
export function t(key: Key, args: Args = {}): string {
  return fill(dictionaries[locale.language][key], args, speech())
}

/** The same, in pieces, for a component that draws an argument in its own way. */
export function pieces(key: Key, args: Args = {}): Segment[] {
  return segments(dictionaries[locale.language][key], args, speech())
}

/** Words that Go and the window share, by a key that Go sent; undefined where there are none. */
export function worded(key: string, args: Args | null = {}): string | undefined {
  const template = shared(locale.language, key)
  return template === undefined ? undefined : fill(template, args ?? {}, speech())
}

/** What follows a prefix in the keys of such words, in the order in which they are written. */
export function wordedUnder(prefix: string): string[] {
  return sharedUnder(locale.language, prefix)
}

/** Numbers, sizes, durations and dates in the window's language. */
export function fmt(): Formats {
  return locale.formats
}

/** An error in words: what happened, what is behind it, what to do. */
export interface Told {
  message: string
  details: string | undefined
  hint: string | undefined
}

/**
 * Words an error, as internal/text does: a reason that has no words is worded by its code, the details end
 * with the error that caused this one, and its hint stands in where there is none.
 */
export function told(failure: Failure): Told {
  const { args } = failure
  const named = `error.${failure.reason}`
  const name = worded(`${named}.message`, args) === undefined ? `error.${failure.code}` : named
  const cause = failure.cause ? told(failure.cause) : undefined
  const details = [worded(`${name}.details`, args), cause?.message, cause?.details].filter(Boolean).join('\n')
  return {
    message: worded(`${name}.message`, args) ?? t('failure.unknown', { reason: failure.reason }),
    details: details || undefined,
    hint: worded(`${name}.hint`, args) ?? cause?.hint,
  }
}

/** A finding of a plan in words. */
export function checked(check: Check): Told {
  return {
    message: worded(`check.${check.code}.message`, check.args) ?? t('failure.unknown', { reason: check.code }),
    details: worded(`check.${check.code}.details`, check.args),
    hint: worded(`check.${check.code}.hint`, check.args),
  }
}
