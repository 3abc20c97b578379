import type { ChannelInput, ChannelKind, ChannelView, Failure, NoticeView } from '$lib/api'
import { clean } from '$lib/i18n/clean'
import { t, told, worded } from '$lib/i18n/index.svelte'

export const kinds: ChannelKind[] = ['email', 'desktop', 'webhook', 'ping']
export const forms = ['slack', 'discord', 'telegram', 'ntfy', 'json']

/** What a channel of that kind can tell of: a ping is missed by who waits for it, it tells no silence. */
export function eventsOf(kind: ChannelKind): string[] {
  return kind === 'ping' ? ['success', 'failure'] : ['failure', 'anomaly', 'silence', 'room', 'success']
}

export function newChannel(language: string): ChannelInput {
  return {
    id: '',
    name: '',
    kind: 'email',
    events: ['failure', 'anomaly', 'silence', 'room'],
    connections: [],
    language,
    host: '',
    port: 0,
    security: 'tls',
    unprotected: false,
    user: '',
    from: '',
    to: [],
    form: 'slack',
    chat: '',
    password: '',
    url: '',
    token: '',
    key: '',
  }
}

/** The channel as the form changes it; what is secret stays unless it is typed anew. */
export function inputOf(view: ChannelView): ChannelInput {
  const { id, name, kind, events, connections, language, host, port, security, unprotected, user, from, to } = view
  const fields = { id, name, kind, events, connections, language, host, port, security, unprotected, user, from, to }
  const empty = newChannel(language)
  return { ...empty, ...fields, security: security || 'tls', form: view.form || empty.form, chat: view.chat }
}

/** What kind of channel it is, and where it leads. */
export function wayOf(view: ChannelView): string {
  const kind = worded(view.kind === 'webhook' ? `notify.form.${view.form}` : `notify.kind.${view.kind}`) ?? view.kind
  return [kind, clean(view.shown)].filter(Boolean).join(' · ')
}

/** What a notice is about, as its receiver reads it. */
export function titleOf(notice: NoticeView): string {
  const what = worded(`audit.what.${notice.what}`) ?? clean(notice.what)
  return worded(`notify.title.${notice.event}`, { name: notice.subject, what }) ?? clean(notice.event)
}

/** What became of it, in one line. */
export function stateOf(notice: NoticeView): string {
  const why = notice.state !== 'sent' && notice.failure ? told(notice.failure).message : ''
  if (notice.state === 'waiting' && notice.dueAt > 0)
    return [why, t('notices.again', { again_at: notice.dueAt })].filter(Boolean).join(' ')
  return [worded(`notify.state.${notice.state}`) ?? notice.state, why].filter(Boolean).join('. ')
}

/** Whether somebody should look at it. */
export function troubled(notice: { state: string; failure: Failure | null } | null): boolean {
  return notice !== null && (notice.state === 'given_up' || (notice.state === 'waiting' && notice.failure !== null))
}
