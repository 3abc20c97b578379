import { worded } from './i18n/index.svelte'
import list from './commands.json'

/** What the menu bar, the keys, the palette and the list of shortcuts offer; menu.go reads the same list. */
export type CommandID =
  Place | 'open' | 'backup' | 'lock' | 'quit' | 'palette' | 'larger' | 'smaller' | 'normal' | 'shortcuts'

/** Pages that can be gone to at any time, and that the next start may begin with. */
export type Place = (typeof places)[number]
export const places = ['overview', 'backups', 'schedules', 'connections', 'activity', 'settings', 'help'] as const

export interface Command {
  id: CommandID
  menu: string
  /** With Ctrl or Cmd, but for a function key and "?". */
  key: string
}

export const commands = list as Command[]

export function isPlace(page: string): page is Place {
  return places.some((place) => place === page)
}

export function commandName(id: CommandID): string {
  return worded(`command.${id}`) ?? id
}

const mac = navigator.platform.startsWith('Mac')

/** The key as a person reads it: Ctrl+K, ⌘K, F1. */
export function keyName({ key }: Command): string {
  if (alone(key)) return key.toUpperCase()
  const name = key === 'plus' ? '+' : key === '-' ? '\u2212' : key.toUpperCase()
  return mac ? `⌘${name}` : `Ctrl+${name}`
}

/** The command that a press of a key asks for. */
export function pressed(event: KeyboardEvent): Command | undefined {
  // Ctrl has a meaning of its own in the fields of macOS.
  const modified = event.metaKey !== event.ctrlKey && (event.metaKey || !mac)
  if (event.altKey || (!modified && (event.ctrlKey || event.metaKey))) return undefined
  const key = event.key === '+' || event.key === '=' ? 'plus' : event.key.toLowerCase()
  return commands.find((command) => command.key === key && alone(key) === !modified)
}

function alone(key: string): boolean {
  return key === '?' || /^f\d+$/.test(key)
}
