package sqlite

import "modernc.org/sqlite"

// ShieldLocks keeps the locks that SQLite takes on database files, in all of this
// process, from what Unix does to them: when a process closes any descriptor of a
// file, it loses all its locks on it. A look at the live file while it is backed up
// (Is it a database? Has it changed?) would let a writer into the middle of the
// copy. Call it before the first database is opened. Where the system has no such
// locks (only Linux has) it does nothing: there nothing may open the live file
// beside SQLite.
func ShieldLocks() { _, _ = sqlite.OFDLocking(true) }
