import { describe, expect, test } from 'vitest'
import { people, peopleNow, plan } from '../../test/fixtures'
import { difference, peopleChange, totals } from './difference'

describe('difference', () => {
  test('counts as the application does, where both sides are known', () => {
    expect(difference(plan)).toEqual({ gone: ['3 users', '214 transactions', '506 other rows'], back: ['1 family'] })
  })

  test('counts rows of an application that nobody knows', () => {
    const unknown = { ...plan, current: { ...plan.current, profile: null } }
    expect(difference(unknown)).toEqual({ gone: ['723 rows'], back: ['1 row'] })
  })

  test('counts rows where no counter of the application differs', () => {
    const same = { ...plan, current: { ...plan.current, profile: people } }
    expect(difference(same)).toEqual({ gone: ['723 rows'], back: ['1 row'] })
  })

  test('says what goes also where only what the application does not count gets less', () => {
    const counters = (people.counters ?? []).map((counter) => ({ ...counter, rows: counter.rows - 1 }))
    const fewer = { ...plan, current: { ...plan.current, profile: { ...people, counters } } }
    expect(difference(fewer)).toEqual({ gone: ['723 rows'], back: ['1 family', '1 user', '1 transaction'] })
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

describe('people', () => {
  test('and families who leave and come back are named', () => {
    expect(peopleChange(peopleNow, people)).toEqual({
      gone: ['Família Lima', 'Tiago Lima (parent)', 'Helena Lima (child)', 'demo (admin)'],
      back: ['Família Vasconcelos'],
      stay: 21,
    })
  })

  test('without an address are told apart by family and name', () => {
    const bare = (group: string) => ({ app: 'x', people: [{ name: 'Ana', group }] })
    expect(peopleChange(bare('A'), bare('B'))).toEqual({ gone: ['Ana'], back: ['Ana'], stay: 0 })
  })

  test('are not compared where one side is not known, or lists only some', () => {
    expect(peopleChange(null, people)).toBeUndefined()
    expect(peopleChange({ ...peopleNow, people_total: 300 }, people)).toBeUndefined()
    expect(peopleChange({ ...peopleNow, app: 'fleet' }, people)).toBeUndefined()
  })
})
