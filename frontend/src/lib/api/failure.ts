import type { Failure } from './types'

/** An error of the program, as every rejected call carries it: a code, a reason to word, its arguments. */
export class Failed extends Error {
  constructor(readonly failure: Failure) {
    super(failure.reason)
    this.name = 'Failed'
  }
}

/** Reads whatever a call was rejected with. Go sends one JSON string; anything else is a defect of Cofre. */
export function failureOf(rejected: unknown): Failure {
  if (rejected instanceof Failed) return rejected.failure
  const text = rejected instanceof Error ? rejected.message : String(rejected)
  try {
    const parsed: unknown = JSON.parse(text)
    if (isFailure(parsed)) return parsed
  } catch {
    // not JSON: described below
  }
  return { code: 'internal', reason: 'internal', args: {}, detail: text }
}

function isFailure(value: unknown): value is Failure {
  return typeof value === 'object' && value !== null && 'code' in value && 'reason' in value
}
