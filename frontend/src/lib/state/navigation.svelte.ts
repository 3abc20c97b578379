/** Where the window can be. plan: a backup, or a file, is to be restored; inside: it is looked into; undo: the last restore is to be taken back. */
export type Route =
  | { page: 'overview' }
  | { page: 'backups'; selected?: string }
  | { page: 'schedules' }
  /** path: the file of a new SQLite connection; settings: a file to read a new connection out of. */
  | { page: 'connections'; selected?: string; path?: string; settings?: string }
  | { page: 'activity' }
  | { page: 'settings' }
  | { page: 'help' }
  | { page: 'plan'; backupID: string; path: string; name: string }
  | { page: 'inside'; backupID: string; path: string; name: string }
  | { page: 'undo' }
  | { page: 'job' }
  | { page: 'result' }

export type Page = Route['page']

/** The one place that says which page is shown. */
export class Navigation {
  route = $state.raw<Route>({ page: 'overview' })
  /** Where to go once somebody has signed in. */
  #afterLogin: Route | undefined

  go(route: Route) {
    this.route = route
  }

  goAfterLogin(route: Route) {
    this.#afterLogin = route
  }

  signedIn() {
    this.route = this.#afterLogin ?? { page: 'overview' }
    this.#afterLogin = undefined
  }
}
