import {
  api,
  failureOf,
  type Action,
  type Choice,
  type Choices,
  type Failure,
  type Finding,
  type PlanView,
} from '$lib/api'

/** Whether a choice is about this finding. */
function about(choice: Choice, finding: Finding): boolean {
  return (
    choice.table === finding.table &&
    (choice.column ?? '') === (finding.column ?? '') &&
    choice.finding === finding.code
  )
}

/**
 * The decisions of a migration as the person makes them. Each is kept with the connection at once, and the plan is
 * made again; what is decided while that runs is kept together after it.
 */
export class Deciding {
  choices = $state.raw<Choices>({ zone: '', alike: false, each: [] })
  /** Being kept, and the plan being made again. */
  busy = $state(false)
  failure = $state.raw<Failure>()
  readonly #plan: () => PlanView
  readonly #replan: () => Promise<unknown>
  #more = false

  constructor(plan: () => PlanView, replan: () => Promise<unknown>) {
    this.#plan = plan
    this.#replan = replan
    this.choices = plan().choices
  }

  /** What is chosen, whether or not the plan knows of it yet. */
  chosen(finding: Finding): Action {
    return this.choices.each.find((choice) => about(choice, finding))?.action ?? finding.action
  }

  decide(finding: Finding, action: Action) {
    const { table, column, code } = finding
    const each = this.choices.each.filter((choice) => !about(choice, finding))
    return this.#keep({ ...this.choices, each: [...each, { table, ...(column && { column }), finding: code, action }] })
  }

  alike(on: boolean) {
    return this.#keep({ ...this.choices, alike: on })
  }

  zone(name: string) {
    return this.#keep({ ...this.choices, zone: name })
  }

  async #keep(choices: Choices) {
    this.choices = choices
    this.#more = true
    if (this.busy) return
    this.busy = true
    this.failure = undefined
    try {
      while (this.#more) {
        this.#more = false
        await api.Decide(this.#plan().connection.id, this.choices)
        await this.#replan()
      }
    } catch (e) {
      this.failure = failureOf(e)
      this.choices = this.#plan().choices // what is in force
    } finally {
      this.busy = false
    }
  }
}
