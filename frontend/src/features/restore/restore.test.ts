import { screen, waitFor, within } from '@testing-library/svelte'
import { describe, expect, test } from 'vitest'
import type { PlanView, ResultView } from '$lib/api'
import { rejection } from '../../test/fake'
import * as data from '../../test/fixtures'
import { openWindow, type Opened } from '../../test/window'

async function openPlan(plan: PlanView = data.plan, more = {}): Promise<Opened> {
  const opened = await openWindow({ PlanRestore: () => Promise.resolve(plan), ...more })
  const before = screen.queryByRole('heading', { level: 1 })
  opened.program.navigation.go({ page: 'plan', backupID: 'b6', path: '', name: plan.fileName })
  await waitFor(() => expect(screen.getByRole('heading', { level: 1 })).not.toBe(before))
  return opened
}
function outOfReach(element: HTMLElement | null): boolean {
  return element !== null && (element.inert || outOfReach(element.parentElement))
}
const button = (name: string | RegExp) => screen.getByRole('button', { name })

describe('the plan', () => {
  test('says in one sentence what goes and what comes, and proves it table by table', async () => {
    await openPlan(data.plan, { Difference: () => new Promise(() => undefined) })
    expect(screen.getByText(/This removes/)).toHaveTextContent(
      'This removes 3 users, 214 transactions and 506 other rows, and brings 1 family.',
    )
    const row = screen.getByRole('row', { name: /finances_transaction/ })
    expect(row).toHaveTextContent('48,526')
    expect(row).toHaveTextContent('48,312')
    expect(row).toHaveTextContent('−214')
    expect(screen.getByText('Família Lima, Tiago Lima (parent), Helena Lima (child), demo (admin)')).toBeVisible()
  })

  test('of an undo says what was written since, table by table, before anything is asked', async () => {
    const table = { before: 3, after: 4, added: 0, removed: 0, changed: 0, columns: false, skipped: '' } as const
    const since: PlanView['since'] = {
      at: data.NOW,
      unknown: '',
      tables: [
        { ...table, name: 'people', added: 1201, removed: 3, changed: 4 },
        { ...table, name: 'audit_trail', before: 9_000_000, after: 9_100_000, skipped: 'too_large' },
        { ...table, name: 'later', before: -1, added: 4 },
      ],
    }
    const { program } = await openWindow({
      PlanUndo: () => Promise.resolve({ ...data.plan, undo: true, comparable: false, since }),
    })
    program.navigation.go({ page: 'undo' })
    expect(await screen.findByRole('heading', { name: /Written since the restore/ })).toBeVisible()
    expect(screen.getByRole('row', { name: /people/ })).toHaveTextContent('1,20134')
    expect(screen.getByRole('row', { name: /audit_trail/ })).toHaveTextContent(
      'Not compared: 9,000,000 rows then, 9,100,000 now',
    )
    expect(screen.getByRole('row', { name: /later/ })).toHaveTextContent('A new table')
    expect(screen.getByText(/This takes back/)).toHaveTextContent(
      'This takes back the last restore, and at least 1,212 changes made since. 1 table could not be compared.',
    )
    expect(screen.queryByRole('dialog')).toBeNull()
  })

  test('with a blocker, names it first and can not be run', async () => {
    await openPlan({
      ...data.plan,
      checks: [data.noRoom, ...data.plan.checks],
    })
    const findings = within(screen.getByRole('heading', { name: '3 things to know' }).closest('section')!).getAllByRole(
      'listitem',
    )
    expect(findings[0]).toHaveTextContent('There is no room for the safety backup')
    expect(button('Replace wimm_prod…')).toBeDisabled()
    expect(screen.getByText('Nothing has been changed. 1 finding stands in the way.')).toBeVisible()
  })

  test('offers the newer backup that it found', async () => {
    const { user, app } = await openPlan()
    await user.click(button('Use it'))
    await waitFor(() => expect(app.PlanRestore).toHaveBeenLastCalledWith('b1', ''))
  })

  test('that can not be made says why, and that nothing was changed', async () => {
    await openPlan(data.plan, {
      PlanRestore: () =>
        Promise.reject(new Error(rejection({ code: 'corrupt', reason: 'archive.hash', args: { file: 'x.dump' } }))),
    })
    expect(await screen.findByRole('heading', { name: 'This can’t be restored' })).toBeVisible()
    expect(screen.getByText('Nothing was changed.')).toBeVisible()
    expect(screen.getByText(/its SHA-256 differs/)).toBeVisible()
  })

  test('that became stale is made again on demand', async () => {
    const plan = { ...data.plan, connection: data.staging }
    const { user, app } = await openPlan(plan, {
      StartRestore: () =>
        Promise.reject(new Error(rejection({ code: 'stale', reason: 'restore.stale', args: { what: 'users' } }))),
    })
    await user.click(button('Replace wimm_test…'))
    await user.click(button('Replace wimm_test'))
    await user.click(await screen.findByRole('button', { name: 'Make the plan again' }))
    expect(app.PlanRestore).toHaveBeenCalledTimes(2)
  })
})

describe('the first question', () => {
  test('says what the seeds say, names the database, and has the focus on the safe answer', async () => {
    const { user } = await openPlan()
    await user.click(button('Replace wimm_prod…'))
    const dialog = await screen.findByRole('alertdialog', { name: 'Confirm Database Restore' })
    expect(dialog).toHaveTextContent('WARNING: Restoring a backup will replace ALL current data.')
    expect(dialog).toHaveTextContent('IMPORTANT: It is strongly recommended to create a backup first.')
    expect(dialog).toHaveTextContent('pre_restore_20251222_143604.dump')
    expect(dialog).toHaveTextContent('PostgreSQL 15.20 · db.wimm.example:5432')
    await waitFor(() => expect(button('Keep the current data')).toHaveFocus())
  })

  test('puts everything behind it out of reach, and gives the focus back', async () => {
    const { user } = await openPlan()
    const act = button('Replace wimm_prod…')
    await user.click(act)
    await screen.findByRole('alertdialog')
    expect(outOfReach(act)).toBe(true)
    await user.keyboard('{Escape}')
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull())
    expect(outOfReach(act)).toBe(false)
    await waitFor(() => expect(act).toHaveFocus())
  })

  test('Esc is the safe answer', async () => {
    const { user, app } = await openPlan()
    await user.click(button('Replace wimm_prod…'))
    await screen.findByRole('alertdialog')
    await user.keyboard('{Escape}')
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull())
    expect(app.StartRestore).not.toHaveBeenCalled()
  })

  test('of a production database wants its name typed', async () => {
    const { user, app } = await openPlan()
    await user.click(button('Replace wimm_prod…'))
    const act = await screen.findByRole('button', { name: 'Replace wimm_prod' })
    expect(act).toBeDisabled()
    const field = screen.getByLabelText('To go on, type the name of the database')
    await user.type(field, 'wimm_pro')
    expect(act).toBeDisabled()
    await user.type(field, 'd')
    await user.click(act)
    expect(app.StartRestore).toHaveBeenCalledWith({ planID: 'p1', consents: ['overwrite'], typed: 'wimm_prod' })
  })

  test('of another database is answered by one click', async () => {
    const { user, app } = await openPlan({ ...data.plan, connection: data.staging })
    await user.click(button('Replace wimm_test…'))
    await user.click(await screen.findByRole('button', { name: 'Replace wimm_test' }))
    expect(app.StartRestore).toHaveBeenCalledWith({ planID: 'p1', consents: ['overwrite'], typed: '' })
  })
})

describe('a broken live file', () => {
  const plan = { ...data.rescue, connection: data.staging }

  test('is kept aside only after a question of its own, and no safety backup is promised', async () => {
    const { user, app } = await openPlan(plan)
    expect(screen.queryByText(/A safety backup is made/)).toBeNull()
    await user.click(button('Replace wimm_test…'))
    await user.click(await screen.findByRole('button', { name: 'Replace wimm_test' }))
    const dialog = await screen.findByRole('alertdialog', { name: 'Replace a broken file' })
    expect(dialog).toHaveTextContent('/srv/app/dev__broken_20251222_143604.sqlite3')
    await waitFor(() => expect(button('Leave it as it is')).toHaveFocus())
    expect(app.StartRestore).not.toHaveBeenCalled()
    await user.click(button('Keep it aside and replace it'))
    expect(app.StartRestore).toHaveBeenCalledWith({ planID: 'p4', consents: ['overwrite', 'rescue'], typed: '' })
  })
})

describe('the second question', () => {
  const migration = { ...data.migration, connection: data.staging }

  async function agreeToTheFirst() {
    const opened = await openPlan(migration)
    await opened.user.click(button('Migrate into wimm_test…'))
    await opened.user.click(await screen.findByRole('button', { name: 'Replace wimm_test' }))
    return { ...opened, dialog: await screen.findByRole('alertdialog', { name: 'Confirm Migration' }) }
  }

  test('comes after the first, and says the three facts', async () => {
    const { dialog, app } = await agreeToTheFirst()
    expect(dialog).toHaveTextContent('MIGRATION REQUIRED')
    const facts = within(dialog).getAllByRole('listitem')
    expect(facts).toHaveLength(3)
    expect(facts[0]).toHaveTextContent('Current PostgreSQL database will be backed up')
    expect(facts[1]).toHaveTextContent('All current PostgreSQL data will be dropped: 115,538 rows in 14 tables')
    expect(facts[2]).toHaveTextContent('SQLite data will be migrated to PostgreSQL: 114,816 rows')
    expect(app.StartRestore).not.toHaveBeenCalled()
    await waitFor(() => expect(button('Don’t migrate')).toHaveFocus())
  })

  test('a yes to both starts it with both consents', async () => {
    const { user, app } = await agreeToTheFirst()
    await user.click(button('Migrate and replace wimm_test'))
    expect(app.StartRestore).toHaveBeenCalledWith({ planID: 'p2', consents: ['overwrite', 'migrate'], typed: '' })
  })

  test('a no starts nothing', async () => {
    const { user, app } = await agreeToTheFirst()
    await user.keyboard('{Escape}')
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull())
    expect(app.StartRestore).not.toHaveBeenCalled()
  })
})

describe('PostgreSQL into SQLite', () => {
  test('is blocked with the words of the seed, and says what can be done', async () => {
    const { user, app } = await openPlan(data.blocked)
    expect(
      await screen.findByRole('heading', { name: 'Cannot restore PostgreSQL backup to SQLite database' }),
    ).toBeVisible()
    expect(screen.getByText(/^Your system is currently running with SQLite database/)).toBeVisible()
    expect(screen.queryByRole('button', { name: /Replace/ })).toBeNull()
    await user.click(button(/Only look inside/))
    expect(screen.getByText('Mariana Andrade')).toBeVisible()
    await user.click(button(/Use a SQLite backup/))
    await waitFor(() => expect(app.PlanRestore).toHaveBeenLastCalledWith('b1', ''))
  })

  test('is compared with the active database by whoever looks inside', async () => {
    const { user, app } = await openPlan(data.blocked)
    const look = await screen.findByRole('button', { name: /Only look inside/ })
    expect(app.Difference).not.toHaveBeenCalled()
    await user.click(look)
    expect(app.Difference).toHaveBeenCalledWith('p3')
    const table = await screen.findByRole('table', { name: /Rows that differ between the database and the backup/ })
    expect(within(table).getByRole('columnheader', { name: 'Only in the backup' })).toBeVisible()
    expect(within(table).getByRole('row', { name: /finances_activitylog/ })).toHaveTextContent('468')
    expect(screen.queryByText(/Removed|Brought/)).toBeNull()
  })

  test('can go into a PostgreSQL database that is set up', async () => {
    const { user, app } = await openPlan(data.blocked)
    await user.click(await screen.findByRole('button', { name: /Restore it into wimm_test/ }))
    await waitFor(() => expect(app.Activate).toHaveBeenCalledWith('c3'))
  })
})

describe('the end of a restore', () => {
  async function end(result: Partial<ResultView>): Promise<Opened> {
    const opened = await openWindow({ LastResult: () => Promise.resolve({ ...data.result, ...result }) })
    opened.program.plan = data.plan
    opened.emit('job', data.job)
    opened.emit('job', { ...data.job, revision: 99, state: result.failure ? 'failed' : 'succeeded' })
    if (result.status !== 'untouched' && result.status !== 'cancelled') opened.emit('session', { user: '' })
    await screen.findByRole('heading', { level: 1 })
    return opened
  }
  const failure = { code: 'unavailable', reason: 'archive.no_space', args: { path: '/db' }, detail: 'ENOSPC' }

  test('in success shows the counters before and now, and the people; then comes the login', async () => {
    const { user } = await end({})
    expect(
      await screen.findByRole('heading', { name: /wimm_prod holds the backup of Saturday, 20 December/ }),
    ).toBeVisible()
    expect(screen.getByRole('row', { name: /finances_transaction/ })).toHaveTextContent('48,52648,312−214')
    expect(screen.getByText('Mariana Andrade')).toBeVisible()
    expect(screen.getByText(/Every session has ended/)).toBeVisible()
    await user.click(button('All is well'))
    expect(await screen.findByRole('button', { name: 'Sign in' })).toBeVisible()
  })

  test('says when the database could not be looked at again', async () => {
    await end({ verified: false })
    expect(await screen.findByText(/was not checked again/)).toBeVisible()
  })

  test('can be taken back: after the login comes the plan of that', async () => {
    const { user, app } = await end({})
    await user.click(await screen.findByRole('button', { name: 'Undo…' }))
    await user.type(await screen.findByLabelText('Password'), 'secret words')
    await user.click(button('Sign in'))
    await waitFor(() => expect(app.PlanUndo).toHaveBeenCalled())
    expect(await screen.findByRole('heading', { name: /Undo the last restore of wimm_prod/ })).toBeVisible()
  })

  test.each([
    ['untouched', 'The restore stopped. wimm_prod is unchanged.', 'Make the plan again'],
    ['cancelled', 'The restore was cancelled. wimm_prod is unchanged.', 'Make the plan again'],
    ['rolled_back', 'The restore failed. wimm_prod holds its old content again.', 'Sign in'],
    [
      'damaged',
      'The restore failed, and the old content of wimm_prod could not be put back',
      'Bring the old content back…',
    ],
  ] as const)('%s has its name, and a way on', async (status, title, way) => {
    await end({ status, failure })
    expect(await screen.findByRole('heading', { name: title })).toBeVisible()
    expect(button(way)).toBeEnabled()
    expect(screen.getByText(/pre_restore_20251222_143604\.dump/)).toBeVisible()
  })

  test('a failure says what happened, what to do, and has the raw words for support', async () => {
    await end({ status: 'untouched', failure })
    expect(await screen.findByText(/There is no space left/)).toBeVisible()
    expect(screen.getByText(/Free some space/)).toBeVisible()
    expect(screen.getByRole('region', { name: 'For support' })).toHaveTextContent('ENOSPC')
  })

  test('is shown when the result is known, though the job’s last snapshot came before', async () => {
    let known = false
    const { emit } = await openWindow({ LastResult: () => Promise.resolve(known ? data.result : null) })
    emit('job', data.job)
    emit('job', { ...data.job, revision: 99, state: 'succeeded' })
    emit('session', { user: '' })
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Sign in' })).toBeNull())
    known = true
    emit('catalogue', null)
    expect(await screen.findByText('Is all well?')).toBeVisible()
  })
})
