import type { Finding, PlanView } from '$lib/api'

/** The findings of one table. */
export interface OfTable {
  table: string
  findings: Finding[]
}

/** What a person decides about. */
export const asked = (finding: Finding) => (finding.options?.length ?? 0) > 0

/** Decisions that are left. */
export const undecided = (plan: PlanView) => plan.findings.filter((f) => asked(f) && f.level === 'blocker').length

const text = (word: unknown) => (typeof word === 'string' ? word : '')

/** A finding's own key, the same in the plan that is made next. */
export const keyOf = (f: Finding) =>
  [f.table, f.column ?? '', f.code, text(f.args?.constraint), text(f.args?.name)].join('\n')

/**
 * Findings in the order in which each was seen first; seen remembers it. A plan lists what is undecided first, and what
 * has just been decided must not jump away from under the person's hand.
 */
export function inOrder(findings: Finding[], seen: Map<string, number>): Finding[] {
  for (const finding of findings) if (!seen.has(keyOf(finding))) seen.set(keyOf(finding), seen.size)
  return findings.toSorted((a, b) => (seen.get(keyOf(a)) ?? 0) - (seen.get(keyOf(b)) ?? 0))
}

/** Findings table by table, in the order in which the tables appear. */
export function byTable(findings: Finding[]): OfTable[] {
  const tables = new Map<string, Finding[]>()
  for (const finding of findings) tables.set(finding.table, [...(tables.get(finding.table) ?? []), finding])
  return [...tables].map(([table, list]) => ({ table, findings: list }))
}
