import { screen, waitFor, within } from '@testing-library/svelte'
import { expect, onTestFinished, test, vi } from 'vitest'
import { rejection } from '../../test/fake'
import { openWindow } from '../../test/window'
import { NOW, settings, tested } from '../../test/fixtures'
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

test('a password that was stored for another server is asked anew', async () => {
  const { user, app } = await openConnections('c1', {
    StoredSecrets: ({ host }) => Promise.resolve({ password: host === 'db.wimm.example', sshSecret: true }),
  })
  const password = await screen.findByLabelText('Password')
  expect(password).toHaveAttribute('placeholder', 'kept as it is')
  await user.type(screen.getByLabelText('Server'), '.other')
  await waitFor(() => expect(password).toHaveAccessibleDescription(/is not sent to this one/))
  expect(password).toHaveAttribute('placeholder', '')
  await user.type(password, 's3cr3t')
  expect(app.StoredSecrets).not.toHaveBeenCalledWith(expect.objectContaining({ password: 's3cr3t' }))
})

test('what is pasted fills in the fields, is forgotten, and nothing is saved before the person says so', async () => {
  const { user, app } = await openConnections('new-postgresql')
  const paste = await screen.findByLabelText(/^Paste or drop/)
  await user.click(paste)
  await user.paste('DB_HOST=db.loja.example\nDB_NAME=loja\nDB_PASSWORD=s3cr3t')
  expect(app.ReadSettings).toHaveBeenCalledWith('DB_HOST=db.loja.example\nDB_NAME=loja\nDB_PASSWORD=s3cr3t', '')
  await waitFor(() => expect(screen.getByLabelText('Server')).toHaveValue('db.loja.example'))
  expect(screen.getByLabelText('Database')).toHaveValue('loja')
  expect(screen.getByLabelText('Port')).toHaveValue(5432)
  expect(paste).toHaveValue('')
  expect(paste).toHaveAccessibleDescription(/Nothing is saved yet/)
  expect(app.SaveConnection).not.toHaveBeenCalled()
  await user.click(await button('Save and make active'))
  expect(app.SaveConnection).toHaveBeenCalledWith(
    expect.objectContaining({ host: 'db.loja.example', database: 'loja', password: 's3cr3t', kind: 'postgresql' }),
  )
  await waitFor(() => expect(app.Activate).toHaveBeenCalledWith('c9'))
})

test('what is typed there is read before it is tested, and what can’t be read says so', async () => {
  const refused = rejection({ code: 'invalid', reason: 'settings.other_engine', args: { engine: 'MySQL' } })
  const answers = [() => Promise.reject(new Error(refused)), () => Promise.resolve(settings)]
  const { user, app } = await openConnections('new-postgresql', { ReadSettings: () => answers.shift()!() })
  const paste = await screen.findByLabelText(/^Paste or drop/)
  await user.type(paste, 'mysql://ana@db/shop')
  await user.click(await button('Test'))
  await waitFor(() => expect(paste).toHaveAccessibleDescription(/MySQL/))
  expect(app.TestConnection).not.toHaveBeenCalled()
  await user.clear(paste)
  await user.type(paste, 'postgres://ana@db/loja{Enter}')
  await waitFor(() => expect(paste).toHaveValue(''))
  await user.click(await button('Test'))
  await waitFor(() => expect(app.TestConnection).toHaveBeenCalledWith(expect.objectContaining({ database: 'loja' })))
})

test('a .env that is dropped opens the form of a new connection with what it says', async () => {
  const file = { path: '/srv/app/.env', name: '.env', version: '', bytes: 80, failure: null, encrypted: false }
  const { app, emit } = await openWindow({
    Recognise: () => Promise.resolve({ ...file, kind: 'postgresql', format: 'settings' }),
  })
  emit('dropped', ['/srv/app/.env'])
  await waitFor(() => expect(screen.getByLabelText('Server')).toHaveValue('db.loja.example'))
  expect(app.ReadSettings).toHaveBeenCalledWith('', '/srv/app/.env')
  expect(app.PlanRestore).not.toHaveBeenCalled()
  expect(app.SaveConnection).not.toHaveBeenCalled()
})

test('each mode of TLS says what it means, and certificates are chosen by file', async () => {
  const { user, app } = await openConnections('c1')
  const mode = await screen.findByLabelText('TLS')
  expect(mode).toHaveAccessibleDescription(/has to name this very server/)
  await user.selectOptions(mode, 'Off')
  expect(mode).toHaveAccessibleDescription(/Nothing is encrypted/)
  expect(screen.queryByLabelText('Authority (root certificate)')).toBeNull()
  await user.selectOptions(mode, 'Required, authority checked')
  await user.click(screen.getAllByRole('button', { name: 'Choose…' })[0]!)
  expect(screen.getByLabelText('Authority (root certificate)')).toHaveValue('/etc/ssl/ca.pem')
  await user.click(await button('Save'))
  expect(app.SaveConnection).toHaveBeenCalledWith(
    expect.objectContaining({ tls: 'verify-ca', rootCert: '/etc/ssl/ca.pem' }),
  )
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

test('a test says what was reached, what the role may, and with which tools', async () => {
  const { user } = await openConnections('c1')
  await user.click(await button('Test'))
  const answer = (await screen.findByText('Connected in 12 ms')).closest('[role=status]')
  expect(answer).toHaveTextContent('PostgreSQL 15.20 · TLS 1.3')
  expect(answer).toHaveTextContent('wimm: owner, may create databases Restores are built aside')
  expect(answer).toHaveTextContent('pg_dump 15.20, pg_restore 15.20 /usr/lib/postgresql/15/bin')
})

test('a role that may little, without the tools, is told so', async () => {
  const { user } = await openConnections('c1', {
    TestConnection: () =>
      Promise.resolve({
        ...tested,
        ...{ tls: '', owner: false, creates: false, aside: false, tools: [] },
        why: [{ level: 'info', code: 'postgres.side_owner', args: { database: 'wimm', user: 'guest', owner: 'wimm' } }],
        noTools: { code: 'unavailable', reason: 'postgres.no_tools_at_all', args: { tool: 'pg_dump' }, detail: '' },
      }),
  })
  await user.click(await button('Test'))
  const answer = (await screen.findByText('Connected in 12 ms')).closest('[role=status]')
  expect(answer).toHaveTextContent('not encrypted')
  expect(answer).toHaveTextContent('not the owner, may not create databases Restores go in one transaction.')
  expect(answer).toHaveTextContent('pg_dump')
})

test('the key of a computer in between is shown, and accepted by the person alone', async () => {
  const unknown = rejection({
    code: 'denied',
    reason: 'ssh.unknown_key',
    args: { ssh: 'gate:22', fingerprint: 'SHA256:abc', kind: 'ssh-ed25519' },
  })
  const answers = [() => Promise.reject(new Error(unknown)), () => Promise.resolve(tested)]
  const { user, app } = await openConnections('c1', { TestConnection: () => answers.shift()!() })
  await user.selectOptions(await screen.findByLabelText('SSH tunnel'), 'By a key file')
  await user.type(screen.getByLabelText('Computer in between'), 'gate')
  await user.type(screen.getByLabelText('Your private key'), '~/.ssh/id_ed25519')
  await user.type(screen.getByLabelText('Its passphrase'), 'long words')
  await user.click(await button('Test'))
  expect(await screen.findByRole('alert')).toHaveTextContent('SHA256:abc')
  expect(app.TestConnection).toHaveBeenLastCalledWith(
    expect.objectContaining({ sshHost: 'gate', sshAuth: 'key', sshSecret: 'long words', sshTrust: '' }),
  )
  await user.click(await button('It is the right one: accept and test'))
  await screen.findByText('Connected in 12 ms')
  expect(app.TestConnection).toHaveBeenLastCalledWith(expect.objectContaining({ sshTrust: 'SHA256:abc' }))
  await user.selectOptions(screen.getByLabelText('SSH tunnel'), 'None')
  await user.click(await button('Save'))
  expect(app.SaveConnection).toHaveBeenCalledWith(expect.objectContaining({ sshHost: '', sshTrust: '' }))
})

test('the list says how each connection is', async () => {
  vi.setSystemTime(NOW)
  onTestFinished(() => void vi.useRealTimers())
  await openConnections('c1')
  const lost = await screen.findByRole('option', { name: /db\.sqlite3/ })
  await waitFor(() => expect(lost).toHaveTextContent('File not found for 2 days'))
  expect(within(screen.getByRole('option', { name: /wimm_prod/ })).getByRole('img')).toHaveAccessibleName('protected')
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

test('whoever removes a connection is told which schedules go with it', async () => {
  const { user, app, program } = await openWindow()
  program.navigation.go({ page: 'connections', selected: 'c2' })
  await user.click(await screen.findByRole('button', { name: 'Remove…' }))
  const dialog = await screen.findByRole('alertdialog')
  expect(dialog).toHaveTextContent('With it 1 schedule goes: dev. What they have made stays.')
  await user.click(screen.getByRole('button', { name: 'Remove db.sqlite3' }))
  await waitFor(() => expect(app.DeleteConnection).toHaveBeenCalledWith('c2'))
})
