import type { Counter, Facts, Person, PlanRow, PlanView } from '$lib/api'
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
  let { lost, gained } = totals(plan.rows)
  const note = (counter: Counter, by: number) => {
    if (by < 0) gone.push(counted({ ...counter, rows: -by }))
    if (by > 0) back.push(counted({ ...counter, rows: by }))
    lost -= Math.max(0, -by)
    gained -= Math.max(0, by)
  }
  if (current.profile?.counters && archive.profile?.counters && current.profile.app === archive.profile.app) {
    const after = new Map(archive.profile.counters.map((c) => [c.key, c.rows]))
    for (const now of current.profile.counters) {
      const then = after.get(now.key) ?? -1
      if (now.rows >= 0 && then >= 0) note(now, then - now.rows)
    }
  }
  // What the application has no counter for is told, too.
  const rest = (list: string[], n: number) => {
    if (n > 0) list.push(t(list.length > 0 ? 'plan.otherRows' : 'plan.rows', { n }))
  }
  rest(gone, lost)
  rest(back, gained)
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
  gone: string[]
  back: string[]
  /** Users on both sides. */
  stay: number
}

/** Which families and users leave and come back, by name, where both sides list all of theirs. */
export function peopleChange(now: Facts | null, after: Facts | null): PeopleChange | undefined {
  if (!now?.people || !after?.people || now.app !== after.app || cut(now) || cut(after)) return undefined
  const id = (p: Person) => p.email || `${p.group ?? ''}/${p.name}`
  const name = (p: Person) => (p.role ? `${p.name} (${p.role})` : p.name)
  const [here, there] = [now.people, after.people]
  const gone = without(here, there, id)
  const [groups, then] = [now.groups ?? [], after.groups ?? []]
  return {
    gone: [...without(groups, then, (g) => g), ...gone.map(name)],
    back: [...without(then, groups, (g) => g), ...without(there, here, id).map(name)],
    stay: here.length - gone.length,
  }
}

/** Lists of very many are cut off, and can't be compared. */
function cut({ people = [], people_total = people.length }: Facts): boolean {
  return people_total !== people.length
}

function without<T>(items: T[], others: T[], id: (item: T) => string): T[] {
  const known = new Set(others.map(id))
  return items.filter((item) => !known.has(id(item)))
}
