import { screen, waitFor } from '@testing-library/svelte'
import { describe, expect, test } from 'vitest'
import type { DifferenceView, PlanView, RowDiff } from '$lib/api'
import { rejection } from '../../test/fake'
import * as data from '../../test/fixtures'
import { openWindow, type Opened } from '../../test/window'
import { UNASKED } from './comparing.svelte'

async function openPlan(plan: PlanView = data.plan, more = {}): Promise<Opened> {
  const opened = await openWindow({ PlanRestore: () => Promise.resolve(plan), ...more })
  const before = screen.queryByRole('heading', { level: 1 })
  opened.program.navigation.go({ page: 'plan', backupID: 'b6', path: '', name: plan.fileName })
  await waitFor(() => expect(screen.getByRole('heading', { level: 1 })).not.toBe(before))
  return opened
}
const never = () => new Promise<DifferenceView>(() => undefined)
const own = { ...data.plan, checks: [] }

describe('the comparison of a plan', () => {
  test('says on top what the restore removes, brings and changes, in the names that people use', async () => {
    await openPlan(own)
    expect(await screen.findByText(/This removes.*created since/)).toHaveTextContent(
      'This removes 214 transactions, 3 users and 506 other rows created since 20 Dec 2025, 03:00, brings back 1 family and 1 other row, ' +
        'changes 3 transactions and makes, drops or alters 1 table. 1 table could not be compared.',
    )
  })

  test('does not say that rows were created since where the backup is of another database', async () => {
    await openPlan()
    expect(await screen.findByText(/that the backup does not have, brings/)).toBeVisible()
  })

  test('does not say that rows were created since where a changed one of a table without a key is one of them', async () => {
    const change = { name: 'note', before: 9, after: 9, added: 1, removed: 1, changed: 0, columns: false, skipped: '' }
    const examples: RowDiff[] = [{ kind: 'removed', key: [], fields: [], more: 0 }]
    await openPlan(own, {
      Difference: () => Promise.resolve({ tables: [{ ...change, examples }], names: [], unknown: '' }),
    })
    expect(await screen.findByText(/that the backup does not have/)).toBeVisible()
  })

  test('shows what happens to each table, which opens to columns and examples', async () => {
    const { user } = await openPlan()
    const row = await screen.findByRole('row', { name: /finances_transaction/ })
    expect(row).toHaveTextContent('48,526')
    expect(row).toHaveTextContent('48,312')
    expect(row).toHaveTextContent('−214')
    const toggle = screen.getByRole('button', { name: 'finances_transaction' })
    expect(screen.queryByText(/numeric\(10,2\)/)).toBeNull()
    await user.click(toggle)
    expect(toggle).toHaveAttribute('aria-expanded', 'true')
    expect(screen.getByText('Column amount: numeric(12,2) becomes numeric(10,2)')).toBeVisible()
    expect(screen.getByText('id 48313').closest('li')).toHaveTextContent(
      'removed id 48313 · description Corrida de aplicativo até a rodoviária, ida e volta · amount -46.10 · note NULL and 9 more columns',
    )
    expect(screen.getByText('id 7').closest('li')).toHaveTextContent('changed id 7 · amount 1249.90 → 1199.90')
    expect(screen.getByText('5 more tables are the same on both sides.')).toBeVisible()
  })

  test.each([
    ['', /This removes/, '2 large objects', '−2'],
    ['denied', /could not be compared/, '1', 'the role may not read all of them'],
  ])(
    'tells large objects by their name, where they were compared and where not: %s',
    async (skipped, sentence, said, cell) => {
      const name = 'pg_catalog.pg_largeobject'
      const objects = {
        name,
        before: 9,
        after: 7,
        added: 0,
        removed: skipped ? 0 : 2,
        changed: 0,
        columns: false,
        skipped,
      }
      await openPlan(data.plan, {
        Difference: () =>
          Promise.resolve({
            tables: [objects],
            names: [{ table: name, key: 'large_objects', label: '' }],
            unknown: '',
          }),
      })
      expect(await screen.findByRole('row', { name: /Large objects/ })).toHaveTextContent(cell)
      expect(screen.getByText(sentence)).toHaveTextContent(said)
    },
  )

  test('says how far it is, and can be stopped while the plan stays', async () => {
    const { user, app, emit } = await openPlan(data.plan, { Difference: never })
    expect(screen.getByText(/Comparing row by row/)).toBeVisible()
    emit('comparing', { planID: 'another', done: 9, total: 10, table: 'x' })
    emit('comparing', { planID: 'p1', done: 1, total: 4, table: 'finances_transaction' })
    await waitFor(() =>
      expect(screen.getByRole('progressbar', { name: 'Rows compared' })).toHaveAttribute('aria-valuenow', '25'),
    )
    expect(screen.getByRole('button', { name: 'Replace wimm_prod…' })).toBeEnabled()
    await user.click(screen.getAllByRole('button', { name: 'Cancel' })[0]!)
    expect(app.CancelDifference).toHaveBeenCalledWith('p1')
    await user.click(await screen.findByRole('button', { name: 'Compare row by row' }))
    expect(app.Difference).toHaveBeenCalledTimes(2)
  })

  test('ends when the plan is left', async () => {
    const { program, app } = await openPlan(data.plan, { Difference: never })
    await screen.findByText(/Comparing row by row/)
    program.navigation.go({ page: 'overview' })
    await waitFor(() => expect(app.CancelDifference).toHaveBeenCalledWith('p1'))
  })

  test('of very many rows is only made when it is asked for', async () => {
    const { app } = await openPlan({ ...data.plan, archive: { ...data.plan.archive, rows: UNASKED } })
    expect(screen.getByRole('button', { name: 'Compare row by row' })).toBeVisible()
    expect(app.Difference).not.toHaveBeenCalled()
  })

  test('that fails says why, and leaves the numbers of rows', async () => {
    await openPlan(data.plan, {
      Difference: () => Promise.reject(new Error(rejection({ code: 'internal', reason: 'internal' }))),
    })
    expect(await screen.findByRole('button', { name: 'Try again' })).toBeVisible()
    expect(screen.getByText(/This removes/)).toHaveTextContent('3 users')
    expect(screen.getByRole('row', { name: /finances_transaction/ })).toBeVisible()
  })

  test('of a table whose rows nobody knows says that it could not be compared, and nothing else', async () => {
    const unknown = { name: 'note', before: 9, after: -1, added: 0, removed: 0, changed: 0, columns: false }
    await openPlan(data.plan, {
      Difference: () => Promise.resolve({ tables: [{ ...unknown, skipped: 'unreadable' }], names: [], unknown: '' }),
    })
    expect((await screen.findByText(/could not be compared\./)).textContent.trim()).toBe(
      '1 table could not be compared.',
    )
    expect(screen.getByRole('row', { name: /note/ })).toHaveTextContent('Could not be compared')
  })

  test('that finds nothing says so', async () => {
    await openPlan(data.plan, { Difference: () => Promise.resolve({ tables: [], names: [], unknown: '' }) })
    expect(await screen.findByText('No row of any table differs.')).toBeVisible()
  })
})
