import type { ActivityView, BackupView } from '$lib/api'
import { clean } from '$lib/i18n/clean'
import { fmt, t, type Key } from '$lib/i18n/index.svelte'
import { backupTitle } from '$lib/parts/names'

const names: Record<string, Key> = {
  restore: 'event.restore',
  undo: 'event.undo',
  migration: 'event.migration',
  verify: 'event.verify',
  rehearse: 'event.rehearse',
}

/** One quiet line: Rehearsal (Nightly, 20 Dec, 03:00): done in 19 s. */
export function eventWords(event: ActivityView, backup: BackupView | undefined): string {
  const what = t(names[event.what] ?? names[event.kind] ?? 'event.restore')
  const ended = event.status === 'succeeded' ? t('event.done', { took_ms: event.tookMS }) : t(`outcome.${event.status}`)
  const of = backup
    ? `${backupTitle(backup)}, ${fmt().moment(backup.createdAt)}`
    : clean(event.file.split(/[/\\]/).at(-1) ?? '')
  return of === '' ? t('event.bare', { what, ended }) : t('event.of', { what, of, ended })
}
