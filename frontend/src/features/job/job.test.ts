import { screen, waitFor } from '@testing-library/svelte'
import { describe, expect, test, vi } from 'vitest'
import type { Snapshot } from '$lib/api'
import * as data from '../../test/fixtures'
import { openWindow } from '../../test/window'
import { countLine, rateLine } from './figures'

const button = (name: string | RegExp) => screen.findByRole('button', { name })
const plain = (text: string) => text.replace(/\u00a0/g, ' ')

async function openJob(job: Partial<Snapshot> = {}) {
  const opened = await openWindow()
  opened.emit('job', { ...data.job, ...job })
  opened.program.navigation.go({ page: 'job' })
  await screen.findByRole('heading', { level: 1 })
  return opened
}

describe('progress', () => {
  test('says how far, how long still, how fast, and which table', async () => {
    await openJob()
    expect(screen.getByRole('heading', { name: 'Restoring wimm_prod Production' })).toBeVisible()
    const bar = screen.getByRole('progressbar', { name: 'Restore' })
    expect(bar).toHaveAttribute('aria-valuenow', '62')
    expect(plain(bar.getAttribute('aria-valuetext') ?? '')).toBe('62 %, step 3 of 4, about 7 s left')
    expect(screen.getByText('12,400 rows/s', { exact: false })).toBeVisible()
    expect(screen.getByText('finances_activitylog')).toBeVisible()
    expect(screen.getByText('38,144 of 61,402 rows')).toBeVisible()
  })

  test('shows what each step took, takes and will take', async () => {
    await openJob()
    const steps = screen.getAllByRole('listitem').map((item) => plain(item.textContent).replace(/\s+/g, ' ').trim())
    expect(steps).toEqual([
      expect.stringContaining('2.1 s'),
      expect.stringContaining('2.8 s'),
      expect.stringContaining('6.6 s of about 9 s'),
      expect.stringContaining('about 4 s'),
    ])
  })

  test('speaks at each step and every quarter, not at every change', async () => {
    const { emit } = await openJob()
    const spoken = () => plain(document.querySelector('[aria-live=polite].sr')?.textContent ?? '')
    expect(spoken()).toBe('Putting the new content in, 50 %')
    emit('job', { ...data.job, revision: 13, percent: 74 })
    await waitFor(() => expect(screen.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '74'))
    expect(spoken()).toBe('Putting the new content in, 50 %')
    emit('job', { ...data.job, revision: 14, percent: 75 })
    await waitFor(() => expect(spoken()).toBe('Putting the new content in, 75 %'))
  })

  test('without a total counts up instead of faking a percentage', async () => {
    await openJob({ percent: -1, total: 0, leftMS: -1 })
    expect(screen.getAllByText('38,144 rows')[0]).toBeVisible()
    expect(screen.queryByText(/%/)).toBeNull()
  })

  test('is cancelled, and says what that leaves', async () => {
    const { user, app, emit } = await openJob()
    expect(screen.getByText('Cancelling leaves wimm_prod exactly as it is.')).toBeVisible()
    await user.click(await button('Cancel the restore'))
    expect(app.CancelJob).toHaveBeenCalledWith('j1')
    emit('job', { ...data.job, revision: 13, cancelling: true })
    expect(await button('Cancelling…')).toBeDisabled()
  })

  test('of the undo can’t be cancelled', async () => {
    await openJob({ canCancel: false, step: 'undo' })
    expect(await button('Cancel the restore')).toBeDisabled()
    expect(screen.getByText(/can’t be cancelled/)).toBeVisible()
  })

  test('keeps its log folded', async () => {
    const { user } = await openJob()
    expect(screen.queryByRole('region', { name: 'Log' })).toBeNull()
    await user.click(await button('Show the log'))
    const log = await screen.findByRole('region', { name: 'Log' })
    await waitFor(() => expect(log).toHaveTextContent('sha256=ok'))
  })

  test('asks for lines of the log only while it is open, and only for new ones', async () => {
    const { user, app, emit } = await openJob()
    expect(app.JobLog).not.toHaveBeenCalled()
    await user.click(await button('Show the log'))
    await waitFor(() => expect(app.JobLog).toHaveBeenLastCalledWith('j1', 0))
    emit('job', { ...data.job, revision: 13, logged: data.log.length })
    expect(app.JobLog).toHaveBeenCalledTimes(1)
    const more = { n: data.log.length + 1, at: data.NOW, step: 'apply', text: 'table one_more' }
    vi.mocked(app.JobLog).mockResolvedValue([more])
    emit('job', { ...data.job, revision: 14, logged: more.n })
    const log = screen.getByRole('region', { name: 'Log' })
    await waitFor(() => expect(log).toHaveTextContent(/sha256=ok.*table one_more/s))
    expect(app.JobLog).toHaveBeenLastCalledWith('j1', data.log.length)
  })
})

describe('a backup that runs', () => {
  const backup = { ...data.job, kind: 'backup' as const }

  test('has a bar on every other page', async () => {
    const { emit, user } = await openWindow()
    emit('job', backup)
    expect(await screen.findByText('Backing up wimm_prod')).toBeVisible()
    await user.click(await button('Show'))
    expect(await screen.findByRole('heading', { name: /Backing up wimm_prod/ })).toBeVisible()
  })

  test('says when it is made, and how large it is', async () => {
    const { emit } = await openWindow({
      Backups: () => Promise.resolve([{ ...data.backups[0]!, createdAt: data.job.startedAt + 1000 }]),
    })
    emit('job', backup)
    emit('job', { ...backup, revision: 99, state: 'succeeded', endedAt: backup.startedAt + 1240 })
    expect(plain((await screen.findByText(/Backup made and read again/)).textContent)).toBe(
      'Backup made and read again: 8.6 MB in 1.2 s',
    )
    expect(screen.queryByText('Backing up wimm_prod')).toBeNull()
  })

  test('that fails stays in sight until it has been seen', async () => {
    const { emit, user } = await openWindow()
    const error = { code: 'unavailable', reason: 'archive.no_space', args: { path: '/b' }, detail: 'ENOSPC' }
    emit('job', backup)
    emit('job', { ...backup, revision: 99, state: 'failed', error })
    expect(await screen.findByText('The backup of wimm_prod failed')).toBeVisible()
    await user.click(await button('Show'))
    expect(await screen.findByRole('heading', { name: 'The backup stopped. wimm_prod is unchanged.' })).toBeVisible()
    expect(screen.getByText(/There is no space left/)).toBeVisible()
    await user.click(await button('Close'))
    expect(screen.queryByText('The backup of wimm_prod failed')).toBeNull()
  })
})

describe('figures', () => {
  test.each([
    [{ done: 0, total: 0, unit: 'rows' }, ''],
    [{ done: 1, total: 0, unit: 'rows' }, '1 row'],
    [{ done: 38144, total: 61402, unit: 'rows' }, '38,144 of 61,402 rows'],
    [{ done: 4_900_000, total: 8_400_000, unit: 'bytes' }, '4.9 MB of 8.4 MB'],
    [{ done: 5, total: 9, unit: 'pages' }, '5 of 9 pages'],
  ])('count', (counted, expected) => {
    expect(plain(countLine(counted))).toBe(expected)
  })

  test('rate', () => {
    expect(plain(rateLine({ rate: 4_900_000, unit: 'bytes' }))).toBe('4.9 MB/s')
    expect(rateLine({ rate: 12_400.4, unit: 'rows' })).toBe('12,400 rows/s')
    expect(rateLine({ rate: 0, unit: 'rows' })).toBe('')
  })
})
