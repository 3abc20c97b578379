import { expect, test } from 'vitest'
import { fourWeeksAndThis, weeksOf, type CalendarDay } from './calendar'

const days = (n: number, last: number): CalendarDay[] =>
  Array.from({ length: n }, (_, i) => {
    const day = new Date(Date.UTC(2026, 10, last - n + 1 + i))
    return { date: day.toISOString().slice(0, 10), state: 'good' }
  })

test('weeks go from Monday to Sunday, whatever day is the first', () => {
  const weeks = weeksOf(days(10, 22)) // the 22nd is a Sunday
  expect(weeks).toHaveLength(2)
  expect(weeks[0]?.map((day) => day?.date.slice(-2))).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    '13',
    '14',
    '15',
  ])
  expect(weeks[1]?.at(-1)?.date).toBe('2026-11-22')
})

test('four weeks and this one begin on a Monday', () => {
  expect(fourWeeksAndThis(days(35, 22))).toHaveLength(35)
  const onMonday = fourWeeksAndThis(days(35, 23))
  expect(onMonday).toHaveLength(29)
  expect(new Date(`${onMonday[0]?.date}T12:00`).getDay()).toBe(1)
})
