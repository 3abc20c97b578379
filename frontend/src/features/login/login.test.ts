import { screen, waitFor } from '@testing-library/svelte'
import { describe, expect, test } from 'vitest'
import { RECOVERY_CODE, rejection } from '../../test/fake'
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
    expect(app.Lock).toHaveBeenCalled()
    expect(await screen.findByLabelText('User name')).toHaveValue('mariana')
    expect(screen.getByLabelText('Password')).toHaveFocus()
  })

  test('lets nothing of the page be seen, and gives it back as it was left', async () => {
    const { user, app, program } = await openWindow()
    program.navigation.go({ page: 'connections', selected: 'new-postgresql' })
    await user.type(await screen.findByLabelText('Server'), 'db.half')
    await user.keyboard('{Control>}l{/Control}')
    expect(app.Lock).toHaveBeenCalled()
    expect(await button('Sign in')).toBeVisible()
    expect(screen.getByLabelText('Server')).not.toBeVisible()
    for (const name of screen.queryAllByText(/wimm_prod/)) expect(name).not.toBeVisible()
    await user.keyboard('secret words{Enter}')
    await waitFor(() => expect(screen.getByLabelText('Server')).toBeVisible())
    expect(screen.getByLabelText('Server')).toHaveValue('db.half')
    expect(screen.getByLabelText('Server')).toHaveFocus()
  })

  test('takes a question off the window, and asks it again', async () => {
    const { user, program } = await openWindow()
    program.navigation.go({ page: 'settings' })
    await user.click(await button('Add an administrator…'))
    await screen.findByRole('alertdialog')
    await user.keyboard('{Meta>}l{/Meta}')
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull())
    await user.type(screen.getByLabelText('Password'), 'secret words{Enter}')
    expect(await screen.findByRole('alertdialog', { name: 'Add an administrator' })).toBeVisible()
  })

  test('of somebody else shows nothing of the page before', async () => {
    const { user, program } = await openWindow()
    program.navigation.go({ page: 'settings' })
    await user.click(await button(/^Lock/))
    await user.clear(screen.getByLabelText('User name'))
    await user.type(screen.getByLabelText('User name'), 'rafael')
    await user.type(screen.getByLabelText('Password'), 'secret words{Enter}')
    expect(await screen.findByRole('heading', { name: 'wimm_prod is protected' })).toBeVisible()
    expect(program.navigation.route).toEqual({ page: 'overview' })
  })

  test('with the recovery code sets a new password, and shows the next code before it goes on', async () => {
    const { user, app } = await openWindow({}, nobody)
    await user.type(await screen.findByLabelText('User name'), 'mariana')
    await user.click(await button('Use the recovery code'))
    expect(screen.getByLabelText('User name')).toHaveValue('mariana')
    expect(screen.getByLabelText('Recovery code')).toHaveFocus()
    await user.keyboard('7kq2m xr4tn')
    await user.type(screen.getByLabelText('New password'), 'other words')
    await user.type(screen.getByLabelText('The password again'), 'other words{Enter}')
    expect(app.Recover).toHaveBeenCalledWith('mariana', '7kq2m xr4tn', 'other words')
    expect(await screen.findByText(RECOVERY_CODE)).toBeVisible()
    await user.click(await button('I have kept it'))
    expect(await screen.findByRole('heading', { name: 'wimm_prod is protected' })).toBeVisible()
  })

  test('with a code that is refused says so at the code', async () => {
    const wrong = rejection({ code: 'denied', reason: 'auth.code_wrong', args: { free: 3 } })
    const { user } = await openWindow({ Recover: () => Promise.reject(new Error(wrong)) }, nobody)
    await user.click(await button('Use the recovery code'))
    await user.type(screen.getByLabelText('User name'), 'mariana')
    await user.type(screen.getByLabelText('Recovery code'), 'x')
    await user.type(screen.getByLabelText('New password'), 'other words')
    await user.type(screen.getByLabelText('The password again'), 'other words{Enter}')
    await waitFor(() => expect(screen.getByLabelText('Recovery code')).toHaveAccessibleDescription(/was not accepted/))
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
