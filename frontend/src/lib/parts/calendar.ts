/** A day of the calendar: with a proven backup, with a good one, with one that was cleaned up since, with none though there should be one, with one that is planned, or nothing to say of it. */
export interface CalendarDay {
  /** 2026-11-22. */
  date: string
  state: 'proven' | 'good' | 'gone' | 'none' | 'planned' | ''
}

/** The days in weeks from Monday on; undefined where a week has days that are not shown. */
export function weeksOf(days: CalendarDay[]): (CalendarDay | undefined)[][] {
  const first = days[0]
  if (!first) return []
  const before = (new Date(`${first.date}T12:00`).getDay() + 6) % 7
  const all = [...Array.from<undefined>({ length: before }), ...days]
  return Array.from({ length: Math.ceil(all.length / 7) }, (_, i) =>
    Array.from({ length: 7 }, (_, j) => all[i * 7 + j]),
  )
}

/** The last days, from the Monday four weeks before this one on. */
export function fourWeeksAndThis<D extends CalendarDay>(days: D[]): D[] {
  const last = days.at(-1)
  if (!last) return days
  const ofThisWeek = ((new Date(`${last.date}T12:00`).getDay() + 6) % 7) + 1
  return days.slice(-(28 + ofThisWeek))
}
