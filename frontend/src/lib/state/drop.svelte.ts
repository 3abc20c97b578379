import { api, failureOf, type Failure, type Recognised } from '$lib/api'

export interface Found {
  path: string
  name: string
  /** What the file is; undefined while it is being read. */
  recognised?: Recognised
  failure?: Failure
}

/** What to do with a file that was recognised. True: taken, false: not for me. */
export type Taker = (path: string, file: Recognised) => boolean

/**
 * Files that are dropped on the window, or that Cofre was started with. Letting go changes nothing: a file is
 * recognised by its content, and then a page opens that says what it would do.
 */
export class Drop {
  /** Files are over the window. */
  over = $state(false)
  /** Their names, where the system tells them before they are let go. */
  names = $state.raw<string[]>([])
  /** The file that is being read, or that could not be recognised. */
  found = $state.raw<Found>()
  /** Several files were dropped: one has to be chosen. */
  choices = $state.raw<Found[]>([])
  /** Shown over the page. */
  readonly covers = $derived(this.over || this.found !== undefined || this.choices.length > 0)
  /** Waits for an answer, so that the page behind is out of reach. */
  readonly asks = $derived(this.found !== undefined || this.choices.length > 0)
  readonly #takers: Taker[] = []

  /** Asks taker first about every file, until the returned function is called. */
  take(taker: Taker): () => void {
    this.#takers.unshift(taker)
    return () => void this.#takers.splice(this.#takers.indexOf(taker), 1)
  }

  async receive(paths: string[]) {
    this.over = false
    this.choices = []
    const [only, ...more] = paths
    if (only === undefined) return
    if (more.length === 0) return this.look(only)
    this.found = undefined
    this.choices = await Promise.all(paths.map(recognise))
  }

  async look(path: string) {
    this.choices = []
    const looking: Found = { path, name: nameOf(path) }
    this.found = looking
    const found = await recognise(path)
    if (this.found !== looking) return // the person went on meanwhile
    if (found.failure || !found.recognised) this.found = found
    else this.pick(path, found.recognised)
  }

  pick(path: string, file: Recognised) {
    this.dismiss()
    for (const taker of this.#takers) if (taker(path, file)) return
  }

  dismiss() {
    this.over = false
    this.names = []
    this.found = undefined
    this.choices = []
  }
}

async function recognise(path: string): Promise<Found> {
  try {
    const recognised = await api.Recognise(path)
    return { path, name: recognised.name, recognised, ...(recognised.failure && { failure: recognised.failure }) }
  } catch (e) {
    return { path, name: nameOf(path), failure: failureOf(e) }
  }
}

function nameOf(path: string): string {
  return path.split(/[/\\]/).at(-1) ?? path
}
