import { screen, waitFor, within } from '@testing-library/svelte'
import { expect, test } from 'vitest'
import { rejection } from '../../test/fake'
import { openWindow } from '../../test/window'
import type { App } from '$lib/api'

const button = (name: string | RegExp) => screen.findByRole('button', { name })

async function openSettings(answers: Partial<App> = {}) {
  const opened = await openWindow(answers)
  opened.program.navigation.go({ page: 'settings' })
  await screen.findByRole('heading', { name: 'Notifications' })
  return opened
}

test('channels say where they lead, and what can’t be delivered says why and when again', async () => {
  await openSettings()
  const list = await screen.findByRole('list', { name: 'Channels' })
  const [mail, team] = within(list).getAllByRole('listitem')
  expect(mail).toHaveTextContent('E-mail · operations@wimm.example')
  expect(team).toHaveTextContent('Slack · hooks.slack.com')
  expect(team).toHaveTextContent('hooks.slack.com did not take the message now: 503')
  expect(team).toHaveTextContent('Tried again')
  expect(screen.getByLabelText('A good backup of wimm_prod')).toHaveValue('24')
  expect(screen.getByText(/Overdue since/)).toBeVisible()
})

test('a new channel is filled in, tried with its answer, and kept', async () => {
  const { user, app } = await openSettings()
  await user.click(await button('Add a channel…'))
  await user.selectOptions(await screen.findByLabelText('Tell by'), 'Webhook')
  await user.selectOptions(screen.getByLabelText('Service'), 'JSON')
  await user.click(await button('Send a test'))
  expect(await screen.findAllByText('This can’t be empty.')).not.toHaveLength(0)
  expect(app.TestChannel).not.toHaveBeenCalled()
  await user.type(screen.getByLabelText('Name'), 'Operations')
  await user.type(screen.getByLabelText('Address'), 'https://example.com/hook')
  await user.click(screen.getByRole('checkbox', { name: 'Success' }))
  await user.click(await button('Send a test'))
  expect(await screen.findByText(/The server answered: 250 2.0.0 queued/)).toBeVisible()
  await user.click(await button('Save'))
  await waitFor(() =>
    expect(app.SaveChannel).toHaveBeenCalledWith(
      expect.objectContaining({
        id: '',
        kind: 'webhook',
        form: 'json',
        url: 'https://example.com/hook',
        events: ['failure', 'anomaly', 'silence', 'room', 'success'],
      }),
    ),
  )
})

test('what is secret stays unless it is typed anew, and a test that fails says why', async () => {
  const { user, app } = await openSettings({
    TestChannel: () =>
      Promise.reject(
        new Error(rejection({ code: 'denied', reason: 'notify.login', args: { host: 'smtp.wimm.example:587' } })),
      ),
  })
  await user.click(await button('Change E-mail to operations'))
  await user.click(await button('Send a test'))
  expect(await screen.findByRole('alert')).toHaveTextContent(
    'smtp.wimm.example:587 refused the user name or the password.',
  )
  await user.click(await button('Save'))
  await waitFor(() =>
    expect(app.SaveChannel).toHaveBeenCalledWith(
      expect.objectContaining({
        id: 'n1',
        password: '',
        to: ['operations@wimm.example', 'mariana@wimm.example'],
        port: 587,
      }),
    ),
  )
})

test('a channel is removed only after the question, and an expectation is kept at once', async () => {
  const { user, app } = await openSettings()
  await user.selectOptions(await screen.findByLabelText('A good backup of db.sqlite3'), 'Every 12 hours')
  await waitFor(() => expect(app.ExpectBackup).toHaveBeenCalledWith('c2', 12))
  await user.click(await button('Change Team'))
  await user.click(await button('Remove…'))
  expect(app.RemoveChannel).not.toHaveBeenCalled()
  await user.click(await button('Remove the channel'))
  await waitFor(() => expect(app.RemoveChannel).toHaveBeenCalledWith('n3'))
})
