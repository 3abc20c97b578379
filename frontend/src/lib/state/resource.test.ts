import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { rejection } from '../../test/fake'
import { Act, Resource } from './resource.svelte'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A promise that is settled from outside. */
function later<T>() {
  let resolve!: (value: T) => void
  let reject!: (reason: unknown) => void
  const promise = new Promise<T>((a, b) => ((resolve = a), (reject = b)))
  return { promise, resolve, reject }
}

describe('a resource', () => {
  test('waits unnoticed for 300 ms', async () => {
    const answer = later<number>()
    const resource = new Resource(() => answer.promise)
    const loading = resource.load()
    vi.advanceTimersByTime(299)
    expect(resource.slow).toBe(false)
    vi.advanceTimersByTime(1)
    expect(resource.slow).toBe(true)
    answer.resolve(7)
    await loading
    expect(resource.slow).toBe(false)
    expect(resource.value).toBe(7)
  })

  test('the answer that was asked for last wins', async () => {
    const [first, second] = [later<string>(), later<string>()]
    const answers = [first, second]
    const resource = new Resource(() => answers.shift()!.promise)
    const loads = [resource.load(), resource.load()]
    second.resolve('second')
    first.resolve('first')
    await Promise.all(loads)
    expect(resource.value).toBe('second')
  })

  test('a failure keeps the value that is there, and goes with the next success', async () => {
    const answers = [
      () => Promise.resolve(1),
      () => Promise.reject(new Error(rejection({ reason: 'state.busy' }))),
      () => Promise.resolve(2),
    ]
    const resource = new Resource(() => answers.shift()!())
    await resource.load()
    await resource.load()
    expect(resource.value).toBe(1)
    expect(resource.failure?.reason).toBe('state.busy')
    await resource.load()
    expect(resource.value).toBe(2)
    expect(resource.failure).toBeUndefined()
  })

  test('cleared, it forgets an answer that is on its way', async () => {
    const answer = later<number>()
    const resource = new Resource(() => answer.promise)
    const loading = resource.load()
    resource.clear()
    answer.resolve(7)
    await loading
    expect(resource.value).toBeUndefined()
  })
})

describe('an act', () => {
  test('runs once at a time', async () => {
    const done = later<void>()
    const work = vi.fn(() => done.promise)
    const act = new Act(work)
    const runs = [act.run(), act.run()]
    expect(act.busy).toBe(true)
    done.resolve()
    await Promise.all(runs)
    expect(work).toHaveBeenCalledTimes(1)
    expect(act.busy).toBe(false)
  })

  test('keeps its failure until it is tried again', async () => {
    const answers = [() => Promise.reject(new Error(rejection({ reason: 'state.busy' }))), () => Promise.resolve()]
    const act = new Act(() => answers.shift()!())
    await act.run()
    expect(act.failure?.reason).toBe('state.busy')
    await act.run()
    expect(act.failure).toBeUndefined()
  })
})
