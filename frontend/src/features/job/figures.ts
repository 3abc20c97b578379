import type { Snapshot } from '$lib/api'
import { fmt, t } from '$lib/i18n/index.svelte'

type Counted = Pick<Snapshot, 'done' | 'total' | 'unit'>

/** 38,144 of 61,402 rows · 4.9 MB of 8.4 MB; without a total it counts up. "" where nothing is counted yet. */
export function countLine({ done, total, unit }: Counted): string {
  if (done <= 0 && total <= 0) return ''
  const show = (n: number) => (unit === 'bytes' ? fmt().bytes(n) : fmt().number(n))
  const counted = total > 0 ? t('job.of', { done: show(done), total: show(total) }) : show(done)
  return [counted, unitName(unit, total || done)].filter(Boolean).join(' ')
}

/** 12,400 rows/s; "" while it is not known. */
export function rateLine({ rate, unit }: Pick<Snapshot, 'rate' | 'unit'>): string {
  if (rate <= 0) return ''
  const n = Math.round(rate)
  if (unit === 'bytes') return `${fmt().bytes(n)}/s`
  return `${[fmt().number(n), unitName(unit, 2)].filter(Boolean).join(' ')}/s`
}

function unitName(unit: string, n: number): string {
  if (unit === 'rows') return n === 1 ? t('unit.row') : t('unit.rows')
  if (unit === 'pages') return n === 1 ? t('unit.page') : t('unit.pages')
  return ''
}
