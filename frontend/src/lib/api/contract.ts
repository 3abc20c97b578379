// Holds types.ts and bridge.ts to what Go really has: the generated bindings know the Go types, but not that a
// string is one of a few or that a pointer may be nil. A method or a field that differs does not compile here,
// and the error names the method.
import type * as Bound from '../../../wailsjs/go/main/App'
import type { App } from './bridge'

/** A type without what only one of the two sides knows. */
type Loose<T> = unknown extends T
  ? unknown
  : T extends string
    ? string
    : T extends number
      ? number
      : T extends boolean
        ? boolean
        : T extends readonly (infer E)[]
          ? Loose<E>[]
          : { [K in keyof T]-?: Loose<unknown extends T[K] ? unknown : NonNullable<T[K]>> }

type Given<F> = F extends (...args: infer A) => unknown ? { [I in keyof A]: Loose<A[I]> } : never
type Answer<F> = F extends (...args: never[]) => Promise<infer R> ? Loose<NonNullable<R>> : never
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false

type Differs = {
  [K in keyof typeof Bound | keyof App]: K extends keyof App & keyof typeof Bound
    ? Same<Given<App[K]>, Given<(typeof Bound)[K]>> extends true
      ? Same<Answer<App[K]>, Answer<(typeof Bound)[K]>> extends true
        ? never
        : K
      : K
    : K
}[keyof typeof Bound | keyof App]

export const contract: [Differs] extends [never] ? 'holds' : Differs = 'holds'
