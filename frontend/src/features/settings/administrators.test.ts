import { screen, waitFor, within } from '@testing-library/svelte'
import { expect, test } from 'vitest'
import { RECOVERY_CODE, rejection } from '../../test/fake'
import * as data from '../../test/fixtures'
import { openWindow } from '../../test/window'
import type { App } from '$lib/api'

const button = (name: string | RegExp) => screen.findByRole('button', { name })

async function openSettings(answers: Partial<App> = {}) {
  const opened = await openWindow(answers)
  opened.program.navigation.go({ page: 'settings' })
  await screen.findByRole('list', { name: 'Who may use Cofre' })
  return opened
}

test('one is added with the own password, and their recovery code is shown once', async () => {
  const { user, app } = await openSettings()
  await user.click(await button('Add an administrator…'))
  const dialog = within(await screen.findByRole('alertdialog', { name: 'Add an administrator' }))
  expect(dialog.getByLabelText('User name')).toHaveFocus()
  await user.keyboard('bia')
  await user.type(dialog.getByLabelText('Password of the new administrator'), 'other words')
  await user.type(dialog.getByLabelText('The password again'), 'other words')
  await user.type(dialog.getByLabelText('Your own password'), 'secret words')
  await user.click(dialog.getByRole('button', { name: 'Add' }))
  expect(app.AddAdministrator).toHaveBeenCalledWith('secret words', 'bia', 'other words')
  const shown = within(await screen.findByRole('alertdialog', { name: 'Recovery code of bia' }))
  expect(shown.getByText(RECOVERY_CODE)).toBeVisible()
  await user.click(shown.getByRole('button', { name: 'I have kept it' }))
  await waitFor(() => expect(screen.queryByText(RECOVERY_CODE)).toBeNull())
  expect(screen.getByText('bia')).toBeVisible()
})

test('one is removed only with a password, which is asked again where it is not accepted', async () => {
  let tries = 0
  const wrong = rejection({ code: 'denied', reason: 'auth.wrong', args: { free: 3 } })
  const { user, app } = await openSettings({
    RemoveAdministrator: () => (tries++ === 0 ? Promise.reject(new Error(wrong)) : Promise.resolve()),
  })
  await user.click(await button('Remove rafael'))
  const dialog = within(await screen.findByRole('alertdialog', { name: 'Remove rafael?' }))
  const own = dialog.getByLabelText('Your own password')
  expect(own).toHaveFocus()
  await user.keyboard('wrong words{Enter}')
  await waitFor(() => expect(own).toHaveAccessibleDescription(/was not accepted/))
  expect(own).toHaveValue('')
  await user.type(own, 'secret words{Enter}')
  expect(app.RemoveAdministrator).toHaveBeenLastCalledWith('secret words', 'rafael')
  expect(await screen.findByText('rafael is no administrator any more.')).toBeVisible()
})

test('the only one can’t be removed', async () => {
  await openSettings({ Administrators: () => Promise.resolve(data.administrators.slice(0, 1)) })
  expect(screen.queryByRole('button', { name: /^Remove/ })).toBeNull()
})

test('the own password is changed for the old one', async () => {
  const { user, app } = await openSettings()
  await user.click(await button('Change…'))
  const dialog = within(await screen.findByRole('alertdialog', { name: 'Change your password' }))
  expect(dialog.getByLabelText('Your password now')).toHaveFocus()
  await user.keyboard('secret words')
  await user.type(dialog.getByLabelText('New password'), 'other words')
  await user.type(dialog.getByLabelText('The password again'), 'other word')
  await user.click(dialog.getByRole('button', { name: 'Change the password' }))
  expect(dialog.getByLabelText('The password again')).toHaveAccessibleDescription('The two passwords differ.')
  expect(app.ChangePassword).not.toHaveBeenCalled()
  await user.type(dialog.getByLabelText('The password again'), 's')
  await user.click(dialog.getByRole('button', { name: 'Change the password' }))
  expect(app.ChangePassword).toHaveBeenCalledWith('secret words', 'other words')
  expect(await screen.findByText('Your password is changed.')).toBeVisible()
})

test('whoever has no recovery code is told, and makes one', async () => {
  const [mariana, rafael] = data.administrators
  let list = [{ ...mariana!, hasCode: false }, rafael!]
  const { user } = await openSettings({
    Administrators: () => Promise.resolve(list),
    MakeRecoveryCode: () => {
      list = [mariana!, rafael!]
      return Promise.resolve(RECOVERY_CODE)
    },
  })
  expect(screen.getByText(/^You have no recovery code yet/)).toBeVisible()
  await user.click(await button('Make a new one…'))
  await user.keyboard('secret words{Enter}')
  const shown = within(await screen.findByRole('alertdialog', { name: 'Recovery code of mariana' }))
  expect(shown.getByText(RECOVERY_CODE)).toBeVisible()
  await user.keyboard('{Enter}')
  await waitFor(() => expect(screen.queryByText(/^You have no recovery code yet/)).toBeNull())
})

test('the window locks by itself after the minutes that are chosen', async () => {
  const { user, app } = await openSettings()
  expect(screen.getByLabelText('Lock by itself')).toHaveValue('15')
  await user.selectOptions(screen.getByLabelText('Lock by itself'), 'Never')
  await waitFor(() => expect(app.SaveSettings).toHaveBeenCalledWith(expect.objectContaining({ lockMinutes: 0 })))
})
