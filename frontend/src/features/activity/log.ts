import { clean } from '$lib/i18n/clean'
import { fmt } from '$lib/i18n/index.svelte'

/** A line of the log as a person reads it: time, level, module, message, fields. What is no JSON stays as it is. */
export function readable(line: string): string {
  let entry: unknown
  try {
    entry = JSON.parse(line)
  } catch {
    return clean(line)
  }
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return clean(line)
  const { time, level, module, message, ...fields } = entry as Record<string, unknown>
  const at = typeof time === 'string' || typeof time === 'number' ? new Date(time).getTime() : NaN
  const rest = Object.entries(fields).map(([key, value]) => `${key}=${plain(value)}`)
  return [
    Number.isNaN(at) ? '' : `${fmt().shortDay(at)} ${fmt().seconds(at)}`,
    plain(level).toUpperCase().padEnd(5),
    `[${plain(module).toUpperCase()}]`,
    plain(message),
    ...rest,
  ]
    .filter((part) => part.trim() !== '' && part !== '[]')
    .map(clean)
    .join('  ')
}

function plain(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}
