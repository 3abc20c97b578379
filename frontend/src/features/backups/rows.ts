import type { BackupView } from '$lib/api'
import type { Day } from './timeline'

/** Heights in rem, by which the list knows where everything is without drawing it. */
export const HEAD = 2.25
export const ROW = 3.125

/** One line of the timeline, and where it begins. */
export type Line = { top: number; day: string; height: number } & (
  { backup: BackupView; at: number; first: boolean } | { backup?: undefined }
)

/** The days one below the other, each with a head. */
export function linesOf(days: Day[]): Line[] {
  const lines: Line[] = []
  let top = 0
  let at = 0
  for (const { name, backups } of days) {
    lines.push({ top, day: name, height: HEAD })
    top += HEAD
    backups.forEach((backup, i) => {
      lines.push({ top, day: name, height: ROW, backup, at: at++, first: i === 0 })
      top += ROW
    })
  }
  return lines
}

/** The index of the line at a height; the last one below them all. */
export function lineAt(lines: Line[], height: number): number {
  let [low, high] = [0, lines.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (lines[middle]!.top <= height) low = middle
    else high = middle - 1
  }
  return low
}
