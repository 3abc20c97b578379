import { screen, waitFor, within } from '@testing-library/svelte'
import { expect, test } from 'vitest'
import * as data from '../../test/fixtures'
import { openWindow } from '../../test/window'
import { choices, inputOf, pauses, quiets, toggled } from './watching'

const openCard = async (rule: Partial<typeof data.watch> = {}) => {
  const opened = await openWindow({ Watch: () => Promise.resolve({ ...data.watch, ...rule }) })
  opened.program.navigation.go({ page: 'schedules' })
  const card = await screen.findByRole('region', { name: 'When something changes' })
  return { ...opened, card: within(card) }
}

test('the rule says when a backup is made, and after what the last one was', async () => {
  const { card, app, user } = await openCard()
  expect(card.getByText(/after 31 deletions in finances_transaction/)).toBeVisible()
  const number = card.getByRole('spinbutton', { name: 'Number of changed rows' })
  expect(number).toHaveValue(25)
  await user.clear(number)
  await user.type(number, '100')
  await user.tab()
  await waitFor(() => expect(app.SetWatch).toHaveBeenCalledWith({ ...inputOf(data.watch), changes: 100 }))
  await user.click(card.getByRole('switch', { name: 'When something changes' }))
  await waitFor(() => expect(app.SetWatch).toHaveBeenLastCalledWith({ ...inputOf(data.watch), on: false }))
  await user.selectOptions(card.getByLabelText('in'), 'only these tables')
  await user.click(card.getByRole('checkbox', { name: 'finances_transaction' }))
  const tables = ['finances_transaction']
  await waitFor(() => expect(app.SetWatch).toHaveBeenLastCalledWith({ ...inputOf(data.watch), tables }))
})

test('a database is brought back without a question only where somebody chose so', async () => {
  const { card, app, user } = await openCard()
  const back = card.getByRole('switch', { name: /^Bring it back without asking/ })
  expect(back).not.toBeChecked()
  await user.click(back)
  await waitFor(() => expect(app.SetWatch).toHaveBeenCalledWith({ ...inputOf(data.watch), bringBack: true }))
})

test('a rule is one of three, and keeps what was set elsewhere', () => {
  expect(choices({ ...data.watch, deletions: false })).toBe('changes')
  expect(choices({ ...data.watch, changes: 0 })).toBe('deletions')
  expect(choices.of('deletions', data.watch)).toEqual({ deletions: true, changes: 0 })
  expect(choices.of('changes', { ...data.watch, changes: 0 })).toEqual({ deletions: false, changes: 25 })
  expect(quiets(45)).toContain(45)
  expect(pauses(45)).toContain(45)
  expect(toggled(toggled([], 'a'), 'a')).toEqual([])
})
