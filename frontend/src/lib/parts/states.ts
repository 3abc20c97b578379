// What can be said of a backup: good, proven, failed.
import type { BackupView } from '$lib/api'
import { t } from '$lib/i18n/index.svelte'

/** Whether a backup can be relied on. */
export const sound = (backup: BackupView): boolean => backup.state === 'good' || backup.state === 'proven'

/** How much of what makes a backup look wrong may be a loss, and not only news. */
export const lost = (backup: BackupView): number => backup.anomalies.filter(({ level }) => level !== 'info').length

/** Proven 22 Dec, 14:14, in 3 min. */
export function stateWords(backup: BackupView): string {
  if (backup.state !== 'proven' || !backup.proven) return t(`state.${backup.state}`)
  return t('state.provenIn', { proven_at: backup.proven.at, took_ms: backup.proven.tookMS })
}
