import { api, failureOf, type Failure, type Hit } from '$lib/api'

/** A search through all tables of the backup: its hits come while it goes on. */
export class Finder {
  /** What is looked for; '' for nothing. */
  text = $state('')
  hits = $state.raw<Hit[]>([])
  table = $state('')
  ended = $state(true)
  /** There are more than could be listed. */
  more = $state(false)
  failure = $state.raw<Failure>()
  readonly #id: string
  #latest = 0

  constructor(id: string) {
    this.#id = id
  }

  async look(text: string) {
    const mine = ++this.#latest
    this.text = text.trim()
    this.hits = []
    this.more = false
    this.failure = undefined
    this.ended = this.text === ''
    try {
      do {
        const found = await api.FindInside({ id: this.#id, text: this.text, have: this.hits.length })
        if (mine !== this.#latest) return
        if (found.hits.length > 0) this.hits = [...this.hits, ...found.hits]
        this.table = found.table
        this.more = found.more
        this.failure = found.failure ?? undefined
        this.ended = found.ended
      } while (!this.ended)
    } catch (e) {
      if (mine !== this.#latest) return
      this.failure = failureOf(e)
      this.ended = true
    }
  }

  stop() {
    this.#latest++
  }
}
