import { screen, waitFor } from '@testing-library/svelte'
import { expect, test } from 'vitest'
import { RECOVERY_CODE, rejection } from '../../test/fake'
import { openWindow } from '../../test/window'
import type { App } from '$lib/api'

const first = { needsAdministrator: true, session: { user: '' } }
const button = (name: string | RegExp) => screen.findByRole('button', { name })

async function toTheAccount(answers: Partial<App> = {}) {
  const opened = await openWindow(answers, first)
  await opened.user.click(await button('Continue'))
  return opened
}

async function toTheDatabase(answers: Partial<App> = {}) {
  const opened = await toTheAccount(answers)
  await opened.user.type(await screen.findByLabelText('User name'), 'mariana')
  await opened.user.type(screen.getByLabelText('Password'), 'secret words')
  await opened.user.type(screen.getByLabelText('The password again'), 'secret words')
  await opened.user.click(await button('Create the account'))
  await opened.user.click(await button('I have kept it'))
  await screen.findByRole('heading', { name: 'Which database should be safe?' })
  return opened
}

test('the language changes at once, and is saved', async () => {
  const { user, app } = await openWindow({}, first)
  await user.click(await screen.findByRole('radio', { name: /Português/ }))
  expect(await screen.findByRole('heading', { name: 'Boas-vindas ao Cofre' })).toBeVisible()
  expect(document.documentElement.lang).toBe('pt-BR')
  expect(app.SaveSettings).toHaveBeenCalledWith(expect.objectContaining({ language: 'pt-BR' }))
})

test('the account begins in the name', async () => {
  await toTheAccount()
  expect(await screen.findByLabelText('User name')).toHaveFocus()
})

test('what is missing is said beside the fields, in the window’s words, and the first of them has the focus', async () => {
  const { user, app } = await toTheAccount()
  await user.type(await screen.findByLabelText('User name'), 'mariana')
  await user.click(await button('Create the account'))
  expect(app.CreateAdministrator).not.toHaveBeenCalled()
  const password = screen.getByLabelText('Password')
  expect(password).toHaveAccessibleDescription('This can’t be empty.')
  expect(screen.getByLabelText('The password again')).toHaveAccessibleDescription('This can’t be empty.')
  expect(screen.getByLabelText('User name')).toHaveAccessibleDescription('')
  await waitFor(() => expect(password).toHaveFocus())
  await user.type(password, 's')
  expect(password).toHaveAccessibleDescription('')
})

test('two passwords that differ are not sent', async () => {
  const { user, app } = await toTheAccount()
  await user.type(await screen.findByLabelText('User name'), 'mariana')
  await user.type(screen.getByLabelText('Password'), 'secret words')
  await user.type(screen.getByLabelText('The password again'), 'secret word')
  await user.click(await button('Create the account'))
  expect(screen.getByLabelText('The password again')).toHaveAccessibleDescription('The two passwords differ.')
  await waitFor(() => expect(screen.getByLabelText('The password again')).toHaveFocus())
  expect(app.CreateAdministrator).not.toHaveBeenCalled()
})

test('the recovery code is shown once, and can be copied and saved', async () => {
  const { user, app } = await toTheAccount()
  await user.type(await screen.findByLabelText('User name'), 'mariana')
  await user.type(screen.getByLabelText('Password'), 'secret words')
  await user.type(screen.getByLabelText('The password again'), 'secret words')
  await user.click(await button('Create the account'))
  expect(await screen.findByRole('heading', { name: 'Your recovery code' })).toHaveFocus()
  expect(screen.getByText(RECOVERY_CODE)).toBeVisible()
  await user.click(await button('Copy'))
  expect(app.ClipboardSet).toHaveBeenCalledWith(RECOVERY_CODE)
  await user.click(await button('Save as a file…'))
  expect(app.SaveRecoveryCode).toHaveBeenCalledWith('mariana', RECOVERY_CODE)
  expect(await screen.findByText(/^Saved as/)).toBeVisible()
  await user.click(await button('I have kept it'))
  expect(await screen.findByRole('heading', { name: 'Which database should be safe?' })).toBeVisible()
})

test('a password that is refused is told at the password', async () => {
  const short = rejection({ code: 'invalid', reason: 'auth.password_short', args: { min: 8 } })
  const { user } = await toTheAccount({ CreateAdministrator: () => Promise.reject(new Error(short)) })
  await user.type(await screen.findByLabelText('User name'), 'mariana')
  await user.type(screen.getByLabelText('Password'), 'abc')
  await user.type(screen.getByLabelText('The password again'), 'abc')
  await user.click(await button('Create the account'))
  await waitFor(() => expect(screen.getByLabelText('Password')).toHaveAccessibleDescription(/too short/))
  await waitFor(() => expect(screen.getByLabelText('Password')).toHaveFocus())
})

test('a SQLite file that is chosen becomes the active database', async () => {
  const { user, app } = await toTheDatabase()
  await user.click(await button(/^A SQLite file/))
  expect(app.SaveConnection).toHaveBeenCalledWith(
    expect.objectContaining({ kind: 'sqlite', path: '/data/app.sqlite3' }),
  )
  expect(await screen.findByRole('heading', { name: /is protected/ })).toBeVisible()
})

test('a native dialog that is cancelled changes nothing', async () => {
  const { user, app } = await toTheDatabase({ ChooseDatabaseFile: () => Promise.resolve('') })
  await user.click(await button(/^A SQLite file/))
  expect(app.SaveConnection).not.toHaveBeenCalled()
  expect(screen.getByRole('heading', { name: 'Which database should be safe?' })).toBeVisible()
})

test('a database file that is dropped here is the answer, too', async () => {
  const { emit, app } = await toTheDatabase({
    Recognise: (path) =>
      Promise.resolve({
        path,
        name: 'db.sqlite3',
        kind: 'sqlite',
        format: 'sqlite3',
        version: '3.45',
        bytes: 9,
        failure: null,
        encrypted: false,
      }),
  })
  emit('dropped', ['/data/db.sqlite3'])
  await waitFor(() =>
    expect(app.SaveConnection).toHaveBeenCalledWith(expect.objectContaining({ path: '/data/db.sqlite3' })),
  )
  expect(app.PlanRestore).not.toHaveBeenCalled()
})

test('a sample database can be made instead', async () => {
  const { user, app } = await toTheDatabase()
  await user.click(await button(/^Just show me/))
  expect(app.CreateSample).toHaveBeenCalledWith('finance')
  expect(await screen.findByRole('heading', { name: /is protected/ })).toBeVisible()
})

test('a server leads to its form', async () => {
  const { user } = await toTheDatabase()
  await user.click(await button(/^A PostgreSQL server/))
  expect(await screen.findByLabelText(/^Paste or drop a URL/)).toBeVisible()
})
