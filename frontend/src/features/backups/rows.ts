import type { ActivityView, BackupView } from '$lib/api'
import type { Day } from './timeline'

/** Heights in rem, by which the list knows where everything is without drawing it. */
export const HEAD = 2.25
export const ROW = 3.125
export const EVENT = 2

/** One line of the timeline, and where it begins: the head of a day, a backup, or an event. at counts the two latter. */
export type Line = { top: number; day: string; height: number } & (
  | { backup: BackupView; event?: undefined; at: number; first: boolean }
  | { event: ActivityView; backup?: undefined; at: number; first: boolean }
  | { backup?: undefined; event?: undefined }
)

/** The days one below the other, each with a head. */
export function linesOf(days: Day[]): Line[] {
  const lines: Line[] = []
  let top = 0
  let at = 0
  for (const { name, happened } of days) {
    lines.push({ top, day: name, height: HEAD })
    top += HEAD
    happened.forEach(({ backup, event }, i) => {
      const height = backup ? ROW : EVENT
      const line = { top, day: name, height, at: at++, first: i === 0 }
      if (backup) lines.push({ ...line, backup })
      else if (event) lines.push({ ...line, event })
      top += height
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
