import { clean } from '$lib/i18n/clean'
import { worded } from '$lib/i18n/index.svelte'

/** Large objects stand among the tables of a comparison under this name. */
const LARGE_OBJECTS = 'pg_catalog.pg_largeobject'

/** What a table of a comparison is called. */
export function tableName(name: string): string {
  return (name === LARGE_OBJECTS ? worded('profile.counter.large_objects.name') : undefined) ?? clean(name)
}
