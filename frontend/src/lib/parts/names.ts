// How things that Go names by codes are called on a page.
import type { BackupView, ConnectionView, ContentsView, Kind, Recognised, StepView } from '$lib/api'
import { clean } from '$lib/i18n/clean'
import { fmt, t, type Key } from '$lib/i18n/index.svelte'
import { causeWords } from './cause'

const engines: Record<Kind, string> = { sqlite: 'SQLite', postgresql: 'PostgreSQL' }

/** PostgreSQL 15.20. */
export function engine(kind: Kind | '', version = ''): string {
  return kind === '' ? t('engine.unknown') : [engines[kind], clean(version)].filter(Boolean).join(' ')
}

const formats: Record<string, Key> = {
  sqlite3: 'format.sqlite3',
  custom: 'format.custom',
  directory: 'format.directory',
  tar: 'format.tar',
  plain: 'format.plain',
  settings: 'format.settings',
}

/** PostgreSQL 15.20 custom archive. */
export function fileKind(file: Recognised | ContentsView): string {
  if (file.kind === '' && file.encrypted) return t('format.encrypted')
  const name = engine(file.kind, file.version)
  const format = formats[file.format]
  return format ? t(format, { engine: name }) : name
}

/** PostgreSQL 15.20 custom archive · 8.4 MB. */
export function fileLine(file: Recognised | ContentsView): string {
  return `${fileKind(file)} · ${fmt().bytes(file.bytes)}`
}

/** Where a connection leads, without a secret: a path, or host:port. */
export function place(connection: ConnectionView): string {
  return connection.kind === 'sqlite' ? clean(connection.path) : `${clean(connection.host)}:${connection.port || 5432}`
}

/** What a backup is called: the first line of its note, else why it was made, and after what. */
export function backupTitle(backup: BackupView): string {
  const why = t(`purpose.${backup.purpose}`)
  return clean(backup.note.split('\n', 1)[0] ?? '') || (backup.cause ? `${why}, ${causeWords(backup.cause)}` : why)
}

const steps = [
  'stage',
  'before',
  'after',
  'safety',
  'keep',
  'lend',
  'build',
  'compare',
  'swap',
  'apply',
  'verify',
  'undo',
  'dump',
  'pack',
  'reread',
  'publish',
  'copy',
] as const
type Step = (typeof steps)[number]
const isStep = (name: string): name is Step => (steps as readonly string[]).includes(name)

/** A step in words, told as it stands: to come, running, done. */
export function stepName(name: string, state: StepView['state'], target: string): string {
  if (!isStep(name)) return name
  const tense = state === 'done' ? 'done' : state === 'running' ? 'running' : 'todo'
  return t(`step.${name}.${tense}`, { target })
}
