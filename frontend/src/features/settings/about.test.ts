import { screen, within } from '@testing-library/svelte'
import { expect, test } from 'vitest'
import { openWindow } from '../../test/window'

test('the versions are shown, and the diagnosis before it is saved', async () => {
  const { user, app, program } = await openWindow()
  program.navigation.go({ page: 'settings' })
  expect(await screen.findByText('3.51.0')).toBeVisible()
  expect(screen.getByText(/pg_restore 18\.2/)).toBeVisible()
  await user.click(await screen.findByRole('button', { name: 'Look at it…' }))
  const dialog = within(await screen.findByRole('alertdialog', { name: 'Diagnosis for support' }))
  expect(dialog.getByRole('button', { name: 'Close' })).toHaveFocus()
  expect(app.SaveDiagnosis).not.toHaveBeenCalled()
  await user.click(dialog.getByText('log.jsonl'))
  expect(dialog.getByText(/job ended/)).toBeVisible()
  await user.click(dialog.getByRole('button', { name: 'Save…' }))
  expect(app.SaveDiagnosis).toHaveBeenCalledWith([expect.anything(), expect.objectContaining({ name: 'log.jsonl' })])
  expect(await screen.findByText('Saved as /home/mariana/cofre-diagnosis.zip')).toBeVisible()
})
