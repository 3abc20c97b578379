import { screen, waitFor } from '@testing-library/svelte'
import { expect, test } from 'vitest'
import { rejection } from '../../test/fake'
import { openWindow } from '../../test/window'
import type { App } from '$lib/api'

const button = (name: string | RegExp) => screen.findByRole('button', { name })

async function openConnections(selected?: string, answers: Partial<App> = {}) {
  const opened = await openWindow(answers)
  opened.program.navigation.go({ page: 'connections', ...(selected && { selected }) })
  await screen.findByRole('heading', { name: 'Connections' })
  return opened
}

test('a saved password is kept unless another one is typed', async () => {
  const { user, app } = await openConnections('c1')
  expect(await screen.findByLabelText('Password')).toHaveAttribute('placeholder', 'kept as it is')
  await user.click(await button('Save'))
  expect(app.SaveConnection).toHaveBeenCalledWith(
    expect.objectContaining({ id: 'c1', password: '', host: 'db.wimm.example' }),
  )
})

test('a pasted URL takes the place of the fields that it says', async () => {
  const { user, app } = await openConnections('new-postgresql')
  await user.type(await screen.findByLabelText('Paste a URL'), 'postgres://ana:x@db/shop')
  expect(screen.getByLabelText('Server')).toBeDisabled()
  expect(screen.getByLabelText('Database')).toBeDisabled()
  await user.click(await button('Save and make active'))
  expect(app.SaveConnection).toHaveBeenCalledWith(
    expect.objectContaining({ url: 'postgres://ana:x@db/shop', kind: 'postgresql' }),
  )
  await waitFor(() => expect(app.Activate).toHaveBeenCalledWith('c9'))
})

test('a field that is wrong says so beside itself, before anything is sent', async () => {
  const { user, app } = await openConnections('new-postgresql')
  const port = await screen.findByLabelText('Port')
  await user.clear(port)
  await user.type(port, '70000')
  await user.click(await button('Test'))
  expect(app.TestConnection).not.toHaveBeenCalled()
  const server = screen.getByLabelText('Server')
  await waitFor(() => expect(server).toHaveFocus())
  expect(server).toHaveAccessibleDescription('This can’t be empty.')
  expect(port).toHaveAccessibleDescription('A whole number from 1 to 65,535.')
})

test('a test says what was reached, and with which tools', async () => {
  const { user } = await openConnections('c1')
  await user.click(await button('Test'))
  const answer = await screen.findByText('Connected in 12 ms')
  expect(answer.closest('[role=status]')).toHaveTextContent('pg_dump 15.20')
})

test('a test that fails says what happened and what to do, and the next try forgets it', async () => {
  const refused = rejection({ code: 'denied', reason: 'archive.denied', args: { path: '/srv/db' }, detail: 'EACCES' })
  const answers = [() => Promise.reject(new Error(refused)), () => new Promise<never>(() => {})]
  const { user } = await openConnections('c2', { TestConnection: () => answers.shift()!() })
  await user.click(await button('Test'))
  expect(await screen.findByRole('alert')).toHaveTextContent('/srv/db')
  await user.click(await button('Test'))
  expect(screen.queryByRole('alert')).toBeNull()
  expect(screen.getByText('Testing the connection')).toBeVisible()
})

test('the file of a SQLite database is chosen by the native dialog', async () => {
  const { user } = await openConnections('new-sqlite')
  await user.click(await button('Choose…'))
  expect(await screen.findByLabelText('File')).toHaveValue('/data/app.sqlite3')
})

test('a connection is removed after a question, and the database stays', async () => {
  const { user, app } = await openConnections('c2')
  await user.click(await button('Remove…'))
  expect(await screen.findByRole('alertdialog')).toHaveTextContent('The database and its backups stay as they are.')
  await user.click(await button('Remove db.sqlite3'))
  expect(app.DeleteConnection).toHaveBeenCalledWith('c2')
})

test('another connection is made active', async () => {
  const { user, app } = await openConnections('c2')
  await user.click(await button('Make active'))
  expect(app.Activate).toHaveBeenCalledWith('c2')
})

test('what is done around the database is kept with the connection', async () => {
  const { user, app } = await openConnections('c1')
  await user.click(await screen.findByText('The application around it'))
  await user.type(await screen.findByLabelText('Lock file'), '/run/app.lock')
  await user.type(screen.getByLabelText('Command before'), 'systemctl stop "my app"')
  await user.type(screen.getByLabelText('Limit of each command, in seconds'), '30')
  await user.click(await button('Save'))
  expect(app.SaveConnection).toHaveBeenCalledWith(
    expect.objectContaining({ lockFile: '/run/app.lock', before: 'systemctl stop "my app"', commandSeconds: 30 }),
  )
})
