import { api, failureOf } from '$lib/api'
import { t, told } from '$lib/i18n/index.svelte'
import type { Program } from '$lib/state/program.svelte'

/** For so long Go keeps what was deleted. */
export const UNDO_MS = 10_000

/** Brings back what was deleted, in place of the toast that offered it. */
export async function undelete(program: Program, id: string, toast: number) {
  program.toasts.dismiss(toast)
  try {
    await api.UndeleteBackup(id)
    await program.refresh()
    program.toasts.show({ text: t('backups.undeleted'), tone: 'success' })
  } catch (e) {
    program.toasts.show({ text: told(failureOf(e)).message, tone: 'danger' })
  }
}
