import type { HelpPages } from '../topics'

export const pages: HelpPages = {
  overview: {
    title: 'Am I safe?',
    text: `
The overview answers one question of the active database, in one sentence and one colour.

- **Protected**: there is a good backup, and it is younger than 26 hours.
- **Attention**: the newest good backup is older than 26 hours, the last one failed, or the database can’t be reached.
- **At risk**: there is no good backup, or the newest is older than 7 days.

The button beside the sentence is what mends it.

## Good and proven

A backup is **good** when it has been read again whole after it was made. It is **proven** when it has been restored aside as well, compared, and taken away again: that is a **rehearsal**. Only a proven backup says how long a recovery takes.

Pages look at the database and change nothing. Which database is the active one, the button at the top left says; it switches as well.`,
  },
  backups: {
    title: 'Backups',
    text: `
A backup is an ordinary file, made while the database is in use. SQLite’s and PostgreSQL’s own tools open it without Cofre; a small manifest beside it says what it holds, and its hash.

- **Back up now** makes one of the active database, and reads it again whole before it counts as good.
- **Back up with options** asks for a note, for compression and for encryption.
- **Read it whole again** compares the file with its hash and its structure.
- **Rehearse a restore** restores it aside and compares it. The live database is not touched.
- **Pin** keeps a backup from being cleaned up. It can still be deleted.
- **Save a copy** writes it elsewhere, checked against its hash.
- **Edit the note**: the first line is what the backup is called in the list.
- **Compare with another** shows row by row what lies between two backups. Choose the other one in the list.
- **Import** takes in a file from outside as a backup, once it has been read whole.

The list shows restores, undos, migrations, checks and rehearsals among the backups.

Each new backup is compared with those before it. A table that is empty or gone, or far fewer rows, is said; good older backups are then pinned, so that no clean-up takes them.

The folder of the backups is chosen in the settings.

## Deleting

A backup that is deleted comes back for ten seconds, with **Undo**; then its file and its manifest are gone. Of pinned ones and of the last good one you are asked before.`,
  },
  inside: {
    title: 'Seeing inside a backup',
    text: `
**Look inside** shows the tables and rows of a backup, with no server and no database tools. Nothing is restored for it, and nothing is changed.

- The filter takes conditions such as \`role = 'ADMIN' AND name ILIKE '%ana%'\`.
- The search looks through all tables. Capitals and accents make no difference; binary values are not searched.
- Arrow keys go from cell to cell, Enter opens a long value, Ctrl+C copies one, Page Up and Page Down turn the page.

A table is read once; after that its last page comes as fast as its first. An encrypted backup asks for its passphrase or key file first.

A file that is dropped on the window can be looked into as well, before it is restored.`,
  },
  restore: {
    title: 'Restoring and undoing',
    text: `
A restore replaces all current data of the active database with a backup. It begins with a **plan**; making one changes nothing. The plan shows what would go and what would come, table by table and row by row, and what speaks against it.

## What happens after your yes

- The backup is read whole and compared with its hash.
- A **safety backup** of what is there now is made.
- The new content goes in: all of it, or nothing.
- Every table is compared with the backup.

PostgreSQL is built aside where your role may create databases, and swapped in within a moment; the old database is kept for some days and until you say that all is well. SQLite files are replaced in one transaction.

## When it fails

The database holds all of the old content, or all of the new. The result says which, and names the safety backup. Cancelling leaves everything as it is.

## Undo

**Undo** on the result, or \`cofre undo\`, takes the last restore back. Before it asks, it says what was written since. An undo can be undone.

A production database asks you to type its name first. After a restore everybody signs in again.`,
  },
  migration: {
    title: 'From SQLite to PostgreSQL',
    text: `
A SQLite backup goes into a PostgreSQL database by a migration. It asks a second time: the PostgreSQL database is backed up, all its data is dropped, the SQLite data is migrated.

Before anything is written, every value is read and judged. What loses nothing is done by itself. What would not fit is shown column by column, with examples, and waits for your decision:

- **convert** it, as described
- store **NULL**, or the column’s **default**
- **leave** the row out
- **stop**

Decisions are kept with the connection. The tables of the application have to be there already: a migration fills them, it does not invent them.

It ends with a proof: what was read, what was written, and that both are equal. It can be saved as a page.

A PostgreSQL backup can’t be restored to SQLite. It can be looked into, and compared.`,
  },
  schedules: {
    title: 'Schedules',
    text: `
What is done by the clock: backups, verifications, rehearsals and clean-ups, hourly to monthly, or as cron writes it. The page shows the next five runs.

- The **open window** runs them. With the window closed the system does, where you have set that up on the page, or by \`cofre schedule install\`.
- One run at a time. A run waits while a restore works.
- What was **missed**, because the computer slept or was off, is made up for once.
- What **failed** is tried again after 1, 5, 15 and 60 minutes, unless it would fail in the same way.

## When something changes

A database can be backed up whenever it has changed: after any deletion, or after so many changed rows, once it has been quiet for a while. Cofre looks from outside and touches nothing; unchanged content makes no new file. An empty or missing database is offered its last good backup at start.

## Time zones and keys

A schedule has a time zone. A time that the clock leaves out when it changes comes at the next moment that there is; one that comes twice runs once.

A schedule has no keys: backups that are encrypted are passed over by verifications and rehearsals, and the run says so.`,
  },
  cleanup: {
    title: 'Which backups stay',
    text: `
Without rules nothing is ever removed. Rules keep the last so many, and the newest of each hour, day, week, month and year; above them, age and size are limits. The list says of each backup whether it goes, and why, before anything does.

These stay whatever the rules are:

- the last good backup, and the last proven one
- pinned ones
- the safety backup by which the last restore is undone
- backups outside of the folder of the backups

When the newest backup is not good, nothing goes at all. Before anything goes, the newest good one has been read whole within a day, or is read then.

\`cofre prune --dry-run\` prints the same list.`,
  },
  notifications: {
    title: 'Notifications',
    text: `
Cofre tells people what was done and what was not: by e-mail, on the desktop, to a webhook (JSON, Slack, Discord, Telegram, ntfy), or to a ping address. Channels are set up in the settings, or on the command line:

$ cofre notify add office --kind email --host mail.example --from cofre@example --to ana@example

$ cofre notify test office

- **failure**, and success where it is asked for
- **anomaly**: a new backup that looks wrong beside those before it, or a watched database without a row
- **silence**: no good backup three hours after a schedule’s moment, or within the hours of \`cofre notify expect\`
- **room**: when fewer than three more backups fit

At most one of a kind is sent an hour, then a summary. What can’t be delivered is tried again for three days, also after a restart. Passwords and tokens are kept with those of the connections, never in the settings.`,
  },
  encryption: {
    title: 'Encryption and keys',
    text: `
Backups can be encrypted with age: by a passphrase, which is typed twice, or for public keys. At the window choose **Back up with options** and then the encryption; on the command line:

$ cofre backup --db app.sqlite3 --recipient age1…

$ cofre backup --db app.sqlite3 --encrypt

An encrypted backup is read like all others. The window asks for the passphrase or the key file when it needs it, and forgets it when you lock the window or the session ends. On the command line it is \`--passphrase-file\`, \`--identity\` or \`COFRE_PASSPHRASE\`.

**Without its key nobody can open an encrypted backup**: no administrator, no recovery code, and not Cofre. Keep the key apart from the backups.

Safety backups are not encrypted. The manifest beside an encrypted backup names tables and numbers of rows, but no people.`,
  },
  connections: {
    title: 'Connections',
    text: `
A connection says where a database is. Several can be saved; one is active. Removing a connection leaves the database and its backups alone.

- **SQLite**: choose the file, or drop it on the window.
- **PostgreSQL**: fill in the form, or paste a URL or the settings of an application; a settings file can be dropped, too.
- **SSH**: a server that is not reached directly is reached through another one.
- **Test** says version, rights, round trip and which client tools are used. It saves nothing.

Passwords are kept in the system’s keyring; where none answers, in an encrypted file. The page never gets them back. A stored one is used only for the server, the port, the user and the computer in between that it was stored for: for others it is typed anew.

Mark a database as **production**, and whatever replaces its data asks for its name. The colour is whose it is, not how well it is.

What the application needs around a change of its data, such as a lock file or a command before and after, is set in the form as well.`,
  },
  administrators: {
    title: 'Administrators',
    text: `
Administrators sign in at the window. All may do the same. They are added and removed in the settings; the last one stays.

- **A forgotten password**: on the login page, “Use the recovery code”. The code was shown once, when it was made. It works once, and using it makes another one.
- **No code, or it is lost**: make a new one in the settings while you are signed in.
- **Lock**: Ctrl+L (⌘L), or the entry in the sidebar. The page waits for you, and nothing of it is shown. The keys of encrypted backups are forgotten; what runs goes on.
- **By itself** the window locks after 15 minutes without keyboard or mouse, or as long as the settings say; not while something runs.

After three attempts each further one waits longer, up to 15 minutes, also after a restart.

The login guards the window, not the computer: whoever can run programs as you can read your backups. Every login, also one that failed, is in the audit trail.`,
  },
  activity: {
    title: 'Activity and the audit trail',
    text: `
**Operations** are what has run, with how it ended. The **audit trail** says who did what, to which database, when, and how it ended: logins and failed ones, backups, restores, deletions, settings (names, never values). The **log** is what the program writes for support.

The trail is only added to, and each entry has a hash over the one before it. It can be checked on the page: an entry that was changed, taken out or cut off is found, also by the manifests of the backups. Entries stay when backups go.

It can be searched, filtered, and exported as CSV or JSON.`,
  },
  command: {
    title: 'The command line',
    text: `
All that matters can be done without the window:

$ cofre --help

$ cofre status --connection NAME

$ cofre restore FILE --db URL --dry-run

Every command takes \`--json\`, and ends with an exit code that means something: 0 done, 2 wrong use, 3 a consent is missing, 10 not found, 11 busy, 12 denied, 13 corrupt, 14 unavailable, 20 failed and rolled back, 21 damaged.

Where there is no terminal nothing is asked: \`--yes\` consents to a restore, and passwords come from the environment (\`PGPASSWORD\`, \`COFRE_ADMIN_PASSWORD\`, \`COFRE_PASSPHRASE\`) or from files, never from arguments.

\`cofre status --json\` tells other programs how well databases are protected; it ends with 1 when one is at risk. \`--prometheus FILE\` writes the same as metrics.`,
  },
  trouble: {
    title: 'When something is wrong',
    text: `
Your backups are ordinary files: whatever happens to Cofre, the tools of SQLite and PostgreSQL open them.

- **A restore was cut off**, by a crash or a power cut: start Cofre again. Before anything else it says what the database holds now, and which safety backup to use.
- **The server can’t be reached**: test the connection. What was being done has changed nothing, or says what it changed.
- **A tool is missing**: PostgreSQL is backed up by \`pg_dump\` of the server’s version or newer. The test of the connection says which one is used; a folder can be named there.
- **The disk is full**: nothing was changed. Make room, or choose another folder for the backups in the settings.
- **Another program has locked the database**: close it, or wait longer (the connection says how long).
- **A backup failed its check**: it says why. Use the newest good one; nothing cleans that up.
- **Something else works already**: one job at a time, in all windows and on the command line.

The page Activity has the log. An error’s own words are folded below it, to be copied.`,
  },
}
