import { screen } from '@testing-library/svelte'
import { expect, test } from 'vitest'
import { openWindow } from '../../test/window'
import { readable } from './log'

async function openActivity() {
  const opened = await openWindow()
  opened.program.navigation.go({ page: 'activity' })
  await screen.findByRole('heading', { name: 'Activity' })
  return opened
}

test('each operation says when, who, what, and how it ended', async () => {
  await openActivity()
  const row = await screen.findByRole('row', { name: /rolled back/ })
  expect(row).toHaveTextContent('cli:rafael')
  expect(row).toHaveTextContent('Restore')
  expect(row).toHaveTextContent('wimm_prod')
  expect(screen.getByRole('row', { name: /failed, untouched/ })).toHaveTextContent(
    'Another program is using db.sqlite3',
  )
})

test('the log is read and searched', async () => {
  const { user } = await openActivity()
  await user.click(screen.getByRole('radio', { name: 'Log' }))
  const log = await screen.findByRole('region', { name: 'Log' })
  expect(log).toHaveTextContent('[BACKUP] backup made bytes=8612345')
  await user.type(screen.getByRole('searchbox', { name: 'Search the log' }), 'failed')
  expect(log).toHaveTextContent('ERROR')
  expect(log).not.toHaveTextContent('backup made')
})

test('a line that is no JSON stays as it is', () => {
  expect(readable('panic: x')).toBe('panic: x')
  expect(readable('[1]')).toBe('[1]')
})
