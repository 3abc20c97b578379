import type { TrailEntry } from '$lib/api'
import { clean } from '$lib/i18n/clean'
import { causeWords } from '$lib/parts/cause'
import { t, worded, wordedUnder, type Key } from '$lib/i18n/index.svelte'

const kinds: Record<string, Key> = {
  backup: 'activity.kind.backup',
  restore: 'activity.kind.restore',
  verify: 'activity.kind.verify',
  rehearse: 'activity.kind.rehearse',
  delete: 'activity.kind.delete',
  prune: 'activity.kind.prune',
  save: 'activity.kind.save',
  import: 'activity.kind.import',
  login: 'activity.kind.login',
}

/** An operation in words; one that this window does not know keeps its own name. */
export function kindName(kind: string): string {
  const key = kinds[kind]
  return key ? t(key) : kind
}

/** How the keys begin of what the audit trail can say. */
const said = 'audit.what.'

/** What can be in the audit trail, for a choice: all that Go has words for. */
export function everything() {
  return wordedUnder(said).map((value) => ({ value, label: whatName(value) }))
}

/** What an entry of the audit trail is about, and how it ended, in words; codes that have none stay as they are. */
export function whatName(what: string): string {
  return worded(said + what) ?? clean(what)
}
export function endingName(ending: string): string {
  return worded(`audit.ending.${ending}`) ?? clean(ending)
}

/** In one line: the database or who else, and what of it. */
export function about(entry: TrailEntry): string {
  const file = entry.files.at(-1)?.path.split(/[/\\]/).at(-1) ?? ''
  const what = entry.cause ? causeWords(entry.cause) : entry.names.join(', ') || file
  return [entry.database || entry.subject, what].filter(Boolean).map(clean).join(' · ')
}
