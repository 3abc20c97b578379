import type { Fake } from '../src/test/fake'

/** Fields that hold words of files, databases and people; the others are Cofre's own codes. */
const foreign =
  /^(name|fileName|file|path|place|source|note|by|user|host|database|label|version|table|column|title|groups|email|group|target|item|text|detail|safetyName|command|kept|tools|value|becomes|repository|before|after|uncompared|excerpt|shown|channel|subject)$/

/** Every such word begins with a character that turns the direction of what follows, and one that moves the cursor. */
function hostile(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return foreign.test(key) && value !== '' ? `\u202e\x1b${value}` : value
  if (Array.isArray(value)) return value.map((item) => hostile(item, key))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, name === 'steps' ? field : hostile(field, name)]),
  )
}

/** Makes all that fake answers and tells hostile. */
export function turnHostile(fake: Fake) {
  const app = fake.app as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>
  for (const [name, method] of Object.entries(app)) {
    app[name] = async (...args) => hostile(await method(...args), name === 'Log' ? 'text' : '')
  }
  const emit = fake.emit
  fake.emit = (event, value) => emit(event, hostile(value, event === 'dropped' ? 'path' : '') as typeof value)
}
