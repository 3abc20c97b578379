import { fireEvent, screen, waitFor, within } from '@testing-library/svelte'
import { expect, test } from 'vitest'
import { openWindow } from '../../test/window'
import { readable } from './log'

async function openActivity(answers: Parameters<typeof openWindow>[0] = {}) {
  const opened = await openWindow(answers)
  opened.program.navigation.go({ page: 'activity' })
  await screen.findByRole('heading', { name: 'Activity' })
  return opened
}

test('each operation says when, who, what, and how it ended', async () => {
  await openActivity()
  const row = await screen.findByRole('row', { name: /rolled back/ })
  expect(row).toHaveTextContent('cli:rafael')
  expect(row).toHaveTextContent('Restore')
  expect(row).toHaveTextContent('wimm_prod')
  expect(screen.getByRole('row', { name: /failed, untouched/ })).toHaveTextContent(
    'Another program is using db.sqlite3',
  )
})

test('the log is read and searched', async () => {
  const { user } = await openActivity()
  await user.click(screen.getByRole('radio', { name: 'Log' }))
  const log = await screen.findByRole('region', { name: 'Log' })
  expect(log).toHaveTextContent('[BACKUP] backup made bytes=8612345')
  await user.type(screen.getByRole('searchbox', { name: 'Search the log' }), 'failed')
  expect(log).toHaveTextContent('ERROR')
  expect(log).not.toHaveTextContent('backup made')
})

test('the audit trail says that it is whole, and draws what is seen of it', async () => {
  const { user, app } = await openActivity()
  await user.click(screen.getByRole('radio', { name: 'Audit trail' }))
  expect(await screen.findByText(/The audit trail is whole: 250 entries/)).toBeVisible()
  const rows = await screen.findAllByRole('row')
  expect(rows.length).toBeLessThan(60)
  expect(rows[1]).toHaveTextContent('Rafael')
  expect(rows[1]).toHaveTextContent('wimm_prod · backup_250.dump')
  expect(rows[1]).toHaveTextContent('succeeded')
  const list = screen.getByRole('region', { name: 'Audit trail' })
  list.scrollTop = 100_000
  await fireEvent.scroll(list)
  await waitFor(() => expect(app.Trail).toHaveBeenCalledWith(expect.objectContaining({ behind: 151 })))
})

test('the audit trail is asked for once, and once more when the filter changes', async () => {
  const { user, app } = await openActivity()
  await user.click(screen.getByRole('radio', { name: 'Audit trail' }))
  await screen.findAllByRole('row')
  await turns()
  expect(app.Trail).toHaveBeenCalledTimes(1)
  await user.selectOptions(screen.getByRole('combobox', { name: 'What' }), 'Login')
  await screen.findByRole('row', { name: /failed/ })
  await turns()
  expect(app.Trail).toHaveBeenCalledTimes(2)
})

/** Lets timers that are due follow each other a few times. */
async function turns() {
  for (let i = 0; i < 5; i++) await new Promise((done) => setTimeout(done))
}

test('a search of the audit trail goes on until it has found something, or all is looked through', async () => {
  const parts = [
    { entries: [], ended: false, behind: 80_000 },
    { entries: [], ended: false, behind: 60_000 },
    { entries: [], ended: true, behind: 0 },
  ]
  const asked: number[] = []
  const { user } = await openActivity({
    Trail: ({ search, behind }) => Promise.resolve(search === '' ? parts[2]! : parts[asked.push(behind) - 1]!),
  })
  await user.click(screen.getByRole('radio', { name: 'Audit trail' }))
  await user.type(await screen.findByRole('searchbox', { name: 'Search the audit trail' }), 'x')
  expect(await screen.findByText('No entry matches')).toBeVisible()
  expect(asked).toEqual([0, 80_000, 60_000])
})

test('the audit trail is filtered, looked into and exported', async () => {
  const { user, app } = await openActivity()
  await user.click(screen.getByRole('radio', { name: 'Audit trail' }))
  await screen.findByText(/is whole/)
  await user.selectOptions(screen.getByRole('combobox', { name: 'What' }), 'Login')
  expect(await screen.findByRole('row', { name: /failed/ })).toHaveTextContent('Login')
  await user.type(screen.getByLabelText('To'), '2025-12-22')
  const until = new Date(2025, 11, 23).getTime()
  await waitFor(() => expect(app.Trail).toHaveBeenLastCalledWith(expect.objectContaining({ what: 'login', until })))
  await user.click(within(screen.getByRole('row', { name: /failed/ })).getByRole('button', { name: 'Login' }))
  const dialog = await screen.findByRole('alertdialog', { name: 'Entry 3: Login' })
  expect(dialog).toHaveTextContent('hash3')
  await user.click(within(dialog).getByRole('button', { name: 'Close' }))
  await user.click(screen.getByRole('button', { name: 'Export as CSV…' }))
  await waitFor(() =>
    expect(app.ExportTrail).toHaveBeenCalledWith(expect.objectContaining({ what: 'login', until }), 'csv'),
  )
  expect(await screen.findByText('Audit trail saved: /data/cofre-audit.csv')).toBeVisible()
})

test('what schedules and clean-ups did has words', async () => {
  const { user } = await openActivity()
  expect(await screen.findByRole('row', { name: /Removed old backups/ })).toBeVisible()
  await user.click(screen.getByRole('radio', { name: 'Audit trail' }))
  const what = await screen.findByRole('combobox', { name: 'What' })
  expect(within(what).getByRole('option', { name: 'Schedule added' })).toHaveValue('schedule_added')
})

test('the first entry that does not fit is said', async () => {
  const damage = { code: 'corrupt', reason: 'audit.changed', args: { entry: 7, file: '' }, detail: '' }
  const { user } = await openActivity({
    CheckTrail: () => Promise.resolve({ entries: 6, manifests: 0, otherTrails: 0, damage }),
  })
  await user.click(screen.getByRole('radio', { name: 'Audit trail' }))
  expect(await screen.findByRole('alert')).toHaveTextContent('entry 7 is not what was written')
})

test('a line that is no JSON stays as it is', () => {
  expect(readable('panic: x')).toBe('panic: x')
  expect(readable('[1]')).toBe('[1]')
})
