import type { InsideCell } from '$lib/api'

/** More than this of a value is not shown in its row. */
const LONG = 80

/** Whether a row shows only the beginning of a value. */
export function isFolded(cell: InsideCell): boolean {
  if (cell.kind === 'null') return false
  return cell.text.length > LONG || cell.bytes > 4 * cell.text.length || /\n/.test(cell.text.trimEnd())
}

interface Place {
  row: number
  column: number
}

/** Where a key moves the focus to; undefined for a key that does not. */
export function move(key: string, far: boolean, at: Place, of: { rows: number; columns: number }): Place | undefined {
  const last = { row: of.rows - 1, column: of.columns - 1 }
  const to: Record<string, Place> = {
    ArrowDown: { ...at, row: at.row + 1 },
    ArrowUp: { ...at, row: at.row - 1 },
    ArrowRight: { ...at, column: at.column + 1 },
    ArrowLeft: { ...at, column: at.column - 1 },
    Home: far ? { row: 0, column: 0 } : { ...at, column: 0 },
    End: far ? last : { ...at, column: last.column },
  }
  const there = to[key]
  if (!there) return undefined
  return {
    row: Math.min(Math.max(0, there.row), last.row),
    column: Math.min(Math.max(0, there.column), last.column),
  }
}
