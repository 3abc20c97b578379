import type { Counter, Facts } from '$lib/api'
import { clean } from '$lib/i18n/clean'
import { fmt, worded } from '$lib/i18n/index.svelte'

/** 7 families. */
export function counted({ key, label, rows }: Counter): string {
  return worded(`profile.counter.${key}.count`, { n: rows }) ?? `${fmt().number(rows)} ${clean(label ?? key)}`
}

/** 7 families, 21 users: what people count an application by. */
export function countersLine(facts: Facts, most = 3): string {
  return (facts.counters ?? [])
    .filter((counter) => counter.rows >= 0)
    .slice(0, most)
    .map(counted)
    .join(', ')
}
