import { t } from '$lib/i18n/index.svelte'

/** A stored secret: there is none, it stays where none is typed, or it belongs to another computer or user. */
export type Stored = 'none' | 'kept' | 'another'

/** What the field of a secret says of the stored one. */
export function words(stored: Stored): { placeholder: string; hint: string | undefined } {
  return {
    placeholder: stored === 'kept' ? t('connections.passwordKept') : '',
    hint: stored === 'another' ? t('connections.passwordAnew') : undefined,
  }
}
