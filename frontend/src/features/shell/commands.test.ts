import { fireEvent, screen, waitFor, within } from '@testing-library/svelte'
import { expect, test } from 'vitest'
import { commandName, commands, isPlace, keyName, places } from '$lib/commands'
import { en } from '$lib/i18n/en'
import * as data from '../../test/fixtures'
import { openWindow } from '../../test/window'
import { best, matches } from './find'

const press = (key: string, more: Partial<KeyboardEventInit> = {}, target: Element | Window = window) =>
  fireEvent.keyDown(target, { key, ctrlKey: true, ...more })

test('every command has a name and a key of its own, and every page is one', () => {
  expect(new Set(commands.map((c) => c.key)).size).toBe(commands.length)
  for (const command of commands) expect(commandName(command.id)).not.toBe(command.id)
  for (const place of places) expect(commands.map((c) => c.id)).toContain(place)
  expect(keyName(commands.find((c) => c.id === 'palette')!)).toBe('Ctrl+K')
  expect(keyName(commands.find((c) => c.id === 'help')!)).toBe('F1')
  expect(isPlace('plan')).toBe(false)
})

test('what is looked for is found without accents and case, by words, and by letters in order', () => {
  expect(matches('conexoes', 'Conexões')).toBe(1)
  expect(matches('PROD fin', 'Finanças prod')).toBeGreaterThan(0.7)
  expect(matches('wmp', 'wimm_prod')).toBeGreaterThan(0)
  expect(matches('pmw', 'wimm_prod')).toBe(0)
  const names = ['overprod', 'my_prod', 'prod', 'p-r-o-d']
  expect(best('prod', names, (name) => name, 3)).toEqual(['prod', 'my_prod', 'overprod'])
  expect(best('', names, (name) => name, 2)).toEqual(['overprod', 'my_prod'])
})

test('a key leads to its page, and the next start begins there', async () => {
  const { app } = await openWindow()
  await press('2')
  expect(await screen.findByRole('heading', { level: 1, name: 'Backups' })).toHaveFocus()
  await waitFor(() => expect(app.Remember).toHaveBeenLastCalledWith('backups'))
})

test('a start begins with the page of the last one', async () => {
  await openWindow({}, { page: 'activity' })
  expect(await screen.findByRole('heading', { level: 1, name: 'Activity' })).toBeVisible()
})

test('a page that this Cofre does not have is no page to begin with', async () => {
  await openWindow({}, { page: 'dashboard' })
  expect(await screen.findByRole('heading', { name: 'wimm_prod is protected' })).toBeVisible()
})

test('a press that comes by the menu bar as well is one press', async () => {
  const { app, emit } = await openWindow()
  await press('b')
  emit('menu', 'backup')
  await waitFor(() => expect(app.StartBackup).toHaveBeenCalled())
  expect(app.StartBackup).toHaveBeenCalledTimes(1)
})

test('the menu bar makes text larger and smaller, within bounds', async () => {
  const { app, emit } = await openWindow({}, { settings: { ...data.start.settings, textScale: 140 } })
  for (const id of ['larger', 'larger', 'normal', 'smaller']) {
    emit('menu', id)
    await waitFor(() => expect(app.SaveSettings).toHaveBeenCalled())
  }
  const scales = () => (app.SaveSettings as unknown as { mock: { calls: { textScale: number }[][] } }).mock.calls
  await waitFor(() => expect(scales().map(([values]) => values?.textScale)).toEqual([150, 100, 90]))
})

test('while nobody is signed in a command says so and does nothing', async () => {
  const { app } = await openWindow({}, { session: { user: '' } })
  await press('b')
  expect(await screen.findByText(en['command.signIn'])).toBeVisible()
  expect(app.StartBackup).not.toHaveBeenCalled()
})

test('while a question waits the keys do nothing', async () => {
  const { app, emit } = await openWindow()
  emit('job', data.job)
  emit('closing', null)
  await screen.findByRole('alertdialog')
  await press('b')
  emit('menu', 'backup')
  expect(app.StartBackup).not.toHaveBeenCalled()
})

test('a question mark lists the keys, but not in a field', async () => {
  const { user } = await openWindow()
  await fireEvent.keyDown(window, { key: '?' })
  const dialog = await screen.findByRole('alertdialog', { name: en['shortcuts.title'] })
  expect(within(dialog).getByRole('row', { name: /Back up now Ctrl\+B/ })).toBeInTheDocument()
  await user.keyboard('{Escape}')
  await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull())
  await press('2')
  await fireEvent.keyDown(await screen.findByRole('searchbox', { name: 'Search' }), { key: '?' })
  expect(screen.queryByRole('alertdialog')).toBeNull()
})

test('the palette goes to a page, makes a connection active, and finds a backup', async () => {
  const { app, user, program } = await openWindow()
  const field = async () => {
    await press('k')
    const input = await screen.findByPlaceholderText(en['palette.hint'])
    await waitFor(() => expect(input).toHaveFocus())
    return input
  }
  await field()
  await user.keyboard('activ{Enter}')
  expect(await screen.findByRole('heading', { level: 1, name: 'Activity' })).toHaveFocus()

  await field()
  await user.keyboard('wimm test')
  await user.click(await screen.findByRole('option', { name: /wimm_test/ }))
  await waitFor(() => expect(app.Activate).toHaveBeenCalledWith(data.staging.id))

  await field()
  await user.keyboard(data.backups[1]!.name)
  await waitFor(() => expect(screen.getAllByRole('option')).toHaveLength(1))
  await user.keyboard('{Enter}')
  await waitFor(() => expect(program.navigation.route).toEqual({ page: 'backups', selected: data.backups[1]!.id }))

  await field()
  await user.keyboard('zzzz')
  expect(await screen.findByText(en['palette.nothing'])).toBeVisible()
  await user.keyboard('{Escape}')
  await waitFor(() => expect(screen.queryByPlaceholderText(en['palette.hint'])).toBeNull())
})
