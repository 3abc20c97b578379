import { screen, waitFor, within } from '@testing-library/svelte'
import { describe, expect, test, vi } from 'vitest'
import * as data from '../../test/fixtures'
import { openWindow } from '../../test/window'
import type { App, StartView } from '$lib/api'

const button = (name: string | RegExp) => screen.findByRole('button', { name })
const timeline = () => within(screen.getByRole('listbox', { name: 'Timeline' }))
const chosen = () => timeline().getByRole('option', { selected: true })
const backup = async (name: string | RegExp) => {
  await screen.findByRole('listbox', { name: 'Timeline' })
  return timeline().getByRole('option', { name })
}

async function openBackups(answers: Partial<App> = {}, first: Partial<StartView> = {}) {
  const opened = await openWindow({ Events: () => Promise.resolve([]), ...answers }, first)
  opened.program.navigation.go({ page: 'backups' })
  await screen.findByRole('heading', { name: 'Backups' })
  return opened
}

describe('the list', () => {
  test('says of each backup whether it is good, proven or failed', async () => {
    const { user } = await openBackups()
    const proven = await backup(/wimm_prod_20251221_030000/)
    expect(within(proven).getByRole('img', { name: /^Proven .*, in 19\ss$/ })).toBeVisible()
    expect(proven).toHaveTextContent('Proven in 19 s')
    await user.click(proven)
    expect(await screen.findByRole('article')).toHaveTextContent(
      'restored aside on db.wimm.example:5432, PostgreSQL 15.20, and compared',
    )
    await user.click(screen.getByRole('radio', { name: 'Proven' }))
    expect(timeline().getAllByRole('option')).toHaveLength(1)
  })

  test('says which backups look wrong beside those before them, and which are pinned', async () => {
    const { user } = await openBackups()
    const wrong = await backup(/wimm_prod_20251222_113200/)
    expect(within(wrong).getByRole('img', { name: '1 warning' })).toBeVisible()
    await user.click(wrong)
    const remarks = within(await screen.findByRole('list', { name: 'What to know of this backup' })).getAllByRole(
      'listitem',
    )
    expect(remarks).toHaveLength(2)
    expect(remarks[0]).toHaveTextContent(/finances_budget is empty in this backup\. In the one of .* it had 642 rows\./)
    expect(remarks[1]).toHaveTextContent('as it should be')
    const kept = await backup(/wimm_prod_20251221_030000/)
    expect(within(kept).getByRole('img', { name: 'Pinned' })).toBeVisible()
    await user.click(kept)
    expect(await screen.findByText('Pinned: nothing prunes it.')).toBeVisible()
  })

  test('says what a rehearsal could only count, and what it left behind', async () => {
    const backups = data.backups.map((backup) =>
      backup.proven
        ? {
            ...backup,
            proven: { ...backup.proven, counted: 3 },
            left: [{ code: 'unavailable', reason: 'postgres.lent_left', args: { folder: '/tmp/cofre-r' }, detail: '' }],
          }
        : backup,
    )
    const { user } = await openBackups({ Backups: () => Promise.resolve(backups) })
    await user.click(await backup(/wimm_prod_20251221_030000/))
    const detail = await screen.findByRole('article')
    expect(detail).toHaveTextContent('Of 3 tables only the number of rows was compared')
    expect(detail).toHaveTextContent('The rehearsal left something behind')
    expect(detail).toHaveTextContent('could not be stopped. It is in /tmp/cofre-r.')
  })

  test('rehearses a restore', async () => {
    const { app, user } = await openBackups()
    await user.click(await button('Rehearse a restore'))
    expect(app.RehearseBackup).toHaveBeenCalledWith('b1')
  })

  test('shows what the newest backup holds', async () => {
    await openBackups()
    const detail = await screen.findByRole('article')
    await waitFor(() => expect(detail).toHaveTextContent('7 families, 21 users'))
    expect(detail).toHaveTextContent('Mariana Andrade')
    expect(detail).toHaveTextContent('finances_transaction')
  })

  test('asks what a backup holds when it is looked at', async () => {
    const { app, user } = await openBackups()
    expect(app.BackupDetail).toHaveBeenCalledTimes(1)
    await user.click(await backup(/Before the year-end/))
    expect(app.BackupDetail).toHaveBeenLastCalledWith('b6')
  })

  test('says when that can’t be known, and shows the rest', async () => {
    const failure = { code: 'internal', reason: 'state.damaged', args: {}, detail: '' }
    await openBackups({ BackupDetail: () => Promise.reject(new Error(JSON.stringify(failure))) })
    const detail = await screen.findByRole('article')
    expect(await within(detail).findByRole('alert')).toBeVisible()
    expect(detail).toHaveTextContent('wimm_prod')
  })

  test('moves by the arrow keys, over the days', async () => {
    const { user } = await openBackups()
    await user.click(await backup(/Before the year-end/))
    await user.keyboard('{ArrowDown}')
    expect(chosen()).toHaveTextContent('Safety backup')
    expect(chosen()).toHaveFocus()
    await user.keyboard('{Home}')
    expect(chosen()).toHaveTextContent('wimm_prod_20251222_141400.dump')
  })

  test('is searched by name and note', async () => {
    const { user } = await openBackups()
    const search = await screen.findByRole('searchbox', { name: 'Search' })
    await user.type(search, 'budget cleaned')
    expect(timeline().getAllByRole('option')).toHaveLength(1)
    await user.clear(search)
    await user.type(search, '20251220')
    expect(timeline().getAllByRole('option')).toHaveLength(1)
    await user.type(search, ' nowhere')
    expect(await screen.findByText('No backup fits')).toBeVisible()
    await user.click(await button('Show all backups'))
    expect(timeline().getAllByRole('option')).toHaveLength(data.backups.length)
  })

  test('is filtered by state', async () => {
    const { user } = await openBackups()
    await user.click(await screen.findByRole('radio', { name: 'Failed' }))
    expect(timeline().getAllByRole('option')).toHaveLength(2)
    expect(screen.getByRole('article')).toHaveTextContent('There is no space left')
  })

  test('shows another database’s backups on demand', async () => {
    const other = { ...data.backups[0]!, id: 'x', ofActive: false, source: 'shop', note: 'Of the shop' }
    const { user } = await openBackups({ Backups: () => Promise.resolve([other, ...data.backups]) })
    await screen.findByRole('article')
    expect(timeline().queryByRole('option', { name: /Of the shop/ })).toBeNull()
    await user.selectOptions(screen.getByRole('combobox', { name: 'Of which database' }), 'Every database')
    expect(timeline().getByRole('option', { name: /Of the shop/ })).toBeVisible()
  })

  test('has restores and checks among the backups, and shows them alone on demand', async () => {
    const { user } = await openBackups({ Events: () => Promise.resolve(data.events) })
    await screen.findByRole('article')
    const rehearsal = await timeline().findByRole('option', { name: /Rehearsal \(Scheduled, .*\): done in 19/ })
    expect(rehearsal).toHaveAttribute('aria-disabled', 'true')
    const kind = screen.getByRole('combobox', { name: 'Kind' })
    await user.selectOptions(kind, 'Restores and checks')
    expect(timeline().getAllByRole('option')).toHaveLength(4)
    expect(timeline().getByRole('option', { name: /Restore \(backup_full_20251218.dump\): failed/ })).toBeVisible()
    expect(timeline().getByRole('option', { name: /Restore taken back: done/ })).toBeVisible()
    await user.selectOptions(kind, 'Safety backup')
    expect(timeline().getAllByRole('option')).toHaveLength(1)
  })

  test('that is empty offers the first backup', async () => {
    const { user, app } = await openBackups({ Backups: () => Promise.resolve([]) })
    await user.click(await button('Make the first backup'))
    expect(app.StartBackup).toHaveBeenCalledWith({ note: '', compress: '', passphrase: '', recipients: [] })
  })
})

describe('a backup', () => {
  test('is made with a note and compressed on demand', async () => {
    const { user, app } = await openBackups()
    await user.click(await button('Back up with options…'))
    const note = await screen.findByLabelText('Note')
    await waitFor(() => expect(note).toHaveFocus())
    await user.type(note, 'before the import')
    await user.selectOptions(screen.getByLabelText('Compression of the file'), 'zstd: fast and small')
    await user.click(await button('Back up'))
    expect(app.StartBackup).toHaveBeenCalledWith({
      note: 'before the import',
      compress: 'zstd',
      passphrase: '',
      recipients: [],
    })
  })

  test('is encrypted with a passphrase that was typed twice', async () => {
    const { user, app } = await openBackups()
    await user.click(await button('Back up with options…'))
    await user.selectOptions(await screen.findByLabelText('Encryption'), 'With a passphrase')
    expect(screen.getByText(/nobody can read this backup, Cofre neither/)).toBeVisible()
    await user.type(screen.getByLabelText('Passphrase'), 'correct horse')
    await user.type(screen.getByLabelText('The passphrase again'), 'correct house')
    await user.click(await button('Back up'))
    expect(screen.getByText('The two passphrases differ.')).toBeVisible()
    expect(app.StartBackup).not.toHaveBeenCalled()
    await user.clear(screen.getByLabelText('The passphrase again'))
    await user.type(screen.getByLabelText('The passphrase again'), 'correct horse')
    await user.click(await button('Back up'))
    expect(app.StartBackup).toHaveBeenCalledWith({
      note: '',
      compress: '',
      passphrase: 'correct horse',
      recipients: [],
    })
  })

  test('is noted on its page', async () => {
    const { user, app } = await openBackups()
    await user.click(await backup(/Before the year-end/))
    await user.click(await button('Edit the note'))
    const note = await screen.findByLabelText('Note')
    await waitFor(() => expect(note).toHaveFocus())
    await user.type(note, '{Enter}Ana has asked for it.')
    await user.click(await button('Save'))
    expect(app.NoteBackup).toHaveBeenCalledWith('b6', 'Before the year-end import\nAna has asked for it.')
    await waitFor(() => expect(screen.queryByLabelText('Note')).toBeNull())
  })

  test('is compared with another one', async () => {
    const { user, app } = await openBackups()
    await user.click(await backup(/Before the year-end/))
    await user.keyboard('{Control>}')
    await user.click(await backup(/wimm_prod_20251222_140000/))
    await user.keyboard('{/Control}')
    expect(app.CompareBackups).toHaveBeenCalledWith(expect.any(String), 'b6', 'b2')
    expect(await screen.findByRole('table', { name: /between the two backups/ })).toBeVisible()
    await user.click(await button('End the comparison'))
    expect(await button('Restore…')).toBeVisible()
  })

  test('taken in from a file is shown, whichever database it is of', async () => {
    const taken = {
      ...data.backups[0]!,
      id: 'new',
      name: 'from elsewhere.dump',
      ofActive: false,
      purpose: 'imported' as const,
    }
    const { user, app } = await openBackups({
      ImportBackup: () => Promise.resolve('new'),
      Backups: () => Promise.resolve([taken, ...data.backups]),
    })
    await user.click(await button('Import…'))
    expect(app.ImportBackup).toHaveBeenCalledWith('/data/backup_full_20251220.dump')
    expect(await screen.findByText('Read whole and taken in: from elsewhere.dump')).toBeVisible()
    await waitFor(() => expect(chosen()).toHaveTextContent('Imported'))
  })

  test('is deleted at once, and comes back for ten seconds', async () => {
    const { user, app } = await openBackups()
    await user.click(await backup(/Before the year-end/))
    vi.mocked(app.Backups).mockResolvedValue(data.backups.filter((b) => b.id !== 'b6'))
    await user.keyboard('{Delete}')
    expect(app.DeleteBackup).toHaveBeenCalledWith('b6')
    expect(await screen.findByText('Backup deleted')).toBeVisible()
    await waitFor(() => expect(chosen()).toHaveTextContent('Safety backup'))
    await user.click(await button('Undo'))
    expect(app.UndeleteBackup).toHaveBeenCalledWith('b6')
    expect(await screen.findByText('Backup brought back')).toBeVisible()
    expect(screen.queryByText('Backup deleted')).toBeNull()
  })

  test('is offered back at once, also where the database does not answer', async () => {
    const { user, app } = await openBackups()
    await user.click(await backup(/Before the year-end/))
    vi.mocked(app.GetOverview).mockReturnValue(new Promise(() => {}))
    await user.keyboard('{Delete}')
    expect(await screen.findByText('Backup deleted')).toBeVisible()
    vi.mocked(app.UndeleteBackup).mockRejectedValueOnce(
      JSON.stringify({ code: 'unavailable', reason: 'backup.aside_away', args: { folder: '/mnt/usb' }, detail: '' }),
    )
    await user.click(await button('Undo'))
    await screen.findByText(/\/mnt\/usb/)
    await user.click(await button('Undo')) // once its drive is there again
    expect(await screen.findByText('Backup brought back')).toBeVisible()
  })

  test('goes alone: a held key takes no other, and the one below is chosen at once', async () => {
    const { user, app, emit } = await openBackups()
    await user.click(await backup(/Before the year-end/))
    let answer = () => {}
    vi.mocked(app.DeleteBackup).mockReturnValue(new Promise((done) => (answer = done)))
    vi.mocked(app.GetOverview).mockReturnValue(new Promise(() => {}))
    vi.mocked(app.Backups).mockResolvedValue(data.backups.filter((b) => b.id !== 'b6'))
    await user.keyboard('{Delete}')
    await waitFor(() => expect(chosen()).toHaveTextContent('Safety backup'))
    emit('catalogue', null)
    await waitFor(() => expect(timeline().queryByRole('option', { name: /Before the year-end/ })).toBeNull())
    expect(chosen()).toHaveTextContent('Safety backup')
    window.dispatchEvent(new KeyboardEvent('keydown', { key: 'Delete', repeat: true }))
    await user.keyboard('{Control>}{Delete}{/Control}{Delete}')
    answer()
    expect(await screen.findByText('Backup deleted')).toBeVisible()
    expect(app.DeleteBackup).toHaveBeenCalledTimes(1)
    window.dispatchEvent(new KeyboardEvent('keydown', { key: 'Delete', repeat: true }))
    expect(app.DeleteBackup).toHaveBeenCalledTimes(1)
    expect(chosen()).toHaveTextContent('Safety backup')
  })

  test('stays chosen where it can’t be deleted', async () => {
    const { user, app } = await openBackups()
    await user.click(await backup(/Before the year-end/))
    vi.mocked(app.DeleteBackup).mockRejectedValue(
      JSON.stringify({ code: 'busy', reason: 'job.running_elsewhere', args: {}, detail: '' }),
    )
    await user.keyboard('{Delete}')
    expect(await screen.findByText('Another Cofre is working right now.')).toBeVisible()
    expect(chosen()).toHaveTextContent('Before the year-end')
  })

  test('that is pinned is deleted after a question whose safe answer has the focus', async () => {
    const { user, app } = await openBackups()
    await user.click(await backup(/wimm_prod_20251221_030000/))
    await user.keyboard('{Delete}')
    const dialog = await screen.findByRole('alertdialog', { name: 'Delete this backup?' })
    expect(dialog).toHaveTextContent('5 other good backups of it remain.')
    await waitFor(() => expect(within(dialog).getByRole('button', { name: 'Keep the backup' })).toHaveFocus())
    await user.click(within(dialog).getByRole('button', { name: 'Delete the backup' }))
    expect(app.DeleteBackup).toHaveBeenCalledWith('b4')
    expect(await screen.findByText('Backup deleted')).toBeVisible()
  })

  test('is kept by Esc', async () => {
    const { user, app } = await openBackups()
    await user.click(await backup(/wimm_prod_20251221_030000/))
    await user.keyboard('{Delete}')
    await screen.findByRole('alertdialog')
    await user.keyboard('{Escape}')
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull())
    expect(app.DeleteBackup).not.toHaveBeenCalled()
  })

  test('says that it is the last good one of its database', async () => {
    const { user } = await openBackups({ Backups: () => Promise.resolve(data.backups.slice(0, 1)) })
    await user.click(await backup(/./))
    await user.keyboard('{Delete}')
    expect(await screen.findByText('It is the last good backup of wimm_prod.')).toBeVisible()
  })

  test('is saved as a copy, and says where', async () => {
    const { user, app } = await openBackups()
    await user.click(await button('Save a copy…'))
    expect(app.SaveCopy).toHaveBeenCalledWith('b1')
    expect(await screen.findByText('Copy saved: /data/copy.dump')).toBeVisible()
  })

  test('leads to a plan', async () => {
    const { user, app } = await openBackups()
    await user.click(await button('Restore…'))
    await waitFor(() => expect(app.PlanRestore).toHaveBeenCalledWith('b1', ''))
  })

  test('whose file is gone can’t be restored', async () => {
    const { user } = await openBackups()
    await user.click(await backup(/wimm_prod_20251219_030000/))
    expect(screen.getByRole('article')).toHaveTextContent('The file is not where it was')
    expect(screen.queryByRole('button', { name: 'Restore…' })).toBeNull()
  })
})

test('a demonstration says so, and has its acts switched off', async () => {
  const { user, app } = await openBackups({}, { demo: true })
  expect(screen.getByText('Demonstration.')).toBeVisible()
  expect(await button('Back up now')).toBeDisabled()
  expect(await button('Restore…')).toBeDisabled()
  await user.click(timeline().getAllByRole('option')[0]!)
  await user.keyboard('{Delete}')
  expect(screen.queryByRole('alertdialog')).toBeNull()
  expect(app.DeleteBackup).not.toHaveBeenCalled()
})
