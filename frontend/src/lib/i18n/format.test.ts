import { describe, expect, test } from 'vitest'
import { makeFormats } from './format'

const now = () => Date.UTC(2025, 11, 22, 17, 32) // 14:32 in São Paulo
const zone = { now, timeZone: 'America/Sao_Paulo' }
const en = makeFormats('en', zone)
const pt = makeFormats('pt-BR', zone)
const plain = (text: string) => text.replace(/\u00a0/g, ' ')
const at = (...utc: [number, number, number, number, number]) => Date.UTC(...utc)

describe('numbers', () => {
  test.each([
    [48312, '48,312', '48.312'],
    [0, '0', '0'],
    [-214, '−214', '−214'],
  ])('%d', (n, english, portuguese) => {
    expect(en.number(n)).toBe(english)
    expect(pt.number(n)).toBe(portuguese)
  })

  test('a difference has its sign, with a true minus', () => {
    expect(en.delta(7)).toBe('+7')
    expect(en.delta(-214)).toBe('−214')
    expect(en.delta(0)).toBe('0')
  })

  test('an axis is short: 120k, 120 mil', () => {
    expect(plain(en.compact(120_000))).toBe('120k')
    expect(plain(pt.compact(120_000))).toBe('120 mil')
    expect(plain(pt.compact(115_538))).toBe('115,5 mil')
    expect(en.compact(640)).toBe('640')
  })

  test('a percentage is cut, so that 100 % means done', () => {
    expect(plain(en.percent(99.99))).toBe('99 %')
  })
})

describe('sizes', () => {
  test.each([
    [0, '0 B', '0 B'],
    [812, '812 B', '812 B'],
    [8_612_345, '8.6 MB', '8,6 MB'],
    [99_960_000, '100 MB', '100 MB'],
    [212_000_000_000, '212 GB', '212 GB'],
    [999_600, '1.0 MB', '1,0 MB'],
    [-1, '–', '–'],
  ])('%d bytes', (n, english, portuguese) => {
    expect(plain(en.bytes(n))).toBe(english)
    expect(plain(pt.bytes(n))).toBe(portuguese)
  })

  test('an axis tells sizes in the unit of its top', () => {
    expect(en.bytesLike(5_000_000, 10_000_000)).toBe('5')
    expect(en.bytesLike(0, 10_000_000)).toBe('0')
  })
})

describe('durations', () => {
  test.each([
    [20, 'under 0.1 s'],
    [400, '0.4 s'],
    [19_400, '19 s'],
    [125_000, '2 min 05 s'],
    [3_900_000, '1 h 05 min'],
  ])('%d ms were measured', (ms, expected) => {
    expect(plain(en.duration(ms))).toBe(expected)
  })

  test.each([
    [400, 'under 1 s', 'menos de 1 s'],
    [6_700, 'about 7 s', 'cerca de 7 s'],
    [125_000, 'about 2 min 05 s', 'cerca de 2 min 05 s'],
  ])('%d ms are expected', (ms, english, portuguese) => {
    expect(plain(en.estimate(ms))).toBe(english)
    expect(plain(pt.estimate(ms))).toBe(portuguese)
  })
})

describe('dates', () => {
  test.each([
    ['today', at(2025, 11, 22, 17, 14), 'today 14:14', 'hoje 14:14'],
    ['yesterday, though less than a day ago', at(2025, 11, 22, 2, 0), 'yesterday 23:00', 'ontem 23:00'],
    ['this year', at(2025, 8, 20, 6, 0), '20 Sep, 03:00', '20 set., 03:00'],
    ['another year', at(2024, 11, 20, 6, 0), '20 Dec 2024, 03:00', '20 dez. 2024, 03:00'],
    ['never', 0, '–', '–'],
  ])('%s', (_, time, english, portuguese) => {
    expect(en.moment(time)).toBe(english)
    expect(pt.moment(time)).toBe(portuguese)
  })

  test.each([
    [now() - 20_000, 'just now', 'agora mesmo'],
    [now() - 18 * 60_000, '18 minutes ago', 'há 18 minutos'],
    [now() - 3 * 3_600_000, '3 hours ago', 'há 3 horas'],
    [now() - 72 * 3_600_000, '3 days ago', 'há 3 dias'],
  ])('how long ago', (time, english, portuguese) => {
    expect(en.ago(time)).toBe(english)
    expect(pt.ago(time)).toBe(portuguese)
  })

  test('a day is a heading, or a part of a sentence', () => {
    const saturday = at(2025, 11, 20, 6, 0)
    expect(en.day(saturday)).toBe('Saturday, 20 December')
    expect(pt.day(saturday)).toBe('Sábado, 20 de dezembro')
    expect(pt.dayWithin(saturday)).toBe('sábado, 20 de dezembro')
    expect(pt.day(now())).toBe('Hoje')
  })

  test('the full date names its zone', () => {
    expect(en.full(at(2025, 11, 20, 6, 0))).toMatch(/Saturday.*20 December 2025.*03:00:00.*-3/)
  })
})

test('what is planned is told by how long it is until then', () => {
  const after = (minutes: number) => now() + minutes * 60_000
  expect(en.until(after(28))).toBe('in 28 minutes')
  expect(pt.until(after(28))).toBe('em 28 minutos')
  expect(en.until(after(180))).toBe('in 3 hours')
  expect(en.until(after(3 * 24 * 60))).toBe('in 3 days')
  expect(en.until(after(-1))).toBe('now')
  expect(en.moment(after(24 * 60))).toBe('tomorrow 14:32')
})

test('a week begins with Monday', () => {
  expect(en.weekdays.map((day) => day.short).join('')).toBe('MTWTFSS')
  expect(pt.weekdays[5]).toEqual({ short: 'S', long: 'sábado' })
})
