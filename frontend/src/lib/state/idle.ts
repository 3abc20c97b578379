/** How often it is looked whether the person is still there. */
const LOOK_MS = 5_000
const SIGNS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const

/** Two clocks: the one on the wall may be set, the steady one may stand still while the computer sleeps. */
export interface Clocks {
  wall: () => number
  steady: () => number
}
const real: Clocks = { wall: () => Date.now(), steady: () => performance.now() }

interface Watch {
  /** So many minutes without a sign of the person; 0: for ever. */
  minutes: () => number
  /** Something runs: the time begins when it has ended. */
  busy: () => boolean
  away: () => void
}

/** Calls away when there was no keyboard and no mouse for so long, until the returned function is called. */
export function whenAway({ minutes, busy, away }: Watch, clocks: Clocks = real): () => void {
  const now = () => ({ wall: clocks.wall(), steady: clocks.steady() })
  let last = now()
  const look = () => {
    const at = now()
    const passed = Math.max(at.wall - last.wall, at.steady - last.steady)
    if (busy()) last = at
    else if (minutes() > 0 && passed >= minutes() * 60_000) {
      last = at
      away()
    }
  }
  // Looked at first: the hand that wakes the computer may be anybody's.
  const sign = () => {
    look()
    last = now()
  }
  const timer = setInterval(look, LOOK_MS)
  for (const name of SIGNS) window.addEventListener(name, sign, { capture: true, passive: true })
  return () => {
    clearInterval(timer)
    for (const name of SIGNS) window.removeEventListener(name, sign, { capture: true })
  }
}
