const SHOWN_MS = 6000

export interface Toast {
  id: number
  text: string
  tone: 'success' | 'danger' | 'neutral'
  /** It can be taken until then, and no longer: the toast counts down, and stays for nobody. */
  action?: { label: string; run: () => void; until?: number }
}

/** Short news at the corner: never for what needs an answer. */
export class Toasts {
  list = $state.raw<Toast[]>([])
  /** The time, as long as one of them counts down. */
  now = $state(0)
  #last = 0
  #held = false
  #timers: Record<number, ReturnType<typeof setTimeout>> = {}
  #clock: ReturnType<typeof setInterval> | undefined

  /** Returns its id, for dismiss. */
  show(toast: Omit<Toast, 'id'>): number {
    const id = ++this.#last
    this.list = [...this.list, { ...toast, id }]
    const until = toast.action?.until
    if (until !== undefined) {
      this.now = Date.now()
      this.#clock ??= setInterval(() => (this.now = Date.now()), 250)
      this.#timers[id] = setTimeout(() => this.dismiss(id), until - this.now)
    } else if (!this.#held) this.#count(id)
    return id
  }

  dismiss(id: number) {
    clearTimeout(this.#timers[id])
    delete this.#timers[id]
    this.list = this.list.filter((toast) => toast.id !== id)
    if (!this.list.some(ends)) {
      clearInterval(this.#clock)
      this.#clock = undefined
    }
  }

  /** The pointer or the focus is on them: they stay, but for those that end. */
  hold() {
    this.#held = true
    for (const toast of this.list) if (!ends(toast)) clearTimeout(this.#timers[toast.id])
  }

  release() {
    this.#held = false
    for (const toast of this.list) if (!ends(toast)) this.#count(toast.id)
  }

  #count(id: number) {
    clearTimeout(this.#timers[id])
    this.#timers[id] = setTimeout(() => this.dismiss(id), SHOWN_MS)
  }
}

const ends = (toast: Toast) => toast.action?.until !== undefined
