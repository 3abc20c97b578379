import { api, failureOf, type Failure, type TrailEntry, type TrailInput } from '$lib/api'

export interface TrailFilter {
  what: string
  search: string
  /** Days as a date field has them, "" for none; both are meant whole. */
  since: string
  until: string
}

/** A screen full of entries. */
const ENOUGH = 50

/** The entries of the audit trail that a filter means, as far as they were asked for: the newest first. */
export class Trail {
  filter = $state.raw<TrailFilter>({ what: '', search: '', since: '', until: '' })
  /** What is there; undefined before the first answer. */
  entries = $state.raw<TrailEntry[]>()
  /** There are no older ones. */
  ended = $state(false)
  failure = $state.raw<Failure>()
  #latest = 0
  #asking = false
  #behind = 0

  get filtered() {
    return Object.values(this.filter).some(Boolean)
  }

  /** The filter as Go takes it. */
  get input(): TrailInput {
    const { what, search, since, until } = this.filter
    return { what, search: search.trim(), since: dayAt(since, 0), until: dayAt(until, 1), behind: 0 }
  }

  /** Shows what a filter means, from the newest on. */
  async show(filter: TrailFilter) {
    this.filter = filter
    this.ended = false
    await this.#ask(0)
  }

  /** Asks for the older ones that follow, unless it does already. */
  async more() {
    if (this.entries && !this.ended && !this.#asking) await this.#ask(this.#behind)
  }

  /** Asks until there is something more to show: a search answers in parts, some of which hold nothing. */
  async #ask(behind: number) {
    const mine = ++this.#latest
    this.#asking = true
    try {
      let entries = behind === 0 ? [] : (this.entries ?? [])
      for (let found = 0, ended = false; !ended && found < ENOUGH;) {
        const view = await api.Trail({ ...this.input, behind })
        if (mine !== this.#latest) return
        entries = [...entries, ...view.entries]
        found += view.entries.length
        ;({ ended, behind } = view)
        if (ended || found > 0) this.entries = entries
        this.ended = ended
        this.#behind = behind
        this.failure = undefined
      }
    } catch (e) {
      if (mine === this.#latest) this.failure = failureOf(e)
    } finally {
      if (mine === this.#latest) this.#asking = false
    }
  }
}

/** The beginning of a day here, so many days later; 0 for none. */
function dayAt(day: string, later: number): number {
  if (!day) return 0
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  return new Date(year, month - 1, date + later).getTime()
}
