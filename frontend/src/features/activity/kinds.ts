import { t, type Key } from '$lib/i18n/index.svelte'

const kinds: Record<string, Key> = {
  backup: 'activity.kind.backup',
  restore: 'activity.kind.restore',
  verify: 'activity.kind.verify',
  rehearse: 'activity.kind.rehearse',
  delete: 'activity.kind.delete',
  save: 'activity.kind.save',
  login: 'activity.kind.login',
}

/** An operation in words; one that this window does not know keeps its own name. */
export function kindName(kind: string): string {
  const key = kinds[kind]
  return key ? t(key) : kind
}
