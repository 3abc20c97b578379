import type { BackupView } from '$lib/api'
import { fmt } from '$lib/i18n/index.svelte'
import { backupTitle } from '$lib/parts/names'
import { sound } from '$lib/parts/states'

export type StateFilter = 'all' | 'good' | 'proven' | 'failed'

export interface Filter {
  search: string
  state: StateFilter
  ofActive: boolean
}

/** The backups that a filter lets through; every word of the search has to be found somewhere. */
export function matching(all: BackupView[], filter: Filter): BackupView[] {
  const words = filter.search.toLowerCase().split(/\s+/).filter(Boolean)
  return all.filter((backup) => {
    if (filter.ofActive && !backup.ofActive) return false
    if (filter.state === 'good' && !sound(backup)) return false
    if (filter.state === 'proven' && backup.state !== 'proven') return false
    if (filter.state === 'failed' && sound(backup)) return false
    if (words.length === 0) return true
    const { name, note, source, by } = backup
    const text = [name, note, source, by, backupTitle(backup)].join('\n').toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

export interface Day {
  name: string
  backups: BackupView[]
}

/** Backups under the day that they were made on, in the order that they come in. */
export function byDay(backups: BackupView[]): Day[] {
  const days: Day[] = []
  let date = ''
  for (const backup of backups) {
    const on = new Date(backup.createdAt).toDateString() // the name of a day takes long to tell
    if (on === date) days.at(-1)?.backups.push(backup)
    else days.push({ name: fmt().day(backup.createdAt), backups: [backup] })
    date = on
  }
  return days
}
