import type { Component } from 'svelte'

interface Open {
  component: Component<Record<string, unknown>>
  props: Record<string, unknown>
  close: (answer: unknown) => void
}

/**
 * Questions as promises: ask shows a dialog and resolves with the answer. One at a time, a later one on top.
 * When the last one is answered the focus returns to where it was before the first.
 */
export class Dialogs {
  open = $state.raw<Open[]>([])
  #aside: Open[] = []
  #home: Element | null = null
  #returning: ReturnType<typeof setTimeout> | undefined

  get top(): Open | undefined {
    return this.open.at(-1)
  }

  /** Takes what is asked off the window, until it is brought back. */
  putAside() {
    this.#aside = this.open
    this.open = []
  }

  bringBack() {
    this.open = [...this.#aside, ...this.open]
    this.#aside = []
  }

  /** Nobody answers any more what was put aside. */
  forget() {
    this.#aside = []
  }

  ask<P extends { onanswer: (answer: never) => void }>(
    component: Component<P>,
    props: Omit<P, 'onanswer'>,
  ): Promise<Parameters<P['onanswer']>[0]> {
    // A question that follows from an answer belongs to the same conversation.
    if (this.#returning === undefined && this.open.length === 0) this.#home = document.activeElement
    clearTimeout(this.#returning)
    this.#returning = undefined
    return new Promise((resolve) => {
      const entry: Open = {
        component: component as unknown as Component<Record<string, unknown>>,
        props,
        close: (answer) => {
          if (!this.open.includes(entry)) return
          this.open = this.open.filter((other) => other !== entry)
          if (this.open.length === 0) this.#returning = setTimeout(() => this.#return())
          resolve(answer as Parameters<P['onanswer']>[0])
        },
      }
      this.open = [...this.open, entry]
    })
  }

  // Not at once: only then is the page within reach again, and the button that asked enabled.
  #return() {
    this.#returning = undefined
    // The answer may have led to another page, which has taken the focus: it stays there.
    if (document.activeElement && document.activeElement !== document.body) return
    if (this.#home instanceof HTMLElement && this.#home.isConnected) this.#home.focus()
  }
}
