import { screen, waitFor, within } from '@testing-library/svelte'
import { describe, expect, test, vi } from 'vitest'
import type { Overview } from '$lib/api'
import * as data from '../../test/fixtures'
import { openWindow } from '../../test/window'
import { factsOf } from './facts'
import { niceTop } from './scale'

const openOverview = (overview: Partial<Overview> = {}) =>
  openWindow({ GetOverview: () => Promise.resolve({ ...data.overview, ...overview }) })

const question = { jobID: 'j1', endedAt: data.NOW, file: 'a.dump', undo: true, automatic: false, before: 0, after: 0 }

describe('the overview', () => {
  test.each([
    ['protected', 'wimm_prod is protected'],
    ['attention', 'wimm_prod needs a look'],
    ['risk', 'wimm_prod is at risk'],
  ] as const)('is read in a second: %s', async (status, title) => {
    await openOverview({ status })
    expect(await screen.findByRole('heading', { level: 1, name: title })).toBeVisible()
  })

  test('shows the tables that changed first, and all on demand', async () => {
    const { user } = await openOverview()
    await screen.findByRole('heading', { name: '14 tables, 115,538 rows' })
    const table = screen.getByRole('table', { name: 'Tables and their rows' })
    const rows = () =>
      within(table)
        .getAllByRole('row')
        .map((row) => row.textContent)
    expect(rows()[1]).toContain('finances_transaction')
    expect(rows()[1]).toContain('+7')
    expect(rows()).toHaveLength(7)
    await user.click(screen.getByRole('button', { name: 'Show all' }))
    expect(rows()).toHaveLength(15)
  })

  test('has its chart as a table, too', async () => {
    const { user } = await openOverview()
    expect(await screen.findByRole('img', { name: /Size and rows/ })).toBeVisible()
    await user.click(screen.getByRole('button', { name: 'As a table' }))
    const table = screen.getByRole('table', { name: /Size and rows/ })
    expect(within(table).getByRole('row', { name: '10 Dec no good backup' })).toBeVisible()
    expect(within(table).getAllByRole('row')).toHaveLength(31)
  })

  test('says on which days there was a good backup', async () => {
    await openOverview()
    const calendar = await screen.findByRole('table', { name: 'A good backup on 28 of 29 days' })
    expect(within(calendar).getByText(/Wednesday, 10 December.*: none/)).toBeInTheDocument()
    expect(within(calendar).getByText(/Sunday, 14 December.*: proven/)).toBeInTheDocument()
    expect(within(calendar).getAllByRole('columnheader')[0]).toHaveTextContent('Monday')
  })

  test('tells how soon all would be back, where that is known', async () => {
    await openOverview()
    expect(await screen.findByText(/would be back in about 19 s\./)).toBeVisible()
  })

  test('offers what mends what is wrong', async () => {
    const failure = { code: 'unavailable', reason: 'postgres.unreachable', args: {}, detail: '' }
    const { user, program } = await openOverview({
      status: 'attention',
      reason: 'unreachable',
      failure,
      contents: null,
    })
    await user.click(await screen.findByRole('button', { name: 'Look at the connection' }))
    expect(program.navigation.route).toEqual({ page: 'connections', selected: 'c1' })
  })

  test('offers to make room where there is none for one more backup', async () => {
    await openOverview({ status: 'risk', reason: 'old', repositoryFree: 1000 })
    expect(await screen.findByRole('button', { name: 'Make room…' })).toBeVisible()
  })

  test('of a database that can’t be reached says why, and shows its backups all the same', async () => {
    const failure = { code: 'unavailable', reason: 'archive.not_found', args: { path: '/srv/db' }, detail: '' }
    await openOverview({ contents: null, rows: [], failure, status: 'attention' })
    expect(await screen.findByRole('alert')).toHaveTextContent('/srv/db')
    expect(screen.getByText('Last good')).toBeVisible()
  })

  test('without a database offers one', async () => {
    const { user, app } = await openWindow({
      Connections: () => Promise.resolve([]),
      GetOverview: () => Promise.resolve({ ...data.overview, connection: null, reason: 'no_connection' }),
    })
    await user.click(await screen.findByRole('button', { name: 'Make a sample database' }))
    expect(app.CreateSample).toHaveBeenCalled()
  })
})

test('asks whether all is well after a restore, until it is answered', async () => {
  const { user, app, program } = await openOverview({ question })
  expect(await screen.findByRole('heading', { name: 'Is all well?' })).toBeVisible()
  await user.click(screen.getByRole('button', { name: 'All is well' }))
  await waitFor(() => expect(app.AllWell).toHaveBeenCalledOnce())
  await user.click(screen.getByRole('button', { name: /Undo/ }))
  expect(program.navigation.route.page).toBe('undo')
})

describe('the facts', () => {
  const labels = (overview: Partial<Overview>) => factsOf({ ...data.overview, ...overview }).map((fact) => fact.label)

  test('are four, whatever is known', () => {
    expect(labels({})).toEqual(['Last good', 'Last proven', 'Next', 'Not yet in a backup'])
    expect(labels({ contents: null })).toEqual(['Last good', 'Last proven', 'Next'])
    expect(labels({ lastGood: null, last: null })).toEqual(['Last good', 'Last proven', 'Next'])
    expect(labels({ last: data.backups.find((b) => b.state === 'failed') ?? null })[1]).toBe('Last try, failed')
  })

  test('say when a backup was last proven, and how soon the database would be back', () => {
    const lastProven = data.backups.find((b) => b.state === 'proven') ?? null
    const proven = factsOf({ ...data.overview, lastProven, expectedRestoreMS: 0 })[1]
    expect(proven).toMatchObject({ label: 'Last proven', more: 'back in about 19\u00a0s' })
  })

  test('name the next backup that is planned, and whether there is room for it', () => {
    const next = (overview: Partial<Overview>) => factsOf({ ...data.overview, ...overview })[2]
    expect(next({})).toMatchObject({ more: expect.stringContaining('every hour') as string })
    expect(next({ next: { at: data.NOW, when: '5 4 * * 1', schedule: 'Mondays' } })).toMatchObject({
      more: expect.stringContaining('Mondays') as string,
    })
    expect(next({ next: null })).toMatchObject({ value: 'not planned' })
    expect(next({ repositoryFree: 2_000_000 })).toMatchObject({ more: 'may fail: 2.0\u00a0MB of room left', bad: true })
  })

  test('count rows that came and rows that went apart', () => {
    const rows = [
      { table: 'a', rows: 12, before: 10 },
      { table: 'b', rows: 1, before: 4 },
      { table: 'c', rows: 5, before: -1 },
    ]
    const since = factsOf({ ...data.overview, rows })[3]
    expect(since).toMatchObject({ value: '10 rows', more: 'at least 7 added, 3 removed' })
  })
})

test.each([
  [0, 0],
  [8_612_345, 10_000_000],
  [115_538, 120_000],
  [100, 100],
  [3, 3],
  [0.7, 0.8],
])('the axis of %d ends at %d', (max, top) => {
  expect(niceTop(max)).toBeCloseTo(top)
})

test('what was written meanwhile is seen when the overview is opened again', async () => {
  const { user, app } = await openWindow()
  await screen.findByRole('heading', { name: 'wimm_prod is protected' })
  expect(app.GetOverview).toHaveBeenCalledOnce()
  const { rows } = data.overview
  vi.mocked(app.GetOverview).mockResolvedValue({
    ...data.overview,
    rows: [{ ...rows[0]!, rows: rows[0]!.before + 214 }],
  })
  await user.click(await screen.findByRole('button', { name: 'Activity' }))
  await user.click(await screen.findByRole('button', { name: 'Overview' }))
  expect(await screen.findByText('+214')).toBeVisible()
})

test('a look that is under way is waited for, however often the overview is opened', async () => {
  const { user, app } = await openWindow()
  await screen.findByRole('heading', { name: 'wimm_prod is protected' })
  vi.mocked(app.GetOverview).mockReturnValue(new Promise(() => {}))
  for (let n = 0; n < 3; n++) {
    await user.click(await screen.findByRole('button', { name: 'Activity' }))
    await user.click(await screen.findByRole('button', { name: 'Overview' }))
  }
  expect(app.GetOverview).toHaveBeenCalledTimes(2)
})

test('an empty database is offered its last good backup, until somebody says not now', async () => {
  const { user, app, program } = await openOverview({ offer: data.offer })
  expect(await screen.findByRole('heading', { name: 'wimm_prod is empty' })).toBeVisible()
  await user.click(screen.getByRole('button', { name: 'Not now' }))
  await waitFor(() => expect(app.NotNow).toHaveBeenCalledOnce())
  await user.click(screen.getByRole('button', { name: 'See the plan' }))
  expect(program.navigation.route).toMatchObject({ page: 'plan', backupID: data.offer.backup.id })
})

test('an offer that was declined is not made again', async () => {
  await openOverview({ offer: { ...data.offer, declined: true } })
  expect(await screen.findByRole('heading', { level: 1 })).toBeVisible()
  expect(screen.queryByRole('button', { name: 'See the plan' })).toBeNull()
})

test.each([
  ['a question waits', { question }, 'overview'],
  ['an offer waits', { offer: data.offer }, 'overview'],
  ['the offer was declined', { offer: { ...data.offer, declined: true } }, 'backups'],
  ['nothing waits', {}, 'backups'],
] as const)('the window begins where it was, or on the overview: %s', async (_, waiting, page) => {
  const { program } = await openWindow(
    { GetOverview: () => Promise.resolve({ ...data.overview, ...waiting }) },
    { page: 'backups' },
  )
  await waitFor(() => expect(program.navigation.route.page).toBe(page))
})
