// When a schedule runs, in words. Go has read its text; here is only said what it found.
import type { Rule } from '$lib/api'
import { locale, t } from '$lib/i18n/index.svelte'

/** "every hour, 8 to 19, Mon to Fri"; the text itself where Go could not read it. */
export function whenWords(rule: Rule | null, text: string): string {
  if (!rule) return text
  const day = days(rule)
  const month = rule.months.length > 0 ? [t('when.months', { months: list(rule.months.map(monthName)) })] : []
  const times = clocks(rule)
  if (times === undefined) return [...often(rule), ...day, ...month].join(', ')
  const [weekday, ...others] = rule.weekdays
  if (weekday !== undefined && others.length === 0 && !rule.either && rule.days.length === 0 && !rule.last)
    return [t('when.weekly', { weekday: t(WEEKDAYS[weekday] ?? 'when.0'), times }), ...month].join(', ')
  if (day.length === 0) return [t('when.daily', { times }), ...month].join(', ')
  return [t('when.at', { times }), ...day, ...month].join(', ')
}

/** The weekdays, Monday first, for a choice. */
export const weekdays = () =>
  [1, 2, 3, 4, 5, 6, 0].map((n) => ({ value: NAMES[n] ?? '', label: weekdayName(n, 'long') }))

/** Weekdays as a rule's text spells them. */
export const NAMES = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const WEEKDAYS = ['when.0', 'when.1', 'when.2', 'when.3', 'when.4', 'when.5', 'when.6'] as const

const pad = (n: number) => String(n).padStart(2, '0')
const dates = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(locale.language === 'en' ? 'en-GB' : locale.language, { ...options, timeZone: 'UTC' })
// The 4th of January 2026 is a Sunday.
const weekdayName = (n: number, weekday: 'short' | 'long') => dates({ weekday }).format(Date.UTC(2026, 0, 4 + n))
const monthName = (n: number) => dates({ month: 'long' }).format(Date.UTC(2026, n - 1, 1))
const list = (words: string[]) => new Intl.ListFormat(locale.language, { type: 'conjunction' }).format(words)

/** A few times of day, as 03:00 and 15:00; undefined where they are many. */
function clocks({ hours, minutes }: Rule): string | undefined {
  if (hours.length === 0 || minutes.length === 0 || hours.length * minutes.length > 4) return undefined
  return list(hours.flatMap((hour) => minutes.map((minute) => `${pad(hour)}:${pad(minute)}`)))
}

/** How often within the hours, and which these are. */
function often({ hours, minutes }: Rule): string[] {
  const within = hours.length === 0 ? [] : [spans(hours, String) ?? t('when.hours', { hours: list(hours.map(String)) })]
  return [withinHour(minutes), ...within]
}

function withinHour(minutes: number[]): string {
  const [first = 0, second] = minutes
  if (minutes.length === 0) return t('when.everyMinute')
  if (minutes.length === 1) return first === 0 ? t('when.hourly') : t('when.hourlyAt', { at: `:${pad(first)}` })
  const step = (second ?? 0) - first
  if (first === 0 && 60 % step === 0 && minutes.length === 60 / step && minutes.every((m, i) => m === i * step))
    return t('when.everyMinutes', { n: step })
  return t('when.hourlyAt', { at: list(minutes.map((m) => `:${pad(m)}`)) })
}

/** On which days; nothing for all of them. */
function days({ days, last, weekdays, either }: Rule): string[] {
  const ofMonth = [...days.map(String), ...(last ? [t('when.last')] : [])]
  const month =
    ofMonth.length === 0
      ? []
      : [last && days.length === 0 ? t('when.lastDay') : t('when.days', { days: list(ofMonth) })]
  const short = (n: number) => weekdayName(n, 'short')
  // A week of words begins on Monday.
  const sorted = weekdays.toSorted((a, b) => ((a + 6) % 7) - ((b + 6) % 7))
  const week = weekdays.length === 0 ? [] : [spans(sorted, short, 7) ?? list(sorted.map(short))]
  return either ? [[...month, ...week].join(t('when.or'))] : [...month, ...week]
}

/** "8 to 19" of three values or more that follow each other. */
function spans(values: number[], name: (n: number) => string, round = Infinity): string | undefined {
  const [from = 0] = values
  const to = values.at(-1) ?? 0
  const follow = values.every((n, i) => i === 0 || n === ((values[i - 1] ?? 0) + 1) % round)
  return values.length > 2 && follow ? t('when.span', { from: name(from), to: name(to) }) : undefined
}
