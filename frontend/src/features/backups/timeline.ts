import type { ActivityView, BackupView, Purpose } from '$lib/api'
import { fmt } from '$lib/i18n/index.svelte'
import { backupTitle } from '$lib/parts/names'
import { sound } from '$lib/parts/states'
import { eventWords } from './events'

export type StateFilter = 'all' | 'good' | 'proven' | 'failed'
export type KindFilter = 'all' | 'events' | Purpose

export interface Filter {
  search: string
  state: StateFilter
  kind: KindFilter
  ofActive: boolean
}

const wordsOf = (search: string) => search.toLowerCase().split(/\s+/).filter(Boolean)
const has = (text: string, words: string[]) => words.every((word) => text.toLowerCase().includes(word))

/** The backups that a filter lets through; every word of the search has to be found somewhere. */
export function matching(all: BackupView[], filter: Filter): BackupView[] {
  const words = wordsOf(filter.search)
  return all.filter((backup) => {
    if (filter.ofActive && !backup.ofActive) return false
    if (filter.kind !== 'all' && backup.purpose !== filter.kind) return false
    if (filter.state === 'good' && !sound(backup)) return false
    if (filter.state === 'proven' && backup.state !== 'proven') return false
    if (filter.state === 'failed' && sound(backup)) return false
    if (words.length === 0) return true
    const { name, note, source, by } = backup
    return has([name, note, source, by, backupTitle(backup)].join('\n'), words)
  })
}

/** The events that it lets through: they have no state of a backup. Of which database a check was, its backup tells. */
export function eventsMatching(all: ActivityView[], backups: BackupView[], filter: Filter): ActivityView[] {
  if (filter.state !== 'all' || (filter.kind !== 'all' && filter.kind !== 'events')) return []
  const words = wordsOf(filter.search)
  const byID = new Map(backups.map((backup) => [backup.id, backup]))
  return all.filter((event) => {
    const backup = byID.get(event.backupID)
    if (filter.ofActive && !event.ofActive && (event.kind === 'restore' || !backup?.ofActive)) return false
    return words.length === 0 || has([eventWords(event, backup), event.target, event.by].join('\n'), words)
  })
}

/** A backup, or something that was done. */
export type Happening =
  { at: number; backup: BackupView; event?: undefined } | { at: number; event: ActivityView; backup?: undefined }

/** Both lists as one, the newest first, as they are themselves. */
export function together(backups: BackupView[], events: ActivityView[]): Happening[] {
  const all: Happening[] = []
  let next = 0
  for (const backup of backups) {
    for (let event = events[next]; event && event.startedAt > backup.createdAt; event = events[++next])
      all.push({ at: event.startedAt, event })
    all.push({ at: backup.createdAt, backup })
  }
  for (const event of events.slice(next)) all.push({ at: event.startedAt, event })
  return all
}

export interface Day {
  name: string
  happened: Happening[]
}

/** What happened under the day that it happened on, in the order that it comes in. */
export function byDay(all: Happening[]): Day[] {
  const days: Day[] = []
  let date = ''
  for (const each of all) {
    const on = new Date(each.at).toDateString() // the name of a day takes long to tell
    if (on === date) days.at(-1)?.happened.push(each)
    else days.push({ name: fmt().day(each.at), happened: [each] })
    date = on
  }
  return days
}
