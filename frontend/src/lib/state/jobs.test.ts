import { beforeEach, expect, test, vi } from 'vitest'
import { job } from '../../test/fixtures'
import { installFake } from '../../test/fake'
import { Jobs } from './jobs.svelte'

let jobs: Jobs
const ended = vi.fn()

beforeEach(() => {
  installFake()
  ended.mockClear()
  jobs = new Jobs()
  jobs.onended = ended
})

test('of one job the highest revision counts', () => {
  jobs.apply({ ...job, revision: 5, percent: 50 })
  jobs.apply({ ...job, revision: 4, percent: 40 })
  expect(jobs.current?.percent).toBe(50)
})

test('an older job does not come back over a newer one', () => {
  jobs.apply({ ...job, id: 'new', startedAt: 200 })
  jobs.apply({ ...job, id: 'old', startedAt: 100, revision: 99 })
  expect(jobs.current?.id).toBe('new')
})

test('the end of a job is told once', () => {
  jobs.expect(job.id)
  jobs.apply(job)
  jobs.apply({ ...job, revision: 13, state: 'succeeded' })
  jobs.apply({ ...job, revision: 14, state: 'succeeded' })
  expect(ended).toHaveBeenCalledTimes(1)
})

test('a job that ends before its start is known is told, too', () => {
  jobs.apply({ ...job, state: 'failed' })
  expect(ended).not.toHaveBeenCalled()
  jobs.expect(job.id)
  expect(ended).toHaveBeenCalledTimes(1)
})

test('a job that had ended before the window opened is no news', () => {
  jobs.apply({ ...job, state: 'succeeded' })
  expect(ended).not.toHaveBeenCalled()
})

test('what has been seen goes, what runs stays', () => {
  jobs.apply(job)
  jobs.dismiss()
  expect(jobs.current?.id).toBe(job.id)
  jobs.apply({ ...job, revision: 13, state: 'failed' })
  jobs.dismiss()
  expect(jobs.current).toBeNull()
})
