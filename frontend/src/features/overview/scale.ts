// Halves of these have one decimal at most, so that an axis needs no more.
const STEPS = [1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10]

/** The top of an axis that starts at zero: a short number that is not below max; 0 for 0. */
export function niceTop(max: number): number {
  if (max <= 0) return 0
  const power = 10 ** Math.floor(Math.log10(max))
  const step = STEPS.find((s) => s * power >= max) ?? 10
  return step * power
}
