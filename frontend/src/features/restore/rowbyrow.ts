import type { DifferenceView, TableDiff } from '$lib/api'
import { t } from '$lib/i18n/index.svelte'
import { counted } from '$lib/parts/counted'

/** What a restore does row by row, as people would count it. */
export interface RowByRow {
  gone: string[]
  back: string[]
  changed: string[]
  /** Tables that are made, dropped or altered; tables and columns that could not be compared. */
  altered: number
  skipped: number
  uncompared: number
  /** A table without a key has lost rows: one of these may be the old form of a row that changed. */
  keyless: boolean
}

/** The application's own names come first; what it has no name for is counted together. */
export function rowByRow({ tables, names }: DifferenceView): RowByRow {
  const name = new Map(names.map((each) => [each.table, each]))
  const count = (of: (table: TableDiff) => number) => {
    const items: string[] = []
    let others = 0
    for (const table of tables) {
      const named = name.get(table.name)
      if (of(table) > 0 && named)
        items.push(counted({ key: named.key, label: named.label || named.key, rows: of(table) }))
      else others += of(table)
    }
    if (others > 0) items.push(t(items.length > 0 ? 'plan.otherRows' : 'plan.rows', { n: others }))
    return items
  }
  return {
    gone: count(({ removed }) => removed),
    back: count(({ added }) => added),
    changed: count(({ changed }) => changed),
    altered: tables.filter(({ columns, skipped, before, after }) => columns || (!skipped && before < 0 !== after < 0))
      .length,
    skipped: tables.filter(({ skipped }) => skipped !== '').length,
    keyless: tables.some(({ examples }) => examples?.some(({ kind, key }) => kind === 'removed' && key.length === 0)),
    uncompared: tables.reduce((sum, { uncompared }) => sum + (uncompared?.length ?? 0), 0),
  }
}
