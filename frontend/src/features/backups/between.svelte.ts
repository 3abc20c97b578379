import {
  api,
  failureOf,
  listen,
  type BackupView,
  type ComparingView,
  type ComparisonView,
  type Failure,
} from '$lib/api'

/** Reads what may be encrypted: asks for the key of what the failure names, and calls again. */
type Reading = <T>(
  which: (failure: Failure) => { backupID: string; path: string },
  call: () => Promise<T>,
) => Promise<T>

/** The comparison of two backups, row by row. */
export class Between {
  value = $state.raw<ComparisonView>()
  failure = $state.raw<Failure>()
  progress = $state.raw<ComparingView>()
  running = $state(false)
  /** The person has ended it. */
  stopped = $state(false)
  #key = ''
  #tries = 0
  readonly #reading: Reading

  constructor(reading: Reading) {
    this.#reading = reading
  }

  /** Compares the older with the newer. What was asked before is of no interest any more. */
  async start(older: BackupView, newer: BackupView) {
    const key = `${older.id}:${newer.id}:${++this.#tries}`
    this.#key = key
    this.value = this.failure = this.progress = undefined
    this.stopped = false
    this.running = true
    const unlisten = listen('comparing', (view) => {
      if (view.planID === this.#key) this.progress = view
    })
    const which = (failure: Failure) => ({
      backupID: failure.args?.file === older.name ? older.id : newer.id,
      path: '',
    })
    try {
      const value = await this.#reading(which, () => api.CompareBackups(key, older.id, newer.id))
      if (key === this.#key) this.value = value
    } catch (e) {
      const failure = failureOf(e)
      if (key !== this.#key) return
      if (failure.code === 'cancelled') this.stopped = true
      else this.failure = failure
    } finally {
      unlisten()
      if (key === this.#key) this.running = false
    }
  }

  stop() {
    if (!this.running) return
    this.running = false
    this.stopped = true
    const key = this.#key
    this.#key = ''
    void api.CancelDifference(key).catch(() => undefined)
  }
}
