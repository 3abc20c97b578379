/** Where the window can be. plan: a backup, or a file, is to be restored; inside: it is looked into; undo: the last restore is to be taken back. */
export type Route =
  | { page: 'overview' }
  | { page: 'backups'; selected?: string }
  | { page: 'schedules' }
  /** path: the file of a new SQLite connection; settings: a file to read a new connection out of. */
  | { page: 'connections'; selected?: string; path?: string; settings?: string }
  | { page: 'activity' }
  | { page: 'settings' }
  | { page: 'help'; topic?: Topic }
  | { page: 'plan'; backupID: string; path: string; name: string }
  | { page: 'inside'; backupID: string; path: string; name: string }
  | { page: 'undo' }
  | { page: 'job' }
  | { page: 'result' }

export type Page = Route['page']

/** What the help has a page about. */
export type Topic =
  | 'overview'
  | 'backups'
  | 'inside'
  | 'restore'
  | 'migration'
  | 'schedules'
  | 'cleanup'
  | 'notifications'
  | 'encryption'
  | 'connections'
  | 'administrators'
  | 'activity'
  | 'command'
  | 'trouble'

const about: Record<Page, Topic> = {
  overview: 'overview',
  backups: 'backups',
  schedules: 'schedules',
  connections: 'connections',
  activity: 'activity',
  settings: 'administrators',
  help: 'overview',
  plan: 'restore',
  inside: 'inside',
  undo: 'restore',
  job: 'restore',
  result: 'restore',
}

/** The one place that says which page is shown. */
export class Navigation {
  route = $state.raw<Route>({ page: 'overview' })
  /** Where to go once somebody has signed in. */
  #afterLogin: Route | undefined

  go(route: Route) {
    this.route = route
  }

  /** Opens the help about the page that is shown, or about topic. */
  help(topic?: Topic) {
    if (topic !== undefined || this.route.page !== 'help')
      this.go({ page: 'help', topic: topic ?? about[this.route.page] })
  }

  goAfterLogin(route: Route) {
    this.#afterLogin = route
  }

  signedIn() {
    this.route = this.#afterLogin ?? { page: 'overview' }
    this.#afterLogin = undefined
  }
}
