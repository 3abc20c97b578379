import { screen, waitFor, within } from '@testing-library/svelte'
import { beforeEach, afterEach, expect, test, vi } from 'vitest'
import { rejection } from '../../test/fake'
import * as data from '../../test/fixtures'
import { openWindow } from '../../test/window'
import type { App, ScheduleInput } from '$lib/api'

beforeEach(() => vi.setSystemTime(data.NOW))
afterEach(() => vi.useRealTimers())

const button = (name: string | RegExp) => screen.findByRole('button', { name })
const row = async (text: string | RegExp) => (await screen.findByText(text)).closest('tr')!

async function openSchedules(answers: Partial<App> = {}) {
  const opened = await openWindow(answers)
  opened.program.navigation.go({ page: 'schedules' })
  await screen.findByRole('heading', { name: 'Schedules' })
  return opened
}

test('the page says what runs, when, how it ended and what comes next', async () => {
  await openSchedules()
  const office = await row('every hour, 8 to 19, Mon to Fri')
  expect(within(office).getByText(/today 14:00/)).toBeVisible()
  const proof = await row(/Sundays at 03:10/)
  expect(proof).toHaveTextContent('There is no good backup of wimm_prod yet. Tried again today 14:45.')
  expect(proof).toHaveTextContent('America/Sao_Paulo')
  expect(await row('every day at 04:30')).toHaveTextContent('not yet')
  const next = screen.getByRole('region', { name: 'Next five runs' })
  const runs = within(next).getAllByRole('listitem')
  expect(runs).toHaveLength(5)
  expect(runs[0]).toHaveTextContent('today 14:45 Rehearsal in 13 min')
  expect(runs[1]).toHaveTextContent('today 15:00 Backup')
  expect(screen.queryByText('db.sqlite3')).toBeNull()
})

test('all databases are shown where the person asks for them', async () => {
  const { user } = await openSchedules()
  await user.click(await screen.findByRole('radio', { name: 'All databases' }))
  expect(await row(/the last day of the month/)).toHaveTextContent('db.sqlite3')
})

test('a switch stops a schedule, and lets it go on', async () => {
  const { user, app } = await openSchedules()
  const on = await screen.findByRole('switch', { name: 'nightly' })
  expect(on).toBeChecked()
  await user.click(on)
  expect(app.PauseSchedule).toHaveBeenCalledWith('nightly', true)
  await waitFor(() => expect(app.Schedules).toHaveBeenCalledTimes(2))
})

test('a new schedule shows when it would run while it is written', async () => {
  const { user, app } = await openSchedules()
  await user.click(await button('New schedule'))
  const dialog = within(await screen.findByRole('alertdialog'))
  await user.selectOptions(dialog.getByLabelText('Does'), 'Rehearsal')
  await user.selectOptions(dialog.getByLabelText('When'), 'Every week')
  await user.selectOptions(dialog.getByLabelText('Day'), 'Friday')
  expect(await dialog.findByText('tomorrow 03:00')).toBeVisible()
  await waitFor(() => expect(app.PreviewSchedule).toHaveBeenLastCalledWith('weekly fri 03:00', ''))
  await user.click(dialog.getByRole('button', { name: 'Save' }))
  const input: ScheduleInput = {
    id: '',
    name: 'Rehearsal wimm_prod',
    connection: 'c1',
    kind: 'rehearse',
    when: 'weekly fri 03:00',
    zone: '',
    compress: '',
  }
  await waitFor(() => expect(app.SaveSchedule).toHaveBeenCalledWith(input))
  await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull())
})

test('a text that is never due says so at its field, and can’t be saved', async () => {
  const never = { code: 'invalid', reason: 'schedule.never', args: { when: '0 0 30 2 *' } }
  const { user, app } = await openSchedules({
    PreviewSchedule: (when) =>
      when === '0 0 30 2 *'
        ? Promise.reject(new Error(rejection(never)))
        : Promise.resolve({ rule: data.schedules[1]!.rule, next: data.schedules[1]!.next }),
  })
  await user.click(await button('New schedule'))
  const dialog = within(await screen.findByRole('alertdialog'))
  await user.selectOptions(dialog.getByLabelText('When'), 'As cron writes it')
  const field = dialog.getByLabelText('Minute, hour, day, month, weekday')
  await user.clear(field)
  await user.type(field, '0 0 30 2 *')
  await waitFor(() => expect(field).toBeInvalid())
  expect(field).toHaveAccessibleDescription(/0 0 30 2 \* never comes\. There is no such day in any year/)
  expect(dialog.getByRole('button', { name: 'Save' })).toBeDisabled()
  await user.clear(field)
  await user.type(field, '@daily')
  await waitFor(() => expect(field).toBeValid())
  await user.click(dialog.getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(app.SaveSchedule).toHaveBeenCalledWith(expect.objectContaining({ when: '@daily' })))
})

test('an old schedule is changed as it stands, and keeps its name', async () => {
  const { user, app } = await openSchedules()
  await user.click(await button('Rehearsal , proof'))
  const dialog = within(await screen.findByRole('alertdialog', { name: 'Change the schedule' }))
  expect(dialog.getByLabelText('Day')).toHaveValue('sun')
  expect(dialog.getByLabelText('Time zone')).toHaveValue('America/Sao_Paulo')
  await user.selectOptions(dialog.getByLabelText('When'), 'Every month')
  await user.selectOptions(dialog.getByLabelText('Day of the month'), 'last')
  await user.click(dialog.getByRole('button', { name: 'Save' }))
  await waitFor(() =>
    expect(app.SaveSchedule).toHaveBeenCalledWith(
      expect.objectContaining({ id: 'proof', name: 'proof', when: 'monthly last 03:10' }),
    ),
  )
})

test('a schedule is removed only when the person agrees', async () => {
  const { user, app } = await openSchedules()
  for (const [answer, calls] of [
    ['Keep the schedule', 0],
    ['Remove the schedule', 1],
  ] as const) {
    await user.click(await button('Clean-up , tidy'))
    await user.click(await button('Remove…'))
    await user.click(await button(answer))
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull())
    expect(app.RemoveSchedule).toHaveBeenCalledTimes(calls)
  }
  expect(app.RemoveSchedule).toHaveBeenCalledWith('tidy')
})

test('a day without its backup is red, and the months can be turned', async () => {
  const { user, app } = await openSchedules()
  const month = within(await screen.findByRole('region', { name: 'December 2025' }))
  expect(await month.findByRole('cell', { name: 'Wednesday, 10 December: none' })).toBeVisible()
  expect(month.getByRole('cell', { name: /^yesterday: proven/i })).toBeVisible()
  expect(month.getByRole('cell', { name: 'Tuesday, 23 December: planned' })).toBeVisible()
  await user.click(month.getByRole('button', { name: 'The month after' }))
  expect(await screen.findByRole('region', { name: 'January 2026' })).toBeVisible()
  expect(app.ScheduleMonth).toHaveBeenLastCalledWith(2026, 1)
})

test('running in the background is a choice, with what it needs on systemd', async () => {
  const { user, app } = await openSchedules()
  await user.click(await button('Also runs when this window is closed'))
  const dialog = within(await screen.findByRole('alertdialog'))
  expect(dialog.getByText('loginctl enable-linger')).toBeVisible()
  expect(dialog.getByText(/cofre-schedule\.timer/)).toBeVisible()
  await user.click(dialog.getByRole('button', { name: 'Run only with the window' }))
  expect(app.SetTimer).toHaveBeenCalledWith(false)
  expect(await screen.findByRole('alertdialog', { name: 'Runs only while this window is open' })).toBeVisible()
})

test('a clean-up shows what goes and why, and begins only when the person agrees', async () => {
  const { user, app } = await openSchedules()
  expect(await screen.findByRole('heading', { name: 'Clean-up tomorrow 04:30: 12 go, 34 stay' })).toBeVisible()
  await user.click(await button('Clean up now…'))
  const dialog = within(await screen.findByRole('alertdialog'))
  expect(dialog.getByRole('button', { name: 'Keep all' })).toHaveFocus()
  const gone = dialog.getByText('backup_full_34.dump').closest('li')!
  expect(gone).toHaveTextContent('goes')
  expect(gone).toHaveTextContent('no rule keeps it')
  await user.click(dialog.getByRole('button', { name: 'Delete 12 backups' }))
  const going = data.cleaning.fates.filter((f) => f.goes).map((f) => f.id)
  await waitFor(() => expect(app.StartCleaning).toHaveBeenCalledWith(going))
})

test('rules show what they would let go, and are kept', async () => {
  const { user, app } = await openSchedules({
    PreviewCleaning: (rules) =>
      Promise.resolve({ ...data.cleaning, rules, goes: rules.daily === 7 ? 20 : 12, stays: 26, fates: [] }),
  })
  await user.click(await button('Change the rules…'))
  const dialog = within(await screen.findByRole('alertdialog'))
  const daily = dialog.getByLabelText('Daily')
  await user.clear(daily)
  await user.type(daily, '7')
  await user.type(dialog.getByLabelText('All together, GB'), '1.5')
  expect(await dialog.findByText('Now: 20 go, 26 stay')).toBeVisible()
  await user.click(dialog.getByRole('button', { name: 'Save' }))
  const rules = { ...data.cleaning.rules, daily: 7, maxBytes: 1_500_000_000 }
  await waitFor(() => expect(app.SaveRules).toHaveBeenCalledWith(rules))
})
