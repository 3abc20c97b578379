import { api, failureOf } from '$lib/api'
import { t, told } from '$lib/i18n/index.svelte'
import type { Program } from '$lib/state/program.svelte'
import type { Toast } from '$lib/state/toasts.svelte'

/** For so long the undo is offered; Go keeps what was deleted a little longer. */
const UNDO_MS = 10_000

/** Says what became of a backup that is deleted, and offers to bring it back. */
export function offerUndo(program: Program, id: string, news: Pick<Toast, 'text' | 'tone'>) {
  const until = Date.now() + UNDO_MS
  const toast = program.toasts.show({
    ...news,
    action: { label: t('backups.undelete'), until, run: () => void undelete(program, id, toast) },
  })
}

/** Brings back what was deleted, in place of the toast that offered it. Where it can't be now, it is offered again. */
async function undelete(program: Program, id: string, toast: number) {
  program.toasts.dismiss(toast)
  try {
    await api.UndeleteBackup(id)
    program.toasts.show({ text: t('backups.undeleted'), tone: 'success' })
    void program.refresh()
  } catch (e) {
    const failure = failureOf(e)
    const news = { text: told(failure).message, tone: 'danger' } as const
    if (failure.code === 'not_found') program.toasts.show(news)
    else offerUndo(program, id, news)
  }
}
