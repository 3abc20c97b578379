import type { WatchInput, WatchView } from '$lib/api'

/** What a backup is made after: both, or one of the two. */
export const after = ['both', 'deletions', 'changes'] as const
type After = (typeof after)[number]

/** The usual number of changed rows, where a number is wanted and none was ever said. */
const USUAL = 25

/** What is chosen of them; choices.of is the way back. */
export function choices(rule: WatchInput): After {
  if (!rule.deletions) return 'changes'
  return rule.changes > 0 ? 'both' : 'deletions'
}
choices.of = (chosen: string, rule: WatchInput): Pick<WatchInput, 'deletions' | 'changes'> => ({
  deletions: chosen !== 'changes',
  changes: chosen === 'deletions' ? 0 : rule.changes || USUAL,
})

const among = (usual: number[], own: number) => [...new Set([...usual, own])].sort((a, b) => a - b)
/** Seconds, and minutes, to choose from; what was set elsewhere is among them. */
export const quiets = (own: number) => among([5, 10, 30, 60, 300], own)
export const pauses = (own: number) => among([0, 1, 5, 10, 30, 60, 240], own)

/** A rule without what is only shown with it. */
export function inputOf({ on, deletions, changes, tables, quiet, pause, bringBack }: WatchView): WatchInput {
  return { on, deletions, changes, tables, quiet, pause, bringBack }
}

export function toggled(tables: string[], table: string): string[] {
  return tables.includes(table) ? tables.filter((other) => other !== table) : [...tables, table]
}
