import type { Facts } from '$lib/api'
import { fmt, worded } from '$lib/i18n/index.svelte'

/** 7 families. */
export function counted(key: string, n: number): string {
  return worded(`profile.counter.${key}.count`, { n }) ?? `${fmt().number(n)} ${key}`
}

/** 7 families, 21 users: what people count an application by. */
export function countersLine(facts: Facts, most = 3): string {
  return (facts.counters ?? [])
    .slice(0, most)
    .map((c) => counted(c.key, c.rows))
    .join(', ')
}
