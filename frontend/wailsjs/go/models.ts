export namespace archive {
	
	export interface Cause {
	    added: number;
	    changed: number;
	    deleted: number;
	    tables: string[];
	}
	export interface Table {
	    name: string;
	    rows: number;
	}

}

export namespace audit {
	
	export interface Cause {
	    added: number;
	    changed: number;
	    deleted: number;
	    tables: string[];
	}
	export interface File {
	    as: string;
	    path: string;
	    sha256?: string;
	}

}

export namespace backup {
	
	export interface Check {
	    level: string;
	    code: string;
	    args?: Record<string, any>;
	    detail?: string;
	}
	export interface Choice {
	    table: string;
	    column?: string;
	    finding: string;
	    action: string;
	}
	export interface ClientTool {
	    name: string;
	    version: string;
	    path: string;
	}
	export interface Conversion {
	    column: string;
	    type?: string;
	    finding: string;
	    values: number;
	    nulls?: number;
	}
	export interface Example {
	    key: string;
	    value: string;
	    becomes?: string;
	}
	export interface Finding {
	    table: string;
	    column?: string;
	    type?: string;
	    code: string;
	    level: string;
	    rows: number;
	    examples?: Example[];
	    options?: string[];
	    action: string;
	    args?: Record<string, any>;
	}
	export interface ForeignKeyReport {
	    table: string;
	    constraint: string;
	    parent: string;
	    valid: boolean;
	}
	export interface SequenceReport {
	    sequence: string;
	    next: number;
	}
	export interface TableReport {
	    table: string;
	    target: string;
	    read: number;
	    written: number;
	    left_out: number;
	    fingerprint: string;
	    read_back: string;
	    equal: boolean;
	    conversions: Conversion[];
	}
	export interface Report {
	    file: string;
	    target: string;
	    place: string;
	    server: string;
	    // Go type: time
	    started_at: any;
	    took_ms: number;
	    tables: TableReport[];
	    foreign_keys: ForeignKeyReport[];
	    sequences: SequenceReport[];
	    findings: Finding[];
	}
	export interface SSH {
	    host?: string;
	    port?: number;
	    user?: string;
	    auth?: string;
	    key_file?: string;
	}
	

}

export namespace diff {
	
	export interface Alteration {
	    column: string;
	    change: string;
	    before: string;
	    after: string;
	}
	export interface Field {
	    column: string;
	    before?: string;
	    after?: string;
	}
	export interface Example {
	    kind: string;
	    key: Field[];
	    fields: Field[];
	    more: number;
	}
	
	export interface Table {
	    name: string;
	    before: number;
	    after: number;
	    added: number;
	    removed: number;
	    changed: number;
	    columns: boolean;
	    skipped: string;
	    uncompared?: string[];
	    altered?: Alteration[];
	    examples?: Example[];
	}

}

export namespace errs {
	
	export interface Error {
	    Code: string;
	    Reason: string;
	    Args: Record<string, any>;
	    Detail: string;
	    Err: any;
	}

}

export namespace job {
	
	export interface Failure {
	    code: string;
	    reason: string;
	    args: Record<string, any>;
	    detail: string;
	    cause?: Failure;
	}
	export interface LogLine {
	    n: number;
	    at: number;
	    step: string;
	    text: string;
	}
	export interface StepView {
	    name: string;
	    state: string;
	    tookMS: number;
	    expectedMS: number;
	}
	export interface Snapshot {
	    id: string;
	    revision: number;
	    kind: string;
	    target: string;
	    state: string;
	    startedAt: number;
	    endedAt: number;
	    steps: StepView[];
	    step: string;
	    percent: number;
	    done: number;
	    total: number;
	    unit: string;
	    rate: number;
	    leftMS: number;
	    item: string;
	    cancelling: boolean;
	    canCancel: boolean;
	    error?: Failure;
	    logged: number;
	}

}

export namespace profile {
	
	export interface Counter {
	    key: string;
	    label?: string;
	    rows: number;
	}
	export interface Person {
	    name: string;
	    email?: string;
	    role?: string;
	    group?: string;
	}
	export interface Facts {
	    app: string;
	    title?: string;
	    groups?: string[];
	    people?: Person[];
	    people_total?: number;
	    counters?: Counter[];
	}

}

export namespace schedule {
	
	export interface Rule {
	    form: string;
	    minutes: number[];
	    hours: number[];
	    days: number[];
	    last: boolean;
	    months: number[];
	    weekdays: number[];
	    either: boolean;
	}

}

export namespace service {
	
	export interface AboutView {
	    version: string;
	    go: string;
	    system: string;
	    sqlite: string;
	    tools: string[];
	}
	export interface ActivityView {
	    id: string;
	    kind: string;
	    what: string;
	    target: string;
	    by: string;
	    startedAt: number;
	    tookMS: number;
	    status: string;
	    backupID: string;
	    file: string;
	    failure?: job.Failure;
	    ofActive: boolean;
	}
	export interface AdministratorView {
	    name: string;
	    createdAt: number;
	    hasCode: boolean;
	    you: boolean;
	}
	export interface BackupDetail {
	    sha256: string;
	    tables: archive.Table[];
	    rows: number;
	    profile?: profile.Facts;
	}
	export interface BackupInput {
	    note: string;
	    compress: string;
	    passphrase: string;
	    recipients: string[];
	}
	export interface ProvenView {
	    at: number;
	    tookMS: number;
	    on: string;
	    version: string;
	    counted: number;
	}
	export interface BackupView {
	    id: string;
	    file: string;
	    name: string;
	    kind: string;
	    purpose: string;
	    source: string;
	    place: string;
	    version: string;
	    by: string;
	    note: string;
	    createdAt: number;
	    tookMS: number;
	    bytes: number;
	    state: string;
	    proven?: ProvenView;
	    reason?: job.Failure;
	    checkedAt: number;
	    ofActive: boolean;
	    pinned: boolean;
	    cause?: archive.Cause;
	    sameAt: number;
	    anomalies: backup.Check[];
	    left: job.Failure[];
	}
	export interface ChannelInput {
	    id: string;
	    name: string;
	    kind: string;
	    events: string[];
	    connections: string[];
	    language: string;
	    host: string;
	    port: number;
	    security: string;
	    unprotected: boolean;
	    user: string;
	    from: string;
	    to: string[];
	    form: string;
	    chat: string;
	    password: string;
	    url: string;
	    token: string;
	    key: string;
	}
	export interface NoticeView {
	    id: number;
	    channelID: string;
	    channel: string;
	    event: string;
	    subject: string;
	    what: string;
	    at: number;
	    state: string;
	    attempts: number;
	    dueAt: number;
	    sentAt: number;
	    failure?: job.Failure;
	}
	export interface ChannelView {
	    id: string;
	    name: string;
	    kind: string;
	    events: string[];
	    connections: string[];
	    language: string;
	    host: string;
	    port: number;
	    security: string;
	    unprotected: boolean;
	    user: string;
	    from: string;
	    to: string[];
	    form: string;
	    chat: string;
	    shown: string;
	    hasPassword: boolean;
	    hasURL: boolean;
	    hasToken: boolean;
	    hasKey: boolean;
	    last?: NoticeView;
	}
	export interface ChoicesView {
	    zone: string;
	    alike: boolean;
	    each: backup.Choice[];
	}
	export interface Fate {
	    id: string;
	    name: string;
	    createdAt: number;
	    bytes: number;
	    state: string;
	    goes: boolean;
	    why: string[];
	}
	export interface KeptBy {
	    why: string;
	    n: number;
	}
	export interface RulesView {
	    last: number;
	    hourly: number;
	    daily: number;
	    weekly: number;
	    monthly: number;
	    yearly: number;
	    maxAgeDays: number;
	    maxBytes: number;
	}
	export interface CleaningView {
	    rules: RulesView;
	    kept: KeptBy[];
	    goes: number;
	    goesBytes: number;
	    stays: number;
	    fates: Fate[];
	}
	export interface PlanRow {
	    table: string;
	    now: number;
	    after: number;
	}
	export interface TableName {
	    table: string;
	    key: string;
	    label: string;
	}
	export interface ComparisonView {
	    tables: diff.Table[];
	    names: TableName[];
	    unknown: string;
	    rows: PlanRow[];
	    sameKind: boolean;
	}
	export interface ConnectionInput {
	    id: string;
	    name: string;
	    kind: string;
	    path: string;
	    host: string;
	    port: number;
	    database: string;
	    user: string;
	    password: string;
	    tls: string;
	    rootCert: string;
	    clientCert: string;
	    clientKey: string;
	    parameters: string;
	    label: string;
	    color: string;
	    production: boolean;
	    waitSeconds: number;
	    toolsDir: string;
	    sshHost: string;
	    sshPort: number;
	    sshUser: string;
	    sshAuth: string;
	    sshKeyFile: string;
	    hasSSHSecret: boolean;
	    sshSecret: string;
	    sshTrust: string;
	    lockFile: string;
	    reloadFile: string;
	    before: string;
	    after: string;
	    commandSeconds: number;
	}
	export interface ConnectionState {
	    id: string;
	    status: string;
	    reason: string;
	    args: Record<string, any>;
	    failure?: job.Failure;
	    since: number;
	}
	export interface ConnectionView {
	    id: string;
	    name: string;
	    kind: string;
	    path: string;
	    host: string;
	    port: number;
	    database: string;
	    user: string;
	    tls: string;
	    rootCert: string;
	    clientCert: string;
	    clientKey: string;
	    parameters: string;
	    hasPassword: boolean;
	    sshHost: string;
	    sshPort: number;
	    sshUser: string;
	    sshAuth: string;
	    sshKeyFile: string;
	    hasSSHSecret: boolean;
	    label: string;
	    color: string;
	    production: boolean;
	    waitSeconds: number;
	    toolsDir: string;
	    lockFile: string;
	    reloadFile: string;
	    before: string;
	    after: string;
	    commandSeconds: number;
	    active: boolean;
	}
	export interface ContentsView {
	    kind: string;
	    format: string;
	    version: string;
	    dumpedBy: string;
	    database: string;
	    createdAt: number;
	    bytes: number;
	    compression: string;
	    encrypted: boolean;
	    tables: archive.Table[];
	    rows: number;
	    profile?: profile.Facts;
	}
	export interface DayView {
	    date: string;
	    state: string;
	    at: number;
	    bytes: number;
	    rows: number;
	}
	export interface DiagnosisFile {
	    name: string;
	    text: string;
	}
	export interface DifferenceView {
	    tables: diff.Table[];
	    names: TableName[];
	    unknown: string;
	}
	export interface Expectation {
	    connectionID: string;
	    connection: string;
	    hours: number;
	    scheduled: boolean;
	    silentSince: number;
	}
	
	export interface FindInsideInput {
	    id: string;
	    text: string;
	    have: number;
	}
	export interface HitView {
	    table: string;
	    place: number;
	    key: string;
	    column: string;
	    excerpt: string;
	}
	export interface FoundView {
	    hits: HitView[];
	    table: string;
	    ended: boolean;
	    more: boolean;
	    failure?: job.Failure;
	}
	
	export interface InsideCell {
	    kind: string;
	    text: string;
	    bytes: number;
	}
	export interface InsideColumn {
	    name: string;
	    type: string;
	}
	export interface InsideRow {
	    place: number;
	    cells: InsideCell[];
	}
	export interface InsideRowsInput {
	    id: string;
	    table: string;
	    where: string;
	    find: string;
	    from: number;
	    count: number;
	}
	export interface InsideRowsView {
	    rows: InsideRow[];
	    known: number;
	    ended: boolean;
	    cut: boolean;
	    failure?: job.Failure;
	}
	export interface InsideTable {
	    name: string;
	    rows: number;
	    columns: InsideColumn[];
	    key: string[];
	}
	export interface InsideValueInput {
	    id: string;
	    table: string;
	    place: number;
	    column: string;
	}
	export interface InsideView {
	    id: string;
	    tables: InsideTable[];
	}
	export interface Interrupted {
	    jobID: string;
	    kind: string;
	    target: string;
	    step: string;
	    startedAt: number;
	    state: string;
	    safety?: BackupView;
	    keptFile: string;
	}
	
	export interface KeptDatabase {
	    name: string;
	    bytes: number;
	    at: number;
	    until: number;
	    onlyWay: boolean;
	    unanswered: boolean;
	}
	export interface KeptView {
	    days: number;
	    databases: KeptDatabase[];
	}
	export interface NextView {
	    at: number;
	    when: string;
	    schedule: string;
	}
	
	export interface NotificationsView {
	    channels: ChannelView[];
	    recent: NoticeView[];
	    expectations: Expectation[];
	}
	export interface OfferView {
	    state: string;
	    backup: BackupView;
	    rows: number;
	    tables: number;
	    ask: string;
	    declined: boolean;
	}
	export interface RowDelta {
	    table: string;
	    rows: number;
	    before: number;
	}
	export interface Question {
	    jobID: string;
	    endedAt: number;
	    file: string;
	    undo: boolean;
	    automatic: boolean;
	    before: number;
	    after: number;
	}
	export interface Overview {
	    connection?: ConnectionView;
	    question?: Question;
	    offer?: OfferView;
	    status: string;
	    reason: string;
	    reasonArgs: Record<string, any>;
	    contents?: ContentsView;
	    failure?: job.Failure;
	    last?: BackupView;
	    lastGood?: BackupView;
	    lastProven?: BackupView;
	    rows: RowDelta[];
	    days: DayView[];
	    next?: NextView;
	    repositoryFree: number;
	    repositoryTotal: number;
	    repositoryUsed: number;
	    databaseFree: number;
	    databaseTotal: number;
	    expectedRestoreMS: number;
	}
	
	export interface SinceView {
	    at: number;
	    unknown: string;
	    tables: diff.Table[];
	}
	export interface PlanView {
	    id: string;
	    madeAt: number;
	    mode: string;
	    method: string;
	    connection: ConnectionView;
	    place: string;
	    backupID: string;
	    file: string;
	    fileName: string;
	    archive: ContentsView;
	    current: ContentsView;
	    exists: boolean;
	    undo: boolean;
	    since?: SinceView;
	    rows: PlanRow[];
	    comparable: boolean;
	    checks: backup.Check[];
	    consents: string[];
	    steps: job.StepView[];
	    expectedMS: number;
	    safetyName: string;
	    keepAs: string;
	    command: string;
	    examined: number;
	    findings: backup.Finding[];
	    choices: ChoicesView;
	}
	
	
	export interface RecogniseView {
	    path: string;
	    name: string;
	    kind: string;
	    format: string;
	    version: string;
	    bytes: number;
	    failure?: job.Failure;
	    encrypted: boolean;
	}
	export interface ResultView {
	    jobID: string;
	    status: string;
	    mode: string;
	    method: string;
	    target: ConnectionView;
	    safety?: BackupView;
	    verified: boolean;
	    kept: string;
	    keptFile: string;
	    warnings: job.Failure[];
	    rows: PlanRow[];
	    report?: backup.Report;
	    profile?: profile.Facts;
	    tookMS: number;
	    failure?: job.Failure;
	}
	
	
	export interface RunView {
	    schedule: string;
	    dueAt: number;
	    attempt: number;
	    startedAt: number;
	    endedAt: number;
	    status: string;
	    failure?: job.Failure;
	    backupID: string;
	}
	export interface ScheduleInput {
	    id: string;
	    name: string;
	    connection: string;
	    kind: string;
	    when: string;
	    zone: string;
	    compress: string;
	}
	export interface ScheduleView {
	    id: string;
	    name: string;
	    connectionID: string;
	    connectionName: string;
	    kind: string;
	    when: string;
	    zone: string;
	    compress: string;
	    paused: boolean;
	    retryAt: number;
	    last?: RunView;
	    rule?: schedule.Rule;
	    next: number[];
	}
	export interface SessionView {
	    user: string;
	}
	export interface Settings {
	    language: string;
	    theme: string;
	    textScale: number;
	    repository: string;
	    lockMinutes: number;
	}
	export interface SettingsView {
	    input: ConnectionInput;
	    open: string[];
	    ignored: string[];
	}
	
	export interface StartRestoreInput {
	    planID: string;
	    consents: string[];
	    typed: string;
	}
	export interface StartView {
	    version: string;
	    needsAdministrator: boolean;
	    session: SessionView;
	    settings: Settings;
	    systemLanguage: string;
	    demo: boolean;
	    interrupted: Interrupted[];
	    open: string;
	    page: string;
	}
	export interface StoredSecretsView {
	    password: boolean;
	    sshSecret: boolean;
	}
	
	export interface TestView {
	    version: string;
	    tables: number;
	    bytes: number;
	    roundTripMS: number;
	    tls: string;
	    role: string;
	    superuser: boolean;
	    owner: boolean;
	    creates: boolean;
	    replica: boolean;
	    aside: boolean;
	    why: backup.Check[];
	    tools: backup.ClientTool[];
	    noTools?: job.Failure;
	}
	export interface TimerView {
	    on: boolean;
	    needsLinger: boolean;
	    files: string[];
	}
	export interface TrailEntry {
	    n: number;
	    at: number;
	    who: string;
	    what: string;
	    ending: string;
	    reason: string;
	    database: string;
	    place: string;
	    subject: string;
	    tookMS: number;
	    job: string;
	    plan: string;
	    backup: string;
	    files: audit.File[];
	    names: string[];
	    cause?: audit.Cause;
	    hash: string;
	}
	export interface TrailInput {
	    what: string;
	    search: string;
	    since: number;
	    until: number;
	    behind: number;
	}
	export interface TrailVerdict {
	    entries: number;
	    manifests: number;
	    otherTrails: number;
	    damage?: job.Failure;
	}
	export interface TrailView {
	    entries: TrailEntry[];
	    ended: boolean;
	    behind: number;
	}
	export interface UnlockInput {
	    backupID: string;
	    path: string;
	    passphrase: string;
	    keyFile: string;
	}
	export interface WatchInput {
	    on: boolean;
	    deletions: boolean;
	    changes: number;
	    tables: string[];
	    quiet: number;
	    pause: number;
	    bringBack: boolean;
	}
	export interface WatchView {
	    connectionID: string;
	    connectionName: string;
	    on: boolean;
	    deletions: boolean;
	    changes: number;
	    tables: string[];
	    quiet: number;
	    pause: number;
	    bringBack: boolean;
	    lastAt: number;
	    lastBackup: string;
	    lastCause?: archive.Cause;
	    sameAt: number;
	    known: string[];
	}
	export interface WelcomeView {
	    user: string;
	    recoveryCode: string;
	}
	export interface WhenView {
	    rule?: schedule.Rule;
	    next: number[];
	}

}

