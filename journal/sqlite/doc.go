// Package sqlite keeps an [idem.Journal] in one SQLite file: the journal of a
// program that runs on one machine, also as several processes.
//
//	j, err := sqlite.Open("bardge-journal.db", sqlite.MustExist())
//	...
//	defer j.Close()
//	client, err := bardge.New(key, bardge.WithJournal(j, "acme"))
//
// # What it promises
//
// A write is on the disk before it returns: the file is in WAL mode with
// synchronous=FULL, and each commit ends with an fsync (F_FULLFSYNC where a plain
// one does not reach the disk). Calls that write at the same time share one
// transaction and its fsync; no timer waits for a batch to fill, but callers that are
// about to write, and ready to run, are let in first. A failure before
// the commit wraps [idem.ErrNotCommitted]; a failure of the commit itself does not.
//
// A disk may destroy the sector that it is writing when the power fails, with what was
// in it before: the files are opened with psow=0, so that nothing that was acknowledged
// shares a sector with what is written later. It must not destroy other sectors, and
// must keep what it has confirmed.
//
// Several processes may open one file. It must lie on a disk of this machine: WAL
// does not work over a network. A write waits at most 5 s for the other processes and
// for the writes before it, or until its context ends, and then fails with
// [idem.ErrNotCommitted]. [Open] waits 30 s. Leases are judged by the machine's wall
// clock.
//
// A commit counts only while the open file is the one at the path that was given: same
// device and inode, one name, and so for its -wal and -shm. If they were removed,
// replaced or linked, or the directory or a symbolic link to them was changed, nothing
// is written any more, and nothing that is read counts: the error wraps
// [idem.CauseReplaced], "the journal's file was replaced". Putting the files back ends
// this. A program that has been started before opens its journal with [MustExist], so
// that a volume that is not mounted does not begin a new one.
//
// The file, its -wal and its -shm have mode 0600, whatever they had before. A copy
// of the file alone misses what is in the -wal: use SQLite's own backup. A backup that
// is restored lacks the operations since it was made; their refs would be executed
// again.
//
// SQLite notices damaged pages when it reads them ([idem.CauseCorrupt]); [Check] reads
// all of them. Values that were changed inside a page are noticed by the seal of a
// journal secret only.
//
// Settled records are removed 30 days after they were settled, or see
// [WithRetention]; operations whose outcome is unknown stay until they are settled,
// and with them those with a scope that were begun within an hour of one that has a
// scope too: they show who made what. Removing takes small transactions between those
// of the callers; what fails is reported as [WithLogger] says. What is removed or
// replaced is overwritten with zeros in its pages.
//
// # Errors
//
// Each error wraps an [idem.JournalError]: a cause in fixed words, and SQLite's result
// code or the system's errno. None has a path or a stored value in it.
//
// # The file
//
// Any SQLite tool reads it. It is marked with application_id 0x69646a31 and the
// version of its tables in user_version. The table journal has one row: binding, the
// account that the journal belongs to, which is sealed like the operations; and
// compatible_from, the oldest version whose programs may use the tables, so that a
// program can be rolled back after a later one has changed them. The table operations
// has a row for each ref, or for each key where a call had no ref:
//
//	column       what is in it
//	-----------  -------------------------------------------------------------
//	id           "ref:" and the caller's name for the operation; "key:" and the key
//	             where it has no ref; or "call:" and a name of its own
//	version      how often the row was written
//	generation   which operation of this id: one that ended not sent or rejected
//	             is followed by the next
//	operation    what was asked for
//	key          the idempotency key; empty: the operation takes none
//	since        when it was begun: microseconds since 1970, UTC
//	owner        the token of the call that works on it; empty: none does
//	lease_until  when that is over unless renewed, or, without an owner, when recovery
//	             takes it up: microseconds since 1970, UTC
//	reserved     1: it was recorded in a transaction of the caller's, and not begun
//	outcome      unknown, not sent, rejected or done
//	resource     what it made, such as a booking; empty: not known
//	scope        a digest of what it may make, such as bookings of one client for
//	             one class; empty: nothing that can be searched for
//	sealed       the request while it may be sent again, and the answer; encrypted
//	settled      when it was written last: microseconds since 1970, UTC
//	turn         computed: 2^62 + lease_until of an open one, settled of others
//
// The view open_operations shows what is not settled: id, ref, operation, key,
// since (as text), owner, reserved, and lease (the seconds that are left of it).
//
//	sqlite3 bardge-journal.db 'SELECT * FROM open_operations'
//
// The caller's own tables may lie in the same file: see [Journal.Reserver]. They must
// have other names.
package sqlite
