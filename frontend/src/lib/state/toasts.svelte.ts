const SHOWN_MS = 6000

export interface Toast {
  id: number
  text: string
  tone: 'success' | 'danger' | 'neutral'
  action?: { label: string; run: () => void }
}

/** Short news at the corner: never for what needs an answer. */
export class Toasts {
  list = $state.raw<Toast[]>([])
  #last = 0
  #held = false
  #timers: Record<number, ReturnType<typeof setTimeout>> = {}

  show(toast: Omit<Toast, 'id'>) {
    const id = ++this.#last
    this.list = [...this.list, { ...toast, id }]
    if (!this.#held) this.#count(id)
  }

  dismiss(id: number) {
    clearTimeout(this.#timers[id])
    delete this.#timers[id]
    this.list = this.list.filter((toast) => toast.id !== id)
  }

  /** The pointer or the focus is on them: they stay. */
  hold() {
    this.#held = true
    for (const timer of Object.values(this.#timers)) clearTimeout(timer)
    this.#timers = {}
  }

  release() {
    this.#held = false
    for (const toast of this.list) this.#count(toast.id)
  }

  #count(id: number) {
    this.#timers[id] = setTimeout(() => this.dismiss(id), SHOWN_MS)
  }
}
