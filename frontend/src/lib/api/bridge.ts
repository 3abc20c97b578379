import { Failed, failureOf } from './failure'
import type * as v from './types'

/** The methods of Go's App, as Wails binds them to the page. */
export interface App {
  Start: () => Promise<v.StartView>
  CreateAdministrator: (name: string, password: string) => Promise<v.WelcomeView>
  Login: (name: string, password: string) => Promise<v.SessionView>
  Lock: () => Promise<void>
  Recover: (name: string, code: string, fresh: string) => Promise<v.WelcomeView>
  About: () => Promise<v.AboutView>
  Diagnosis: () => Promise<v.DiagnosisFile[]>
  SaveDiagnosis: (files: v.DiagnosisFile[]) => Promise<string>
  Administrators: () => Promise<v.AdministratorView[]>
  AddAdministrator: (own: string, name: string, password: string) => Promise<string>
  RemoveAdministrator: (own: string, name: string) => Promise<void>
  ChangePassword: (old: string, fresh: string) => Promise<void>
  MakeRecoveryCode: (own: string) => Promise<string>
  SaveRecoveryCode: (name: string, code: string) => Promise<string>
  SaveSettings: (settings: v.Settings) => Promise<v.Settings>
  Acknowledge: (jobID: string) => Promise<void>
  Connections: () => Promise<v.ConnectionView[]>
  /** Looks for the database of each, for a few seconds at most. */
  ConnectionStates: () => Promise<v.ConnectionState[]>
  SaveConnection: (input: v.ConnectionInput) => Promise<v.ConnectionView>
  /** Which stored secrets would be used for it as it is described. */
  StoredSecrets: (input: v.ConnectionInput) => Promise<v.StoredSecretsView>
  /** Reads a pasted text, or the file at path. */
  ReadSettings: (text: string, path: string) => Promise<v.SettingsView>
  TestConnection: (input: v.ConnectionInput) => Promise<v.TestView>
  DeleteConnection: (id: string) => Promise<void>
  Activate: (id: string) => Promise<void>
  ChooseDatabaseFile: () => Promise<string>
  ChooseFile: () => Promise<string>
  ChooseKeyFile: () => Promise<string>
  ChooseFolder: (title: string) => Promise<string>
  CreateSample: (app: 'finance' | 'fleet') => Promise<v.ConnectionView>
  GetOverview: () => Promise<v.Overview>
  Backups: () => Promise<v.BackupView[]>
  BackupDetail: (id: string) => Promise<v.BackupDetail>
  StartBackup: (input: v.BackupInput) => Promise<string>
  PinBackup: (id: string, pinned: boolean) => Promise<void>
  /** For ten seconds UndeleteBackup brings it back. */
  DeleteBackup: (id: string) => Promise<void>
  UndeleteBackup: (id: string) => Promise<void>
  NoteBackup: (id: string, note: string) => Promise<void>
  /** Waits for the copy, and answers the ID of the backup that the file is now. */
  ImportBackup: (path: string) => Promise<string>
  /** The event comparing says by key how far it is; CancelDifference ends it by key. */
  CompareBackups: (key: string, before: string, after: string) => Promise<v.ComparisonView>
  /** Restores, checks and rehearsals that have ended, newest first. */
  Events: () => Promise<v.ActivityView[]>
  SaveCopy: (id: string) => Promise<string>
  SaveReport: () => Promise<string>
  RevealBackup: (id: string) => Promise<void>
  VerifyBackup: (id: string) => Promise<string>
  RehearseBackup: (id: string) => Promise<string>
  ChooseBackupFile: () => Promise<string>
  LookInside: (backupID: string, path: string) => Promise<v.InsideView>
  InsideRows: (input: v.InsideRowsInput) => Promise<v.InsideRowsView>
  InsideValue: (input: v.InsideValueInput) => Promise<v.InsideCell>
  FindInside: (input: v.FindInsideInput) => Promise<v.FoundView>
  CloseInside: (id: string) => Promise<void>
  Schedules: () => Promise<v.ScheduleView[]>
  /** Rejects a text that says nothing, or never comes. */
  PreviewSchedule: (when: string, zone: string) => Promise<v.WhenView>
  SaveSchedule: (input: v.ScheduleInput) => Promise<v.ScheduleView>
  RemoveSchedule: (id: string) => Promise<void>
  PauseSchedule: (id: string, paused: boolean) => Promise<void>
  /** How each day of a month stands, as a calendar shows it. The first month is 1. */
  ScheduleMonth: (year: number, month: number) => Promise<v.DayState[]>
  Timer: () => Promise<v.TimerView>
  SetTimer: (on: boolean) => Promise<v.TimerView>
  Autostart: () => Promise<boolean>
  SetAutostart: (on: boolean) => Promise<boolean>
  Cleaning: (list: boolean) => Promise<v.CleaningView>
  PreviewCleaning: (rules: v.RulesView) => Promise<v.CleaningView>
  SaveRules: (rules: v.RulesView) => Promise<void>
  StartCleaning: (agreed: string[]) => Promise<string>
  AllWell: () => Promise<void>
  Watch: () => Promise<v.WatchView>
  SetWatch: (input: v.WatchInput) => Promise<v.WatchView>
  /** The offer to restore an empty or missing database is declined. */
  NotNow: () => Promise<void>
  Kept: () => Promise<v.KeptView>
  KeepFor: (days: number) => Promise<v.KeptView>
  PlanRestore: (backupID: string, path: string) => Promise<v.PlanView>
  Decide: (connectionID: string, choices: v.Choices) => Promise<void>
  /** Takes about as long as reading both sides; the event comparing says how far it is. */
  Difference: (planID: string) => Promise<v.DifferenceView>
  CancelDifference: (planID: string) => Promise<void>
  PlanUndo: () => Promise<v.PlanView>
  StartRestore: (input: v.StartRestoreInput) => Promise<string>
  LastResult: () => Promise<v.ResultView | null>
  CurrentJob: () => Promise<v.Snapshot | null>
  /** The lines of a job's log after the one of that number, of its newest 1,000. */
  JobLog: (id: string, after: number) => Promise<v.LogLine[]>
  CancelJob: (id: string) => Promise<void>
  Activity: (limit: number) => Promise<v.ActivityView[]>
  Trail: (input: v.TrailInput) => Promise<v.TrailView>
  CheckTrail: () => Promise<v.TrailVerdict>
  /** Asks where to, and answers where to; "" where the dialog was cancelled. */
  ExportTrail: (input: v.TrailInput, form: string) => Promise<string>
  Notifications: () => Promise<v.NotificationsView>
  SaveChannel: (input: v.ChannelInput) => Promise<v.ChannelView>
  /** Sends a test as the form describes it, saves nothing, and answers what the server said. */
  TestChannel: (input: v.ChannelInput) => Promise<string>
  RemoveChannel: (id: string) => Promise<void>
  ExpectBackup: (connectionID: string, hours: number) => Promise<void>
  /** Somebody looks at the page, or no longer: then the desktop need not tell. */
  Watching: (now: boolean) => Promise<void>
  Log: (limit: number) => Promise<string[]>
  Recognise: (path: string) => Promise<v.Recognised>
  /** Keeps the key of an encrypted backup until the session ends; one that does not open it is an error. */
  Unlock: (input: v.UnlockInput) => Promise<void>
  /** Keeps the page that the next start begins with. */
  Remember: (page: string) => Promise<void>
  Quit: (how: 'cancel' | 'wait') => Promise<void>
  ClipboardSet: (text: string) => Promise<void>
}

/** What Go tells the page without being asked. */
export interface Events {
  job: v.Snapshot
  closing: null
  dropped: string[]
  session: v.SessionView
  catalogue: null
  comparing: v.ComparingView
  open: string
  /** A command of the menu bar. */
  menu: string
}

declare global {
  interface Window {
    go: { main: { App: App } }
    runtime: {
      EventsOn: (name: string, callback: (data: unknown) => void) => () => void
      Quit: () => void
    }
  }
}

/** Go's methods, with errors as Failed. */
export const api: App = new Proxy({} as App, {
  get:
    (_, name: keyof App) =>
    async (...args: never[]) => {
      try {
        const method = window.go.main.App[name] as (...args: never[]) => Promise<unknown>
        return await method(...args)
      } catch (rejected) {
        throw new Failed(failureOf(rejected))
      }
    },
})

/** Calls listener with every event of that name until the returned function is called. */
export function listen<E extends keyof Events>(event: E, listener: (data: Events[E]) => void): () => void {
  return window.runtime.EventsOn(event, (data) => listener(data as Events[E]))
}
