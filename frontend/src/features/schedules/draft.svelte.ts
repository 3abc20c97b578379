import { api, type Rule, type ScheduleInput, type ScheduleKind, type ScheduleView } from '$lib/api'
import { Resource } from '$lib/state/resource.svelte'
import { NAMES } from './when'

export const kinds: ScheduleKind[] = ['backup', 'verify', 'rehearse', 'prune']
export const forms: Rule['form'][] = ['hourly', 'daily', 'weekly', 'monthly', 'cron']

/** A schedule while a person makes or changes it. */
export class Draft {
  readonly id: string
  connection = $state('')
  kind = $state<ScheduleKind>('backup')
  form = $state<Rule['form']>('daily')
  minute = $state<number | string>(0)
  clock = $state('03:00')
  weekday = $state('sun')
  /** "1" to "30", or "last". */
  day = $state('1')
  cron = $state('0 3 * * *')
  zone = $state('')
  compress = $state('')
  /** What the person has written; "" for the one that is made up. */
  #name = $state<string>()
  readonly #made: (draft: Draft) => string

  /** What the text means, as it stands; with the reason where it means nothing. */
  readonly preview = new Resource((when: string, zone: string) => api.PreviewSchedule(when, zone))

  /** made gives a name that no other schedule has. */
  constructor(connection: string, made: (draft: Draft) => string, old?: ScheduleView) {
    this.id = old?.id ?? ''
    this.connection = old?.connectionID ?? connection
    this.#made = made
    if (!old) return
    this.kind = old.kind
    this.zone = old.zone
    this.compress = old.compress
    this.#name = old.name
    const rule = old.rule
    this.form = rule?.form ?? 'cron'
    if (this.form === 'cron') this.cron = old.when
    if (!rule) return
    const pad = (n = 0) => String(n).padStart(2, '0')
    this.minute = rule.minutes[0] ?? 0
    if (rule.hours.length > 0) this.clock = `${pad(rule.hours[0])}:${pad(rule.minutes[0])}`
    this.weekday = NAMES[rule.weekdays[0] ?? 0] ?? 'sun'
    this.day = rule.last ? 'last' : String(rule.days[0] ?? 1)
  }

  get name(): string {
    return this.#name ?? this.#made(this)
  }
  set name(name: string) {
    this.#name = name
  }

  /** The text of the rule, as Go reads it. */
  readonly when = $derived.by(() => {
    switch (this.form) {
      case 'hourly':
        return `hourly :${String(this.minute || 0).padStart(2, '0')}`
      case 'daily':
        return `daily ${this.clock}`
      case 'weekly':
        return `weekly ${this.weekday} ${this.clock}`
      case 'monthly':
        return `monthly ${this.day} ${this.clock}`
      case 'cron':
        return this.cron.trim()
    }
  })

  get input(): ScheduleInput {
    const { id, connection, kind, when } = this
    const compress = kind === 'backup' ? this.compress : ''
    return { id, name: this.name.trim(), connection, kind, when, zone: this.zone.trim(), compress }
  }
}
