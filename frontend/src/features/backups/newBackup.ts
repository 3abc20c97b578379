import type { BackupInput } from '$lib/api'

export type LockChoice = 'none' | 'passphrase' | 'keys'

/** What the dialog has, before it is what Go takes. */
export interface Draft {
  note: string
  compress: BackupInput['compress']
  lock: LockChoice
  passphrase: string
  again: string
  keys: string
}

/** A passphrase of a file is tried without limit by whoever has it. */
const SHORTEST = 8

export type Wrong = 'short' | 'differ' | 'keys'

/** What keeps a draft from being made a backup. */
export function wrongWith({ lock, passphrase, again, keys }: Draft): Wrong | undefined {
  if (lock === 'passphrase') {
    if ([...passphrase].length < SHORTEST) return 'short'
    return passphrase === again ? undefined : 'differ'
  }
  if (lock === 'keys') {
    const list = recipients(keys)
    return list.length > 0 && list.every((key) => key.startsWith('age1')) ? undefined : 'keys'
  }
  return undefined
}

const recipients = (keys: string) => keys.split(/\s+/).filter(Boolean)

export function inputOf({ note, compress, lock, passphrase, keys }: Draft): BackupInput {
  return {
    note: note.trim(),
    compress,
    passphrase: lock === 'passphrase' ? passphrase : '',
    recipients: lock === 'keys' ? recipients(keys) : [],
  }
}
