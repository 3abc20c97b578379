import { screen, waitFor } from '@testing-library/svelte'
import { expect, test } from 'vitest'
import { rejection } from '../../test/fake'
import { openWindow } from '../../test/window'
import type { App } from '$lib/api'

const root = document.documentElement
const button = (name: string | RegExp) => screen.findByRole('button', { name })

async function openSettings(answers: Partial<App> = {}) {
  const opened = await openWindow(answers)
  opened.program.navigation.go({ page: 'settings' })
  await screen.findByRole('heading', { name: 'Settings' })
  return opened
}

test('colours, text size and language change the window at once', async () => {
  const { user } = await openSettings()
  await user.click(screen.getByRole('radio', { name: 'Dark' }))
  expect(root.dataset.theme).toBe('dark')
  await user.click(await button('Larger'))
  expect(root.style.getPropertyValue('--text-scale')).toBe('1.1')
  await user.selectOptions(screen.getByLabelText('Language'), 'Português (Brasil)')
  expect(await screen.findByRole('heading', { name: 'Ajustes' })).toBeVisible()
  expect(root.lang).toBe('pt-BR')
})

test('the text goes from 80 to 150 %', async () => {
  const { user } = await openSettings()
  for (let i = 0; i < 5; i++) await user.click(await button('Larger'))
  expect(await button('Larger')).toBeDisabled()
  expect(root.style.getPropertyValue('--text-scale')).toBe('1.5')
})

test('a change that can’t be saved is taken back, and says why', async () => {
  const { user } = await openSettings({
    SaveSettings: () => Promise.reject(new Error(rejection({ reason: 'state.busy' }))),
  })
  await user.click(screen.getByRole('radio', { name: 'Dark' }))
  expect(await screen.findByRole('alert')).toBeVisible()
  expect(root.dataset.theme).toBe('light')
})

test('the folder of the backups is chosen by the native dialog', async () => {
  const { user, app } = await openSettings()
  await user.click(await button('Choose another…'))
  await waitFor(() =>
    expect(app.SaveSettings).toHaveBeenCalledWith(expect.objectContaining({ repository: '/data/backups' })),
  )
  expect(await screen.findByText(/^\/data\/backups/)).toBeVisible()
})

test('old databases are kept for as long as the person says, and shown with their size', async () => {
  const database = {
    name: 'app__before_20260101_000000',
    bytes: 8_600_000,
    at: 1,
    until: 0,
    onlyWay: true,
    unanswered: true,
  }
  const asked = { ...database, name: 'app__before_20260102_000000', onlyWay: false }
  const { user, app } = await openSettings({ Kept: () => Promise.resolve({ days: 7, databases: [asked, database] }) })
  const row = (await screen.findByText(database.name)).closest('li')
  expect(row).toHaveTextContent('8.6 MB')
  expect(row).toHaveTextContent('the only way back')
  expect(screen.getByText(asked.name).closest('li')).toHaveTextContent('until somebody says that all is well')
  await user.selectOptions(screen.getByLabelText('Old databases'), '30')
  await waitFor(() => expect(app.KeepFor).toHaveBeenCalledWith(30))
})

test('Cofre starts with the session where the person says so, and says when it can’t', async () => {
  let on = false
  const { user, app } = await openSettings({ Autostart: () => Promise.resolve(on) })
  const toggle = await screen.findByRole('switch', { name: 'Start with the session' })
  expect(toggle).not.toBeChecked()
  app.SetAutostart = (next) => Promise.resolve((on = next))
  await user.click(toggle)
  await waitFor(() => expect(toggle).toBeChecked())
  const refused = rejection({ code: 'unavailable', reason: 'platform.timer_write', args: { path: '/home/x' } })
  app.SetAutostart = () => Promise.reject(new Error(refused))
  await user.click(toggle)
  expect(await screen.findByText("/home/x can't be written.")).toBeVisible()
  await waitFor(() => expect(toggle).toBeChecked())
})
