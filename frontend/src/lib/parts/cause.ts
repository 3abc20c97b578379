import type { Cause } from '$lib/api'
import { clean } from '$lib/i18n/clean'
import { worded } from '$lib/i18n/index.svelte'

/** What had changed before a backup was made because of that: after 31 deletions in finances_transaction. */
export function causeWords(cause: Cause): string {
  const changed = cause.added + cause.changed
  const what = cause.deleted > 0 ? 'deleted' : changed > 0 ? 'changed' : 'unknown'
  const where = what !== 'unknown' && cause.tables.length === 1 ? '_in' : ''
  return (
    worded(`watch.cause.${what}${where}`, {
      deleted: cause.deleted,
      changed,
      tables: cause.tables.length,
      table: clean(cause.tables[0] ?? ''),
    }) ?? ''
  )
}
