import type { Overview } from '$lib/api'
import { clean } from '$lib/i18n/clean'
import { fmt, t, told } from '$lib/i18n/index.svelte'

export interface Fact {
  label: string
  value: string
  more?: string
  title?: string
  bad?: boolean
}

/** The four figures below the status. */
export function factsOf(overview: Overview): Fact[] {
  return [lastGood(overview), lastProven(overview), next(overview), notInBackup(overview)].filter(
    (fact) => fact !== undefined,
  )
}

function lastGood({ lastGood, status }: Overview): Fact {
  const label = t('fact.lastGood')
  if (!lastGood) return { label, value: t('fact.never'), bad: true }
  return {
    label,
    value: fmt().ago(lastGood.createdAt),
    more: `${fmt().moment(lastGood.createdAt)} · ${fmt().bytes(lastGood.bytes)}`,
    title: fmt().full(lastGood.createdAt),
    bad: status === 'risk',
  }
}

/** In its place, while the last backup has failed, why. */
function lastProven({ last, lastProven, expectedRestoreMS }: Overview): Fact {
  if (last?.state === 'failed') {
    return {
      label: t('fact.lastTry'),
      value: fmt().ago(last.createdAt),
      ...(last.reason && { more: told(last.reason).message }),
      title: fmt().full(last.createdAt),
      bad: true,
    }
  }
  const label = t('fact.lastProven')
  if (!lastProven?.proven) return { label, value: t('fact.never'), more: t('fact.provenNone') }
  const { at, tookMS } = lastProven.proven
  return {
    label,
    value: fmt().ago(at),
    more: t('fact.provenMore', { time: fmt().estimate(expectedRestoreMS || tookMS) }),
    title: fmt().full(at),
  }
}

const rules = { hourly: 'fact.hourly', daily: 'fact.daily', weekly: 'fact.weekly', monthly: 'fact.monthly' } as const

function next({ next, lastGood, repositoryFree }: Overview): Fact {
  const label = t('fact.next')
  if (!next) return { label, value: t('fact.nextNone'), more: t('fact.nextNoneMore') }
  const rule = rules[next.when.split(' ')[0] as keyof typeof rules]
  const often = rule === undefined ? clean(next.schedule) : t(rule)
  const full = lastGood !== null && repositoryFree >= 0 && repositoryFree < lastGood.bytes
  return {
    label,
    value: fmt().until(next.at),
    more: full ? t('fact.nextFull', { free_bytes: repositoryFree }) : `${fmt().moment(next.at)} · ${often}`,
    title: fmt().full(next.at),
    bad: full,
  }
}

/** What counting alone tells: a table with as many rows as before may hold others. */
function notInBackup({ rows, contents, lastGood }: Overview): Fact | undefined {
  if (!contents || !lastGood) return undefined
  const by = rows.map((row) => (row.rows < 0 ? 0 : row.rows - Math.max(0, row.before)))
  const added = by.reduce((sum, n) => sum + Math.max(0, n), 0)
  const removed = by.reduce((sum, n) => sum + Math.max(0, -n), 0)
  const label = t('fact.since')
  if (added + removed === 0) return { label, value: t('fact.sinceNone'), more: t('fact.sinceNoneMore') }
  const more = added === 0 ? 'fact.sinceGone' : removed === 0 ? 'fact.sinceNew' : 'fact.sinceBoth'
  return { label, value: t('fact.sinceRows', { n: added + removed }), more: t(more, { added, removed }) }
}
