/**
 * The top of an axis that starts at zero: the smallest of 1, 2, 4, 5 and 10 times a power of ten that is not
 * below max. Halves of it are short numbers, too.
 */
export function niceTop(max: number): number {
  if (max <= 0) return 0
  const power = 10 ** Math.floor(Math.log10(max))
  const step = [1, 2, 4, 5, 10].find((s) => s * power >= max) ?? 10
  return step * power
}
