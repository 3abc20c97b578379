import { api, type LogLine } from '$lib/api'

const KEPT = 1000

/** The log of one job, as far as it has been asked for: only lines that are not here yet cross from Go. */
export class JobLog {
  /** Its newest lines, oldest first. */
  lines = $state.raw<LogLine[]>([])
  readonly #id: string
  #known = 0
  #wanted = 0
  #reading = false

  constructor(id: string) {
    this.#id = id
  }

  /** Brings the lines up to the one of that number. While they come, a further call only says how far. */
  async upTo(logged: number) {
    this.#wanted = Math.max(this.#wanted, logged)
    if (this.#reading) return
    this.#reading = true
    try {
      while (this.#known < this.#wanted) {
        const more = await api.JobLog(this.#id, this.#known)
        const last = more.at(-1)
        if (!last) return // the program runs another job by now
        this.#known = last.n
        this.lines = [...this.lines, ...more].slice(-KEPT)
      }
    } catch {
      // The next snapshot asks again.
    } finally {
      this.#reading = false
    }
  }
}
