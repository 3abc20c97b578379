// The channels of notifications, as Go sends them.
import type { ChannelView, NoticeView, NotificationsView } from '$lib/api'
import { NOW } from './fixtures'

const MINUTE = 60_000

function notice(id: number, channel: ChannelView, change: Partial<NoticeView> = {}): NoticeView {
  return {
    id,
    channelID: channel.id,
    channel: channel.name,
    event: 'success',
    subject: 'wimm_prod',
    what: 'backup',
    at: NOW - id * 97 * MINUTE,
    state: 'sent',
    attempts: 1,
    dueAt: 0,
    sentAt: NOW - id * 97 * MINUTE + 2000,
    failure: null,
    ...change,
  }
}

const mail: ChannelView = {
  id: 'n1',
  name: 'E-mail to operations',
  kind: 'email',
  events: ['failure', 'anomaly', 'silence', 'room'],
  connections: ['c1'],
  language: 'en',
  host: 'smtp.wimm.example',
  port: 587,
  security: 'starttls',
  unprotected: false,
  user: 'cofre',
  from: 'cofre@wimm.example',
  to: ['operations@wimm.example', 'mariana@wimm.example'],
  form: '',
  chat: '',
  shown: 'operations@wimm.example, mariana@wimm.example',
  hasPassword: true,
  hasURL: false,
  hasToken: false,
  hasKey: false,
  last: null,
}

const empty = { host: '', port: 0, security: '', user: '', from: '', to: [], hasPassword: false, connections: [] }

const desktop: ChannelView = {
  ...mail,
  ...empty,
  id: 'n2',
  name: 'This computer',
  kind: 'desktop',
  events: ['success', 'failure', 'anomaly', 'silence', 'room'],
  shown: '',
}

const slack: ChannelView = {
  ...mail,
  ...empty,
  id: 'n3',
  name: 'Team',
  kind: 'webhook',
  form: 'slack',
  shown: 'hooks.slack.com',
  hasURL: true,
}

const away = notice(2, slack, {
  event: 'anomaly',
  state: 'waiting',
  attempts: 3,
  dueAt: NOW + 8 * MINUTE,
  sentAt: 0,
  failure: {
    code: 'unavailable',
    reason: 'notify.http_later',
    args: { host: 'hooks.slack.com', status: '503 Service Unavailable' },
    detail: 'try again later',
  },
})

export const notifications: NotificationsView = {
  channels: [
    { ...mail, last: notice(1, mail, { event: 'failure' }) },
    { ...slack, last: away },
    { ...desktop, last: notice(3, desktop) },
  ],
  recent: [
    notice(1, mail, { event: 'failure' }),
    away,
    notice(3, desktop),
    notice(4, mail, { event: 'silence', what: '' }),
    notice(5, mail, {
      event: 'recovered',
      what: '',
      state: 'given_up',
      attempts: 74,
      failure: { code: 'denied', reason: 'notify.login', args: { host: 'smtp.wimm.example:587' }, detail: '535 5.7.8' },
    }),
  ],
  expectations: [
    { connectionID: 'c1', connection: 'wimm_prod', hours: 24, scheduled: true, silentSince: 0 },
    { connectionID: 'c3', connection: 'wimm_staging', hours: 0, scheduled: true, silentSince: NOW - 26 * 60 * MINUTE },
    { connectionID: 'c2', connection: 'db.sqlite3', hours: 0, scheduled: false, silentSince: 0 },
  ],
}
