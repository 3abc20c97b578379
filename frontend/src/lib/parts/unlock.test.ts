import { screen, waitFor, within } from '@testing-library/svelte'
import { describe, expect, test } from 'vitest'
import type { App, UnlockInput } from '$lib/api'
import { rejection } from '../../test/fake'
import * as data from '../../test/fixtures'
import { openWindow } from '../../test/window'

const args = { file: 'app.dump.age' }
const refused = (reason: string) =>
  Promise.reject(new Error(rejection({ code: 'denied', reason: `archive.${reason}`, args })))

/** A Go whose file is encrypted: it opens with what right says. */
function locked(sort: 'passphrase' | 'key', right: (input: UnlockInput) => boolean): Partial<App> {
  let open = false
  return {
    Recognise: (path) =>
      Promise.resolve({
        path,
        name: args.file,
        kind: '',
        format: '',
        version: '',
        bytes: 9,
        failure: null,
        encrypted: true,
      }),
    PlanRestore: () => (open ? Promise.resolve(data.plan) : refused(`${sort}_needed`)),
    VerifyBackup: () => (open ? Promise.resolve('j1') : refused(`${sort}_needed`)),
    Unlock: (input) => {
      open = right(input)
      return open ? Promise.resolve() : refused(`${sort}_wrong`)
    },
  }
}

describe('a file that is encrypted', () => {
  test('with a passphrase asks for it until it is right, and is planned then', async () => {
    const { emit, app, user } = await openWindow(locked('passphrase', (input) => input.passphrase === 'right words'))
    emit('dropped', ['/data/app.dump.age'])
    const dialog = within(await screen.findByRole('alertdialog', { name: 'Open app.dump.age' }))
    const field = dialog.getByLabelText('Passphrase')
    expect(field).toHaveFocus()
    expect(field).toHaveAttribute('type', 'password')
    await user.type(field, 'wrong words{Enter}')
    expect(await dialog.findByText(/does not open with this passphrase/)).toBeVisible()
    expect(field).toHaveValue('')
    await user.type(field, 'right words{Enter}')
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull())
    expect(app.Unlock).toHaveBeenLastCalledWith({
      backupID: '',
      path: '/data/app.dump.age',
      passphrase: 'right words',
      keyFile: '',
    })
    expect(app.PlanRestore).toHaveBeenCalledTimes(2)
  })

  test('for a key asks for the key file', async () => {
    const { emit, app, user } = await openWindow(locked('key', (input) => input.keyFile === '/home/mariana/key.txt'))
    emit('dropped', ['/data/app.dump.age'])
    await screen.findByRole('alertdialog')
    await user.click(screen.getByRole('button', { name: 'Choose…' }))
    await waitFor(() => expect(screen.getByLabelText('Key file')).toHaveValue('/home/mariana/key.txt'))
    await user.click(screen.getByRole('button', { name: 'Open' }))
    await waitFor(() => expect(app.PlanRestore).toHaveBeenCalledTimes(2))
  })

  test('is left closed on demand, and can be tried again', async () => {
    const { emit, app, user } = await openWindow(locked('key', () => true))
    emit('dropped', ['/data/app.dump.age'])
    await screen.findByRole('alertdialog')
    await user.keyboard('{Escape}')
    expect(await screen.findByText(/opens with a key file of age/)).toBeVisible()
    expect(app.Unlock).not.toHaveBeenCalled()
    await user.click(screen.getByRole('button', { name: 'Try again' }))
    expect(await screen.findByRole('alertdialog')).toBeVisible()
  })

  test('asks before it is verified, too', async () => {
    const { program, app, user } = await openWindow(locked('passphrase', () => true))
    const verified = program.verify('b1')
    await screen.findByRole('alertdialog')
    await user.type(screen.getByLabelText('Passphrase'), 'words{Enter}')
    await verified
    expect(app.Unlock).toHaveBeenCalledWith({ backupID: 'b1', path: '', passphrase: 'words', keyFile: '' })
    expect(app.VerifyBackup).toHaveBeenCalledTimes(2)
  })
})
