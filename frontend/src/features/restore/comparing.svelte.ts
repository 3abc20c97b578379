import { api, failureOf, listen, type ComparingView, type DifferenceView, type Failure, type PlanView } from '$lib/api'

/** Up to so many rows of both sides are compared without being asked: that is a matter of seconds. */
export const UNASKED = 5_000_000

/** The comparison of a plan, row by row, while the plan can be read and even run. */
export class Comparing {
  value = $state.raw<DifferenceView>()
  failure = $state.raw<Failure>()
  progress = $state.raw<ComparingView>()
  running = $state(false)
  #plan = ''

  /** Compares what plan replaces with what it brings, where that is quickly done. Ends with the returned function. */
  follow(plan: PlanView): () => void {
    this.#plan = plan.id
    this.value = undefined
    this.failure = undefined
    const unlisten = listen('comparing', (view) => {
      if (this.running && view.planID === this.#plan) this.progress = view
    })
    if (plan.comparable && plan.archive.rows + plan.current.rows <= UNASKED) void this.start()
    return () => {
      unlisten()
      this.stop()
      this.#plan = ''
    }
  }

  async start() {
    const mine = this.#plan
    this.failure = undefined
    this.progress = undefined
    this.running = true
    try {
      const value = await api.Difference(mine)
      if (mine === this.#plan) this.value = value
    } catch (e) {
      const failure = failureOf(e)
      if (mine === this.#plan && failure.code !== 'cancelled') this.failure = failure
    } finally {
      if (mine === this.#plan) this.running = false
    }
  }

  /** What was read so far is of no use; the plan stays as it is. */
  stop() {
    if (!this.running) return
    this.running = false
    void api.CancelDifference(this.#plan).catch(() => undefined)
  }
}
