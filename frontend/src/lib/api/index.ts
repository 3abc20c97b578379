export { api, listen, type App, type Events } from './bridge'
export { Failed, failureOf } from './failure'
export type * from './types'
