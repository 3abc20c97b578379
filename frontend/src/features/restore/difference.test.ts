import { describe, expect, test } from 'vitest'
import { people, peopleNow, plan } from '../../test/fixtures'
import { difference, peopleChange, totals } from './difference'

describe('difference', () => {
  test('counts as the application does, where both sides are known', () => {
    expect(difference(plan)).toEqual({ gone: ['3 users', '214 transactions'], back: ['1 family'] })
  })

  test('counts rows of an application that nobody knows', () => {
    const unknown = { ...plan, current: { ...plan.current, profile: null } }
    expect(difference(unknown)).toEqual({ gone: ['723 rows'], back: ['1 row'] })
  })

  test('counts rows where no counter of the application differs', () => {
    const same = { ...plan, current: { ...plan.current, profile: people } }
    expect(difference(same)).toEqual({ gone: ['723 rows'], back: ['1 row'] })
  })

  test('does not compare two applications', () => {
    const other = { ...plan, archive: { ...plan.archive, profile: { ...people, app: 'fleet' } } }
    expect(difference(other).gone).toEqual(['723 rows'])
  })
})

test('a table that is not there counts as empty', () => {
  expect(
    totals([
      { table: 'a', now: 5, after: -1 },
      { table: 'b', now: -1, after: 7 },
    ]),
  ).toEqual({ lost: 5, gained: 7 })
})

test('people are told apart by address, and by family and name where there is none', () => {
  expect(peopleChange(peopleNow, people)?.gone.map((p) => p.name)).toEqual(['Tiago Lima', 'Helena Lima', 'demo'])
  expect(peopleChange(people, peopleNow)).toMatchObject({ back: { length: 3 }, stay: 21 })
  expect(peopleChange(null, people)).toBeUndefined()
  const bare = (group: string) => ({ app: 'x', people: [{ name: 'Ana', group }] })
  expect(peopleChange(bare('A'), bare('B'))).toMatchObject({ gone: { length: 1 }, back: { length: 1 }, stay: 0 })
})
