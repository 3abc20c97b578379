import { api, failureOf, type Failure, type InsideCell, type InsideRow, type InsideTable } from '$lib/api'

/** How many rows a page has. */
export const PAGE = 100

/**
 * The rows of one table of the backup, page by page, with a filter and a search. The first reading of a table takes
 * its time: what is there of a page is shown, and the rest asked for until it came.
 */
export class Rows {
  readonly table: InsideTable
  where = $state('')
  find = $state('')
  page = $state(0)
  rows = $state.raw<InsideRow[]>()
  /** How many rows there are, as far as they were read; ended says that these are all. */
  known = $state(0)
  ended = $state(false)
  cut = $state(false)
  /** The filter or the reading failed. */
  failure = $state.raw<Failure>()
  readonly #id: string
  #latest = 0

  constructor(id: string, table: InsideTable) {
    this.#id = id
    this.table = table
  }

  get filtered() {
    return this.where.trim() !== '' || this.find.trim() !== ''
  }

  /** How many rows there are to page through: counted beforehand, or as far as is known by now. */
  get total() {
    return this.filtered || this.ended || this.table.rows < 0 ? this.known : this.table.rows
  }

  /** Whether total is certain. */
  get counted() {
    return this.ended || (!this.filtered && this.table.rows >= 0)
  }

  get pages() {
    return Math.max(1, Math.ceil(this.total / PAGE))
  }

  /** Shows the rows that a filter and a search mean; an unreadable filter leaves those that are there. */
  async show(where: string, find: string) {
    this.where = where
    this.find = find
    await this.#load(0, true)
  }

  async turn(page: number) {
    await this.#load(Math.min(Math.max(0, page), this.pages - 1), false)
  }

  /** Forgets every answer that is still on its way. */
  stop() {
    this.#latest++
  }

  async value(row: InsideRow, column: number): Promise<InsideCell> {
    const name = this.table.columns[column]?.name ?? ''
    return api.InsideValue({ id: this.#id, table: this.table.name, place: row.place, column: name })
  }

  async #load(page: number, anew: boolean) {
    const mine = ++this.#latest
    const ask = (from: number, count: number) =>
      api.InsideRows({ id: this.#id, table: this.table.name, where: this.where, find: this.find, from, count })
    try {
      for (let from = page * PAGE, count = PAGE, whole = false; ;) {
        const view = await ask(from, count)
        if (mine !== this.#latest) return
        this.known = view.known
        this.ended = view.ended
        this.cut = view.cut
        this.failure = view.failure ?? undefined
        if (!whole) {
          if (view.rows.length > 0 || view.ended || anew) {
            this.rows = view.rows
            this.page = page
          }
          whole = view.rows.length === PAGE
        }
        if (view.ended) return
        // The page is there; what is still read is only counted.
        if (whole) [from, count] = [view.known, 1]
      }
    } catch (e) {
      if (mine === this.#latest) this.failure = failureOf(e)
    }
  }
}
