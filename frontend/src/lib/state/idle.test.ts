import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { whenAway } from './idle'

const MINUTE = 60_000
let stop = () => {}
beforeEach(() => vi.useFakeTimers())
afterEach(() => {
  stop()
  vi.useRealTimers()
})

function watch(minutes = 5) {
  const seen = { away: 0, busy: false, minutes, wall: 0, steady: 0 }
  stop = whenAway(
    { minutes: () => seen.minutes, busy: () => seen.busy, away: () => seen.away++ },
    { wall: () => seen.wall, steady: () => seen.steady },
  )
  return {
    seen,
    pass: (ms: number, clocks: { wall?: boolean; steady?: boolean } = { wall: true, steady: true }) => {
      if (clocks.wall) seen.wall += ms
      if (clocks.steady) seen.steady += ms
      vi.advanceTimersByTime(10_000)
    },
  }
}

test('nobody is away while there is a keyboard, a mouse or a wheel', () => {
  const { seen, pass } = watch()
  for (const sign of ['keydown', 'pointermove', 'wheel', 'pointerdown']) {
    pass(4 * MINUTE)
    window.dispatchEvent(new Event(sign))
  }
  expect(seen.away).toBe(0)
  pass(5 * MINUTE)
  expect(seen.away).toBe(1)
})

test('by whichever clock goes on: one sleeps with the computer, the other may be set back', () => {
  const { seen, pass } = watch()
  pass(6 * MINUTE, { wall: true })
  expect(seen.away).toBe(1)
  seen.wall -= 60 * MINUTE
  pass(6 * MINUTE, { steady: true })
  expect(seen.away).toBe(2)
})

test('the sign that comes too late does not count', () => {
  const { seen } = watch()
  seen.wall += 6 * MINUTE
  window.dispatchEvent(new Event('pointermove'))
  expect(seen.away).toBe(1)
})

test('the time begins when what runs has ended, and never passes where it is never', () => {
  const { seen, pass } = watch()
  seen.busy = true
  pass(60 * MINUTE)
  seen.busy = false
  pass(4 * MINUTE)
  expect(seen.away).toBe(0)
  pass(MINUTE)
  expect(seen.away).toBe(1)
  seen.minutes = 0
  pass(60 * MINUTE)
  expect(seen.away).toBe(1)
})
