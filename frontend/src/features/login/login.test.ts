import { screen, waitFor } from '@testing-library/svelte'
import { describe, expect, test } from 'vitest'
import { rejection } from '../../test/fake'
import { openWindow } from '../../test/window'

const button = (name: string | RegExp) => screen.findByRole('button', { name })

describe('the login', () => {
  const nobody = { session: { user: '' } }

  test('begins in the name, and leads to the overview', async () => {
    const { user, app } = await openWindow({}, nobody)
    expect(await screen.findByLabelText('User name')).toHaveFocus()
    await user.keyboard('mariana{Tab}secret words{Enter}')
    expect(app.Login).toHaveBeenCalledWith('mariana', 'secret words')
    expect(await screen.findByRole('heading', { name: 'wimm_prod is protected' })).toHaveFocus()
  })

  test('that is refused keeps the name, empties the password and says what to do', async () => {
    const wrong = rejection({ code: 'denied', reason: 'auth.throttled', args: { wait_ms: 4000 } })
    const { user } = await openWindow({ Login: () => Promise.reject(new Error(wrong)) }, nobody)
    await user.type(await screen.findByLabelText('User name'), 'mariana')
    await user.type(screen.getByLabelText('Password'), 'wrong')
    await user.click(await button('Sign in'))
    const password = screen.getByLabelText('Password')
    await waitFor(() => expect(password).toHaveAccessibleDescription(/Too many attempts/))
    expect(password).toHaveValue('')
    await waitFor(() => expect(password).toHaveFocus())
    expect(screen.getByLabelText('User name')).toHaveValue('mariana')
  })

  test('without a password asks for one', async () => {
    const { user, app } = await openWindow({}, nobody)
    await user.keyboard('mariana{Enter}')
    const password = screen.getByLabelText('Password')
    await waitFor(() => expect(password).toHaveFocus())
    expect(password).toHaveAccessibleDescription('This can’t be empty.')
    expect(app.Login).not.toHaveBeenCalled()
  })

  test('comes back after the lock, with the name that was there', async () => {
    const { user, app } = await openWindow()
    await user.click(await button(/^Lock/))
    expect(app.Logout).toHaveBeenCalled()
    expect(await screen.findByLabelText('User name')).toHaveValue('mariana')
    expect(screen.getByLabelText('Password')).toHaveFocus()
  })

  test('comes when Go ends the session', async () => {
    const { emit } = await openWindow()
    emit('session', { user: '' })
    expect(await button('Sign in')).toBeVisible()
  })
})

test('a start that fails says why and can be tried again', async () => {
  const { user, app } = await openWindow({
    Start: () => Promise.reject(new Error(rejection({ reason: 'state.busy' }))),
  })
  expect(await screen.findByRole('heading', { name: 'Cofre can’t start' })).toBeVisible()
  await user.click(await button('Try again'))
  expect(app.Start).toHaveBeenCalledTimes(2)
})
