import { tick, type Component } from 'svelte'

interface Open {
  component: Component<Record<string, unknown>>
  props: Record<string, unknown>
  close(answer: unknown): void
}

/**
 * Questions as promises: ask shows a dialog and resolves with the answer. One at a time, a later one on top.
 * Focus returns to where it was.
 */
export class Dialogs {
  open = $state.raw<Open[]>([])

  get top(): Open | undefined {
    return this.open.at(-1)
  }

  ask<P extends { onanswer: (answer: never) => void }>(
    component: Component<P>,
    props: Omit<P, 'onanswer'>,
  ): Promise<Parameters<P['onanswer']>[0]> {
    const from = document.activeElement
    return new Promise((resolve) => {
      const entry: Open = {
        component: component as unknown as Component<Record<string, unknown>>,
        props,
        close: (answer) => {
          if (!this.open.includes(entry)) return
          this.open = this.open.filter((other) => other !== entry)
          void tick().then(() => {
            if (from instanceof HTMLElement && from.isConnected) from.focus()
            resolve(answer as Parameters<P['onanswer']>[0])
          })
        },
      }
      this.open = [...this.open, entry]
    })
  }
}
