import {
  api,
  failureOf,
  listen,
  type BackupInput,
  type Consent,
  type Failure,
  type Interrupted,
  type PlanView,
  type ResultView,
  type Snapshot,
} from '$lib/api'
import { isPlace } from '$lib/commands'
import { t } from '$lib/i18n/index.svelte'
import { sound } from '$lib/parts/states'
import UnlockDialog from '$lib/parts/UnlockDialog.svelte'
import { createContext } from 'svelte'
import { Dialogs } from './dialogs.svelte'
import { Drop } from './drop.svelte'
import { Jobs } from './jobs.svelte'
import { Navigation, type Route } from './navigation.svelte'
import { Resource } from './resource.svelte'
import { Settings } from './settings.svelte'
import { Toasts } from './toasts.svelte'

/** Why an encrypted backup is not read: its key is missing, or is another. */
const LOCKED = ['archive.passphrase_needed', 'archive.passphrase_wrong', 'archive.key_needed', 'archive.key_wrong']

/** What the whole window shares. Made once, by App.svelte; features reach it with useProgram. */
export class Program {
  readonly settings = new Settings()
  readonly navigation = new Navigation()
  readonly jobs = new Jobs()
  readonly drop = new Drop()
  readonly dialogs = new Dialogs()
  readonly toasts = new Toasts()

  readonly startup = new Resource(() => api.Start())
  readonly overview = new Resource(() => api.GetOverview())
  readonly backups = new Resource(() => api.Backups())
  readonly connections = new Resource(() => api.Connections())
  /** How each connection is; the databases are looked for, which may take seconds. */
  readonly states = new Resource(() => api.ConnectionStates())
  readonly result = new Resource<ResultView | null>(() => api.LastResult())

  /** The administrator who is signed in, "" for nobody. */
  user = $state('')
  /** Who was signed in last, to save typing. */
  lastUser = $state('')
  /** Who has locked the window: their page waits for them, and nothing of it is shown. "" while it is not locked. */
  lockedBy = $state('')
  /** Another one when somebody else has signed in: nothing of the page before is kept. */
  visit = $state(0)
  /** The three steps of the first start are not done. */
  firstRun = $state(false)
  interrupted = $state.raw<Interrupted[]>([])
  readonly version = $derived(this.startup.value?.version ?? '')
  /** COFRE_DEMO_MODE: nothing can be backed up, restored or deleted. */
  readonly demo = $derived(this.startup.value?.demo ?? false)
  readonly active = $derived(this.connections.value?.find((c) => c.active))

  /** A restore has ended, and with it maybe the session; its page stays until the person goes on. */
  concluding = $state(false)
  /** The plan that the running restore follows. */
  plan = $state.raw<PlanView>()

  readonly #unlisten: (() => void)[] = []
  #waiting: string[] = []
  /** The page that the window showed last, until somebody has signed in. */
  #last: Route | undefined
  #resultOf = ''
  /** All is well, but nobody is signed in to say it. */
  #well = false

  /** Asks Go how things stand and begins to listen. Resolves when the first page can be drawn. */
  async start() {
    const start = await this.startup.load()
    if (!start) return this.settings.start(this.settings.values, navigator.language)
    this.settings.start(start.settings, start.systemLanguage)
    this.firstRun = start.needsAdministrator
    this.jobs.onended = (job) => this.#ended(job)
    this.#unlisten.push(
      listen('job', (job) => this.jobs.apply(job)),
      listen('session', (session) => (session.user === '' ? this.#signedOut() : undefined)),
      listen('catalogue', () => void this.#changed()),
      listen('dropped', (paths) => void this.#received(paths)),
      listen('open', (path) => void this.#received([path])),
      this.drop.take((path, file) => this.#plan(path, file.name)),
      this.drop.take((path, file) => file.format === 'settings' && this.readSettings(path)),
    )
    if (start.open) this.#waiting = [start.open]
    if (isPlace(start.page)) this.navigation.goAfterLogin((this.#last = { page: start.page }))
    if (start.session.user) await this.enter(start.session.user)
  }

  stop() {
    for (const unlisten of this.#unlisten.splice(0)) unlisten()
  }

  /** Makes the first administrator, and resolves with the recovery code: it is shown once. */
  async createAdministrator(name: string, password: string) {
    const welcome = await api.CreateAdministrator(name, password)
    await this.enter(welcome.user)
    return welcome.recoveryCode
  }

  async login(name: string, password: string) {
    const session = await api.Login(name, password)
    await this.enter(session.user)
  }

  /** Hides the page until somebody has signed in; what runs goes on, and waits behind the login when it has ended. */
  async lock() {
    if (this.user === '') return
    this.lockedBy = this.user
    this.user = ''
    this.dialogs.putAside()
    this.drop.dismiss()
    await api.Lock()
  }

  /** Everything that a backup, a restore or another connection may have changed. */
  async refresh() {
    if (this.user === '') return
    await Promise.all([this.overview.load(), this.backups.load(), this.connections.load()])
  }

  /** Looks again how the connections are, unless somebody is looking. */
  look() {
    if (this.user !== '' && !this.states.waiting) void this.states.load()
  }

  async activate(id: string) {
    await api.Activate(id)
    await this.refresh()
  }

  async backUp(input: BackupInput = { note: '', compress: '', passphrase: '', recipients: [] }) {
    this.jobs.expect(await api.StartBackup(input))
  }

  async verify(id: string) {
    this.jobs.expect(await this.reading({ backupID: id, path: '' }, () => api.VerifyBackup(id)))
  }

  async rehearse(id: string) {
    this.jobs.expect(await this.reading({ backupID: id, path: '' }, () => api.RehearseBackup(id)))
  }

  /** Calls what reads a backup. Where that is encrypted and its key is not known yet, the person is asked for it first; where it may be one of several, the failure tells which. */
  reading<T>(
    backup: { backupID: string; path: string } | ((failure: Failure) => { backupID: string; path: string }),
    call: () => Promise<T>,
  ): Promise<T> {
    return call().catch(async (e: unknown) => {
      const failure = failureOf(e)
      if (!LOCKED.includes(failure.reason)) throw e
      const locked = typeof backup === 'function' ? backup(failure) : backup
      if (!(await this.dialogs.ask(UnlockDialog, { ...locked, failure }))) throw e
      return this.reading(backup, call)
    })
  }

  /** Begins the restore that plan describes. */
  async restore(plan: PlanView, consents: Consent[], typed: string) {
    const id = await api.StartRestore({ planID: plan.id, consents, typed })
    this.plan = plan
    this.navigation.go({ page: 'job' })
    this.jobs.expect(id)
  }

  /** The person has seen what became of an interrupted job. */
  async acknowledge(jobID: string) {
    await api.Acknowledge(jobID)
    this.interrupted = this.interrupted.filter((job) => job.jobID !== jobID)
  }

  /** The result has been read: on to where the person wants to go, after the login where the session has ended. */
  leaveResult(then: Route = { page: 'overview' }) {
    this.result.clear()
    this.plan = undefined
    this.concluding = false
    this.jobs.dismiss()
    if (this.user === '') this.navigation.goAfterLogin(then)
    this.navigation.go(then)
  }

  /** The person has looked at a result and says that all is well; where the session has ended, Go hears it after the login. */
  async allWell() {
    this.#well = true
    this.leaveResult()
    if (this.user !== '') await this.#answer()
  }

  async #answer() {
    if (!this.#well) return
    this.#well = false
    await api.AllWell().catch(() => undefined) // the overview asks again
    await this.overview.load()
  }

  /** Somebody is signed in. Whoever has locked the window finds their page, anybody else the overview. */
  async enter(user: string) {
    const back = this.lockedBy === user
    if (!back) {
      this.dialogs.forget()
      this.navigation.signedIn()
      if (this.lockedBy !== '') this.#forget()
    }
    this.user = user
    this.lastUser = user
    this.lockedBy = ''
    if (back) {
      this.dialogs.bringBack()
      // The look into a backup has ended with the lock, and begins anew.
      if (this.navigation.route.page === 'inside') this.navigation.go({ ...this.navigation.route })
    }
    const [start] = await Promise.all([this.startup.load(), this.refresh(), this.jobs.load()])
    this.interrupted = start?.interrupted ?? []
    void this.states.load()
    await this.#answer()
    if (this.result.value)
      this.navigation.go({ page: 'result' }) // it came while the window was locked
    else if (this.jobs.running && this.jobs.current?.kind === 'restore') this.navigation.go({ page: 'job' })
    else if (
      this.navigation.route === this.#last &&
      (this.overview.value?.question || this.overview.value?.offer?.declined === false)
    )
      this.navigation.go({ page: 'overview' }) // which asks
    this.#last = undefined
    if (this.#waiting.length > 0) await this.drop.receive(this.#waiting.splice(0))
  }

  #forget() {
    this.visit++
    this.overview.clear()
    this.backups.clear()
    this.connections.clear()
    this.plan = undefined
  }

  #signedOut() {
    this.user = ''
    this.overview.clear()
    this.backups.clear()
    this.states.clear()
    if (this.navigation.route.page !== 'job' && this.navigation.route.page !== 'result') {
      this.navigation.go({ page: 'overview' })
    }
  }

  /** Files that arrive while nobody is signed in wait for somebody. */
  async #received(paths: string[]) {
    if (this.user !== '') return this.drop.receive(paths)
    this.drop.dismiss()
    this.#waiting = paths
  }

  /** The form of a new connection, with what that file says. */
  readSettings(settings: string): boolean {
    this.navigation.go({ page: 'connections', selected: 'new-postgresql', settings })
    return true
  }

  #plan(path: string, name: string): boolean {
    this.navigation.go({ page: 'plan', backupID: '', path, name })
    return true
  }

  async #changed() {
    await Promise.all([this.refresh(), this.#showResult()])
  }

  /** The result is known shortly after the job's last snapshot; the catalogue is announced once more then. */
  async #showResult() {
    if (this.#resultOf === '') return
    const result = await this.result.load()
    if (result?.jobID !== this.#resultOf) return
    this.#resultOf = ''
    this.navigation.go({ page: 'result' })
  }

  #ended(job: Snapshot) {
    if (job.kind === 'restore') {
      this.#resultOf = job.id
      this.concluding = this.lockedBy === ''
      void this.#showResult()
      return
    }
    const { kind } = job
    if (kind !== 'backup' && kind !== 'verify' && kind !== 'rehearse' && kind !== 'prune') return this.jobs.dismiss()
    void this.refresh().then(() => {
      if (job.state === 'failed') return // the job bar and the job's page say so until it has been seen
      this.toasts.show(this.#news(job, kind))
      this.jobs.dismiss()
      if (this.navigation.route.page === 'job') this.navigation.go({ page: 'backups' })
    })
  }

  #news(job: Snapshot, kind: 'backup' | 'verify' | 'rehearse' | 'prune') {
    if (job.state === 'cancelled')
      return { text: t(`news.${kind}.cancelled`, { target: job.target }), tone: 'neutral' as const }
    const took_ms = job.endedAt - job.startedAt
    const made = this.backups.value?.find((b) => b.createdAt >= job.startedAt && sound(b))
    const text =
      kind === 'backup' && made
        ? t('news.backup.made', { size_bytes: made.bytes, took_ms })
        : t(`news.${kind}.done`, { took_ms })
    return { text, tone: 'success' as const }
  }
}

export const [useProgram, setProgram] = createContext<Program>()
