import { setTimeout as pause } from 'node:timers/promises'

/**
 * until asks look again and again until it returns something, and returns that. After ms it throws, with what was
 * waited for and the last error of look.
 */
export async function until(what, look, ms = 20_000) {
  const end = Date.now() + ms
  for (let last; ; await pause(40)) {
    try {
      const seen = await look()
      if (seen) return seen
    } catch (error) {
      last = error
    }
    if (Date.now() > end) throw new Error(`waited ${ms / 1000} s for ${what}${last ? `: ${last.message}` : ''}`)
  }
}
