import { fireEvent, screen, waitFor } from '@testing-library/svelte'
import { describe, expect, test } from 'vitest'
import * as data from '../../test/fixtures'
import { openWindow } from '../../test/window'

const button = (name: string | RegExp) => screen.findByRole('button', { name })
const recognised = (path: string, failure: string | null = null) => ({
  path,
  name: path.split('/').at(-1) ?? '',
  kind: failure ? ('' as const) : ('postgresql' as const),
  format: failure ? '' : 'custom',
  version: '15.20',
  bytes: 8_401_000,
  failure: failure === null ? null : { code: 'invalid', reason: failure, args: { file: path }, detail: '' },
  encrypted: false,
})

/** A drag of files over the window; jsdom has no DataTransfer. */
function drag(type: string, names: string[] = []) {
  const event = new Event(type, { bubbles: true, cancelable: true })
  const dataTransfer = { types: ['Files'], files: names.map((name) => new File([], name)) }
  return fireEvent(window, Object.assign(event, { dataTransfer }))
}

describe('dropping', () => {
  test('shows the file over the whole window, and what letting go does', async () => {
    await openWindow()
    await drag('dragenter', ['backup_full.dump'])
    expect(
      await screen.findByRole('heading', { name: 'Let go to see what it would change in wimm_prod' }),
    ).toBeVisible()
    expect(screen.getByTitle('backup_full.dump')).toBeVisible()
    await drag('dragleave')
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  })

  test('never lets the window follow the file', async () => {
    await openWindow()
    expect(await drag('dragover')).toBe(false) // false: the default was prevented
    expect(await drag('drop', ['backup_full.dump'])).toBe(false)
  })

  test('of a backup leads to its plan', async () => {
    const { emit, app } = await openWindow()
    emit('dropped', ['/data/backup_full.dump'])
    await waitFor(() => expect(app.PlanRestore).toHaveBeenCalledWith('', '/data/backup_full.dump'))
    expect(app.Recognise).toHaveBeenCalledWith('/data/backup_full.dump')
  })

  test('of what is no backup says what was found instead', async () => {
    const { emit, app, user } = await openWindow({
      Recognise: (path) => Promise.resolve(recognised(path, 'archive.is_folder')),
    })
    emit('dropped', ['/data/folder'])
    expect(await screen.findByRole('alert')).toHaveTextContent('is a folder, not a backup file')
    await user.click(await button('Close'))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(app.PlanRestore).not.toHaveBeenCalled()
  })

  test('of several files asks which one', async () => {
    const { emit, app, user } = await openWindow({
      Recognise: (path) => Promise.resolve(recognised(path, path.endsWith('.jpg') ? 'archive.is_folder' : null)),
    })
    emit('dropped', ['/data/a.dump', '/data/b.dump', '/data/c.jpg'])
    await screen.findByRole('heading', { name: 'Which of these files?' })
    expect(await button(/c\.jpg/)).toBeDisabled()
    await user.click(await button(/b\.dump/))
    await waitFor(() => expect(app.PlanRestore).toHaveBeenCalledWith('', '/data/b.dump'))
  })

  test('is left by Esc', async () => {
    const { emit, user } = await openWindow()
    emit('dropped', ['/data/a.dump', '/data/b.dump'])
    await screen.findByRole('heading', { name: 'Which of these files?' })
    await user.keyboard('{Escape}')
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  })

  test('while nobody is signed in waits for somebody', async () => {
    const { emit, app, user } = await openWindow({}, { session: { user: '' } })
    emit('open', '/data/backup_full.dump')
    expect(app.Recognise).not.toHaveBeenCalled()
    await user.type(await screen.findByLabelText('User name'), 'mariana')
    await user.type(screen.getByLabelText('Password'), 'secret words{Enter}')
    await waitFor(() => expect(app.PlanRestore).toHaveBeenCalledWith('', '/data/backup_full.dump'))
  })

  test('a file that Cofre was started with is planned once', async () => {
    const { app, emit } = await openWindow({}, { open: '/data/backup_full.dump' })
    await waitFor(() => expect(app.PlanRestore).toHaveBeenCalledTimes(1))
    emit('catalogue', null)
    await waitFor(() => expect(app.Backups).toHaveBeenCalledTimes(2))
    expect(app.PlanRestore).toHaveBeenCalledTimes(1)
  })
})

describe('closing while a job runs', () => {
  async function close() {
    const opened = await openWindow()
    opened.emit('job', data.job)
    opened.emit('closing', null)
    await screen.findByRole('alertdialog', { name: 'Close Cofre while it works?' })
    return opened
  }

  test('stays by default', async () => {
    const { user, app } = await close()
    await waitFor(() => expect(screen.getByRole('button', { name: 'Stay' })).toHaveFocus())
    await user.keyboard('{Escape}')
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull())
    expect(app.Quit).not.toHaveBeenCalled()
  })

  test.each([
    ['Cancel it and quit', 'cancel'],
    ['Keep running in the background', 'wait'],
  ])('%s', async (answer, how) => {
    const { user, app } = await close()
    await user.click(await button(answer))
    await waitFor(() => expect(app.Quit).toHaveBeenCalledWith(how))
  })

  test('asks once, however often it is asked for', async () => {
    const { emit } = await close()
    emit('closing', null)
    expect(screen.getAllByRole('alertdialog')).toHaveLength(1)
  })
})

describe('a job that was cut off', () => {
  const cut = {
    jobID: 'j0',
    kind: 'restore' as const,
    target: 'wimm_prod',
    step: 'apply',
    startedAt: data.NOW,
    state: 'unknown' as const,
    safety: data.backups[6]!,
    keptFile: '',
  }

  test('is told before anything else, with the safety backup to use', async () => {
    const { user, app } = await openWindow({}, { interrupted: [cut] })
    expect(await screen.findByRole('heading', { name: 'The restore of wimm_prod was cut off' })).toBeVisible()
    expect(screen.getByTitle('pre_restore_20251219_162002.dump')).toBeVisible()
    await user.click(await button('Bring the old content back…'))
    expect(app.Acknowledge).toHaveBeenCalledWith('j0')
    await waitFor(() => expect(app.PlanRestore).toHaveBeenCalledWith('b7', ''))
  })

  test('that had changed nothing needs no repair', async () => {
    const { user, app } = await openWindow({}, { interrupted: [{ ...cut, state: 'old' }] })
    expect(await screen.findByText('Nothing needs to be repaired. Restore again when it suits you.')).toBeVisible()
    expect(screen.queryByRole('button', { name: 'Bring the old content back…' })).toBeNull()
    await user.click(await button('Understood'))
    expect(app.Acknowledge).toHaveBeenCalledWith('j0')
    expect(await screen.findByRole('heading', { name: 'wimm_prod is protected' })).toBeVisible()
  })
})

describe('locking while a restore runs', () => {
  async function lock() {
    const opened = await openWindow()
    opened.emit('job', data.job)
    await opened.user.click(await button(/^Lock/))
    await button('Sign in')
    return opened
  }
  const signIn = async (user: Awaited<ReturnType<typeof lock>>['user']) => {
    await user.type(screen.getByLabelText('Password'), 'secret words{Enter}')
  }

  test('hides its progress behind the login', async () => {
    const { user } = await lock()
    for (const progress of screen.queryAllByText(/Restoring/)) expect(progress).not.toBeVisible()
    await signIn(user)
    expect(await screen.findByText(/Restoring/)).toBeVisible()
  })

  test('hides its result, too, and shows it after the login', async () => {
    const { user, emit, app } = await lock()
    emit('job', { ...data.job, revision: 99, state: 'succeeded' })
    emit('session', { user: '' })
    await waitFor(() => expect(app.LastResult).toHaveBeenCalled())
    expect(screen.queryByText('Is all well?')).toBeNull()
    await signIn(user)
    expect(await screen.findByText('Is all well?')).toBeVisible()
  })
})
