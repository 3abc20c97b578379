import { failureOf, type Failure } from '$lib/api'

/** How long a wait stays invisible: a flash of "loading" is worse than nothing. */
const UNNOTICED_MS = 300

/**
 * Something that is asked of Go and shown with three faces: waiting, failed, done. A value stays while it is
 * asked for again, and of two answers the one asked for last wins.
 */
export class Resource<T, A extends unknown[] = []> {
  value = $state.raw<T>()
  failure = $state.raw<Failure>()
  /** The wait has become noticeable. */
  slow = $state(false)
  readonly #ask: (...args: A) => Promise<T>
  #latest = 0
  #waiting = 0

  /** An answer is on its way. */
  get waiting() {
    return this.#waiting > 0
  }

  constructor(ask: (...args: A) => Promise<T>) {
    this.#ask = ask
  }

  async load(...args: A): Promise<T | undefined> {
    const mine = ++this.#latest
    this.#waiting++
    const timer = setTimeout(() => (this.slow = mine === this.#latest), UNNOTICED_MS)
    try {
      const value = await this.#ask(...args)
      if (mine === this.#latest) {
        this.value = value
        this.failure = undefined
      }
      return value
    } catch (e) {
      if (mine === this.#latest) this.failure = failureOf(e)
      return undefined
    } finally {
      clearTimeout(timer)
      this.#waiting--
      if (mine === this.#latest) this.slow = false
    }
  }

  /** Forgets everything, and any answer that is still on its way. */
  clear() {
    this.#latest++
    this.value = undefined
    this.failure = undefined
    this.slow = false
  }
}

/** An act of the person: busy while it runs, with the failure of the last try. */
export class Act<A extends unknown[] = [], R = void> {
  busy = $state(false)
  failure = $state.raw<Failure>()
  readonly #do: (...args: A) => Promise<R>

  constructor(act: (...args: A) => Promise<R>) {
    this.#do = act
  }

  /** Runs the act unless it is running; undefined where it failed. */
  async run(...args: A): Promise<R | undefined> {
    if (this.busy) return undefined
    this.busy = true
    this.failure = undefined
    try {
      return await this.#do(...args)
    } catch (e) {
      this.failure = failureOf(e)
      return undefined
    } finally {
      this.busy = false
    }
  }
}
