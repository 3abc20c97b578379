import type { Facts, Person, PlanRow, PlanView } from '$lib/api'
import { t } from '$lib/i18n/index.svelte'
import { counted } from '$lib/parts/counted'

/** What a plan takes away and brings, as people would count it. */
export interface Difference {
  gone: string[]
  back: string[]
}

/** By the application's own counters where both sides have them, else by rows. Net: one in, one out is no change. */
export function difference(plan: PlanView): Difference {
  const { current, archive } = plan
  const gone: string[] = []
  const back: string[] = []
  const note = (key: string, by: number) => {
    if (by < 0) gone.push(counted(key, -by))
    if (by > 0) back.push(counted(key, by))
  }
  if (current.profile?.counters && archive.profile?.counters && current.profile.app === archive.profile.app) {
    const after = new Map(archive.profile.counters.map((c) => [c.key, c.rows]))
    for (const now of current.profile.counters) note(now.key, (after.get(now.key) ?? 0) - now.rows)
    const known = new Set(current.profile.counters.map((c) => c.key))
    for (const c of archive.profile.counters) if (!known.has(c.key)) note(c.key, c.rows)
  }
  if (gone.length + back.length > 0) return { gone, back }
  const { lost, gained } = totals(plan.rows)
  if (lost > 0) gone.push(t('plan.rows', { n: lost }))
  if (gained > 0) back.push(t('plan.rows', { n: gained }))
  return { gone, back }
}

/** Rows that leave and rows that come, table by table. */
export function totals(rows: PlanRow[]): { lost: number; gained: number } {
  let lost = 0
  let gained = 0
  for (const row of rows) {
    const by = Math.max(0, row.after) - Math.max(0, row.now)
    if (by < 0) lost -= by
    else gained += by
  }
  return { lost, gained }
}

export interface PeopleChange {
  gone: Person[]
  back: Person[]
  stay: number
}

/** Who leaves and who comes back, where both sides name their people. */
export function peopleChange(now: Facts | null, after: Facts | null): PeopleChange | undefined {
  if (!now?.people || !after?.people) return undefined
  const id = (p: Person) => p.email || `${p.group ?? ''}/${p.name}`
  const before = new Set(now.people.map(id))
  const then = new Set(after.people.map(id))
  const gone = now.people.filter((p) => !then.has(id(p)))
  return { gone, back: after.people.filter((p) => !before.has(id(p))), stay: now.people.length - gone.length }
}
