import type { Overview } from '$lib/api'
import { fmt, t, told } from '$lib/i18n/index.svelte'
import { engine } from '$lib/parts/names'

export interface Fact {
  label: string
  value: string
  more?: string
  title?: string
  bad?: boolean
}

/** The figures below the status; one whose data is not there is left out. */
export function factsOf(overview: Overview): Fact[] {
  const { last, lastGood, lastProven, contents, expectedRestoreMS } = overview
  const f = fmt()
  const facts: Fact[] = []
  if (lastGood) {
    facts.push({
      label: t('fact.lastGood'),
      value: f.ago(lastGood.createdAt),
      more: `${f.moment(lastGood.createdAt)} · ${f.bytes(lastGood.bytes)}`,
      title: f.full(lastGood.createdAt),
      bad: overview.status === 'risk',
    })
  }
  if (last?.state === 'failed') {
    facts.push({
      label: t('fact.lastTry'),
      value: f.ago(last.createdAt),
      ...(last.reason && { more: told(last.reason).message }),
      title: f.full(last.createdAt),
      bad: true,
    })
  }
  if (contents && lastGood) facts.push(notInBackup(overview))
  if (contents) {
    facts.push({
      label: t('fact.database'),
      value: engine(contents.kind, contents.version),
      more: f.bytes(contents.bytes),
      title: f.exactBytes(contents.bytes),
    })
  }
  if (lastProven?.proven) {
    const { at, tookMS } = lastProven.proven
    facts.push({
      label: t('fact.lastProven'),
      value: f.ago(at),
      more: t('fact.provenMore', { time: f.estimate(expectedRestoreMS || tookMS) }),
      title: f.full(at),
    })
  } else if (expectedRestoreMS > 0) {
    facts.push({ label: t('fact.restore'), value: f.estimate(expectedRestoreMS), more: t('fact.restoreMore') })
  }
  return facts.slice(0, 4)
}

function notInBackup({ rows }: Overview): Fact {
  const f = fmt()
  const by = rows.map((row) => (row.rows < 0 ? 0 : row.rows - Math.max(0, row.before)))
  const added = by.reduce((sum, n) => sum + Math.max(0, n), 0)
  const removed = by.reduce((sum, n) => sum + Math.max(0, -n), 0)
  const label = t('fact.since')
  if (added + removed === 0) return { label, value: t('fact.sinceNone'), more: t('fact.sinceNoneMore') }
  const value = [added && f.delta(added), removed && f.delta(-removed)].filter(Boolean).join(', ')
  return {
    label,
    value: t('fact.sinceRows', { by: value }),
    more: t('fact.sinceTables', { n: by.filter((n) => n !== 0).length }),
  }
}
