import { api, type Snapshot } from '$lib/api'

/** The one job that runs, or the last one that ran. Snapshots are complete; of one job the highest revision counts. */
export class Jobs {
  current = $state.raw<Snapshot | null>(null)
  readonly running = $derived(this.current?.state === 'running')
  /** Told once about every job that this window has seen running, when it ends. */
  onended: (job: Snapshot) => void = () => {}
  #awaited = ''
  #told = ''

  apply(job: Snapshot) {
    const before = this.current
    if (before?.id === job.id && job.revision <= before.revision) return
    if (before && before.id !== job.id && job.startedAt < before.startedAt) return
    this.current = job
    if (job.state === 'running') this.#awaited = job.id
    else if (this.#awaited === job.id) this.#tell(job)
  }

  /** Announces a job that this window has just started: it may end before its first snapshot arrives. */
  expect(id: string) {
    this.#awaited = id
    if (this.current?.id === id && this.current.state !== 'running') this.#tell(this.current)
  }

  /** Asks for the job that runs; snapshots that come by themselves do the rest, so a failure is no news. */
  async load() {
    const job = await api.CurrentJob().catch(() => null)
    if (job) this.apply(job)
  }

  async cancel() {
    if (this.current?.state === 'running') await api.CancelJob(this.current.id)
  }

  /** The last job has been seen and is no longer news. */
  dismiss() {
    if (!this.running) this.current = null
  }

  #tell(job: Snapshot) {
    if (this.#told === job.id) return
    this.#told = job.id
    this.onended(job)
  }
}
