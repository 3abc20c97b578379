import type { Language } from '../api'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const NBSP = '\u00a0'
const MINUS = '\u2212'
const UNKNOWN = '–'
const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const

/** Numbers, sizes, durations and dates as a language writes them. Times are Unix milliseconds. */
export interface Formats {
  /** 48,312. */
  number(n: number): string
  /** 115.5k: for the axis of a chart. */
  compact(n: number): string
  /** +7, −214. */
  delta(n: number): string
  /** 62 %. */
  percent(n: number): string
  /** Decimal, one digit under 100: 8.6 MB. */
  bytes(n: number): string
  /** The exact size, for a title. */
  exactBytes(n: number): string
  /** The number of a size in the unit of another one, for an axis: 5, where the other is 8.6 MB. */
  bytesLike(n: number, of: number): string
  /** A time that was measured: 0.4 s, 19 s, 2 min 05 s. */
  duration(ms: number): string
  /** A time that is expected: under 1 s, about 20 s. */
  estimate(ms: number): string
  /** 14:14. */
  clock(at: number): string
  /** 14:14:05. */
  seconds(at: number): string
  /** today 14:14 · yesterday 03:12 · tomorrow 03:00 · 20 Dec, 03:00 · 20 Dec 2024, 03:00. */
  moment(at: number): string
  /** 18 minutes ago. */
  ago(at: number): string
  /** in 28 minutes · now, where it is not to come. */
  until(at: number): string
  /** The days of the week from Monday on: M, Monday. */
  weekdays: { short: string; long: string }[]
  /** Today · Yesterday · Saturday, 20 December: as a heading. */
  day(at: number): string
  /** The same within a sentence: sábado, 20 de dezembro. */
  dayWithin(at: number): string
  /** December 2025: as a heading. */
  month(at: number): string
  /** 20 Dec. */
  shortDay(at: number): string
  /** The full date, with its zone, for a title. */
  full(at: number): string
  /** A, B and C: in pieces, of which every other one is an item. */
  list(items: string[]): { text: string; item: boolean }[]
}

// en-GB writes dates as Cofre does, but for "Sept".
const ways: Record<Language, { locale: string; months: string; now: string; about: string; under: string }> = {
  en: { locale: 'en-GB', months: 'en-US', now: 'just now', about: 'about', under: 'under' },
  'pt-BR': {
    locale: 'pt-BR',
    months: 'pt-BR',
    now: 'agora mesmo',
    about: 'cerca de',
    under: 'menos de',
  },
}

/** What dates are counted from, and the zone that they are shown in (the system's where none is named). */
export interface Today {
  now?: () => number
  timeZone?: string
}

/** Makes the formats of a language. */
export function makeFormats(language: Language, { now = Date.now, timeZone }: Today = {}): Formats {
  const way = ways[language]
  const { locale } = way
  const zone = timeZone === undefined ? {} : { timeZone }
  const dates = (options: Intl.DateTimeFormatOptions, as = locale) =>
    new Intl.DateTimeFormat(as, { ...options, ...zone, hourCycle: 'h23' })

  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 })
  const tenths = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 })
  const signed = new Intl.NumberFormat(locale, { signDisplay: 'exceptZero' })
  const short = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 })
  const clock = dates({ hour: '2-digit', minute: '2-digit' })
  const seconds = dates({ hour: '2-digit', minute: '2-digit', second: '2-digit' })
  const day = dates({ day: 'numeric' })
  const month = dates({ month: 'short' }, way.months)
  const longMonth = dates({ month: 'long' })
  const wholeMonth = dates({ month: 'long', year: 'numeric' })
  const weekday = dates({ weekday: 'long' })
  const year = dates({ year: 'numeric' })
  const full = dates({ dateStyle: 'full', timeStyle: 'long' })
  const iso = new Intl.DateTimeFormat('en-CA', { ...zone, year: 'numeric', month: '2-digit', day: '2-digit' })
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'always' })
  const named = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const list = new Intl.ListFormat(locale, { type: 'conjunction' })

  const daysSince = (at: number) => Math.round((Date.parse(iso.format(now())) - Date.parse(iso.format(at))) / DAY)
  const thisYear = (at: number) => year.format(at) === year.format(now())
  const shortDay = (at: number) => `${day.format(at)} ${month.format(at)}`

  const f: Formats = {
    number: (n) => whole.format(n).replace('-', MINUS),
    compact: (n) => (n < 1000 ? whole.format(n) : short.format(n).toLowerCase().replace(/\s/g, NBSP)),
    delta: (n) => signed.format(n).replace('-', MINUS),
    percent: (n) => `${whole.format(Math.floor(n))}${NBSP}%`,
    bytes(n) {
      if (n < 0) return UNKNOWN
      const power = unitOf(n)
      const scaled = n / 1000 ** power
      const value = power > 0 && scaled < 99.95 ? tenths.format(scaled) : whole.format(Math.round(scaled))
      return `${value}${NBSP}${UNITS[power] ?? 'B'}`
    },
    exactBytes: (n) => (n < 0 ? UNKNOWN : `${whole.format(n)}${NBSP}B`),
    bytesLike: (n, of) => whole.format(n / 1000 ** unitOf(of)),
    duration(ms) {
      if (ms < 50) return `${way.under} ${tenths.format(0.1)}${NBSP}s`
      if (ms < 9_950) return `${tenths.format(ms / 1000)}${NBSP}s`
      const s = Math.round(ms / 1000)
      if (s < 60) return `${s}${NBSP}s`
      if (s < 3600) return `${Math.floor(s / 60)}${NBSP}min${NBSP}${pad(s % 60)}${NBSP}s`
      const minutes = Math.round(ms / MINUTE)
      return `${Math.floor(minutes / 60)}${NBSP}h${NBSP}${pad(minutes % 60)}${NBSP}min`
    },
    estimate(ms) {
      if (ms < 1000) return `${way.under} 1${NBSP}s`
      const s = Math.round(ms / 1000)
      return `${way.about} ${s < 60 ? `${s}${NBSP}s` : f.duration(s * 1000)}`
    },
    clock: (at) => clock.format(at),
    seconds: (at) => seconds.format(at),
    moment(at) {
      if (at <= 0) return UNKNOWN
      const days = daysSince(at)
      if (Math.abs(days) <= 1) return `${named.format(-days, 'day')} ${clock.format(at)}`
      return `${shortDay(at)}${thisYear(at) ? '' : ` ${year.format(at)}`}, ${clock.format(at)}`
    },
    ago(at) {
      if (at <= 0) return UNKNOWN
      const past = now() - at
      if (past < MINUTE) return way.now
      if (past < HOUR) return relative.format(-Math.floor(past / MINUTE), 'minute')
      if (past < DAY) return relative.format(-Math.floor(past / HOUR), 'hour')
      return relative.format(-daysSince(at), 'day')
    },
    until(at) {
      const wait = at - now()
      if (wait <= 0) return named.format(0, 'second')
      if (wait < HOUR) return relative.format(Math.ceil(wait / MINUTE), 'minute')
      if (wait < DAY) return relative.format(Math.round(wait / HOUR), 'hour')
      return relative.format(-daysSince(at), 'day')
    },
    weekdays: Array.from({ length: 7 }, (_, i) => {
      const date = Date.UTC(2024, 0, 1 + i) // the first one was a Monday
      const name = (length: 'narrow' | 'long') =>
        new Intl.DateTimeFormat(locale, { weekday: length, timeZone: 'UTC' }).format(date)
      return { short: name('narrow'), long: name('long') }
    }),
    day: (at) => capital(f.dayWithin(at)),
    dayWithin(at) {
      const days = daysSince(at)
      if (days === 0 || days === 1) return named.format(-days, 'day')
      const of = language === 'pt-BR' ? ' de ' : ' '
      const date = `${day.format(at)}${of}${longMonth.format(at)}${thisYear(at) ? '' : `${of}${year.format(at)}`}`
      return `${weekday.format(at)}, ${date}`
    },
    month: (at) => capital(wholeMonth.format(at)),
    shortDay,
    full: (at) => (at <= 0 ? UNKNOWN : full.format(at)),
    list: (items) => list.formatToParts(items).map((part) => ({ text: part.value, item: part.type === 'element' })),
  }
  return f
}

/** The power of a thousand that a size is told in: 999,600 bytes are 1.0 MB, not 1,000 kB. */
function unitOf(n: number): number {
  const power = Math.floor(Math.log10(Math.max(1, n * 1.0005003)) / 3)
  return Math.min(UNITS.length - 1, Math.max(0, power))
}

function pad(n: number): string {
  return String(n).padStart(2, '0')
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
