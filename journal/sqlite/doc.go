// Package sqlite keeps a journal of operations in one SQLite file, for a
// program that runs on one machine, as one process or several.
//
//	j, err := sqlite.Open("bardge-journal.db", sqlite.MustExist())
//	...
//	defer j.Close()
//	client, err := bardge.New(key, bardge.WithJournal(j, "acme"))
//
// # Durability
//
// A write is on the disk before it returns: the file is in WAL mode with
// synchronous=FULL, and each commit ends with an fsync (F_FULLFSYNC where a
// plain fsync does not reach the disk). Calls that write at the same time share
// one transaction and its fsync. A failure before the commit wraps
// [journal.ErrNotCommitted]; a failure of the commit itself does not.
//
// When the power fails, a disk may destroy the sector that it is writing. The
// files are opened with psow=0, so that acknowledged data never shares a sector
// with later writes. It must keep other sectors that it has confirmed.
//
// Several processes may open one file, on a disk of this machine: WAL does not
// work over a network. A write waits for others until its context ends, at most
// 5 s, and then fails with [journal.ErrNotCommitted]. [Open] waits 30 s. Leases
// are measured by the machine's wall clock.
//
// # Files that are replaced
//
// A commit counts only while the open file is the one at the given path: same
// device and inode, one name; likewise its -wal and -shm. If they were removed,
// replaced or linked, also by a changed directory or symbolic link, the journal
// neither writes nor trusts what it reads: the error wraps
// [journal.CauseReplaced]. Putting the files back ends this. From its second
// start on, a program should use [MustExist]: a volume may not be mounted.
//
// A new file gets mode 0600. An existing one keeps its mode, and SQLite's files
// beside it get the same. A copy of the file alone lacks what is in the -wal, so
// use SQLite's own backup. A restored backup lacks the operations since it was
// made; their refs would be executed again.
//
// SQLite notices damaged pages when it reads them ([journal.CauseCorrupt]);
// [Check] reads all of them. Like a journal opened with [ReadOnly], it changes no
// file. Only a secret's seal detects changed values.
//
// # Retention
//
// Settled records are removed after 30 days; see [WithRetention]. Operations
// whose outcome is unknown stay until they are settled. So do records with a
// scope that began within an hour of such an operation with a scope: they show
// which operation made what. [WithLogger] reports failures. Old data is
// overwritten with zeros.
//
// # Errors
//
// Each error wraps an [journal.Error]: a cause in fixed words, and SQLite's
// result code or the system's errno, without paths and stored values.
//
// # The file
//
// Any SQLite tool reads the file. Its application_id is 0x69646a31, its
// user_version the tables'. The table journal has one row: binding is the
// journal's account, sealed like the operations; compatible_from is the oldest
// version whose programs may use the tables. The table operations has a row for
// each ref, or each key of a call without a ref:
//
//	column       content
//	-----------  -------------------------------------------------------------
//	id           "ref:" and the caller's name for the operation; "key:" and the key
//	             where it has no ref; or "call:" and a generated name
//	version      how often the row was written
//	generation   number of the operation among those with this id: one that ended
//	             not sent or rejected is followed by the next
//	operation    name of the operation
//	key          the idempotency key; empty: the operation takes none
//	since        when it began: microseconds since 1970, UTC
//	owner        the token of the call that works on it; empty: none does
//	lease_until  when the lease ends unless renewed or, without an owner, when
//	             recovery takes it up: microseconds since 1970, UTC
//	reserved     1: it was recorded in a transaction of the caller's, and not begun
//	outcome      unknown, not sent, rejected or done
//	resource     what it made, such as a booking; empty: not known
//	scope        a digest of what it may make, such as bookings of one client for
//	             one class; empty: nothing that can be searched for
//	sealed       the request while it may be sent again, and the response; encrypted
//	settled      when it was last written: microseconds since 1970, UTC
//	turn         computed: 2^62 + lease_until of an open one, settled of others
//
// The view open_operations shows open operations: id, ref, operation, key,
// since (as text), owner, reserved, and lease (its remaining seconds).
//
//	sqlite3 bardge-journal.db 'SELECT * FROM open_operations'
//
// The caller's own tables may be in the same file, if they are created after
// the journal: Open refuses other databases. See [Journal.Reserver].
package sqlite
