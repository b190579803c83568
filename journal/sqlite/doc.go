// Package sqlite keeps an [idem.Journal] in one SQLite file: the journal of a
// program that runs on one machine, also as several processes.
//
//	j, err := sqlite.Open("bardge-journal.db")
//	...
//	defer j.Close()
//	client, err := bardge.New(key, bardge.WithJournal(j, "acme"))
//
// # What it promises
//
// A write is on the disk before it returns: the file is in WAL mode with
// synchronous=FULL, and each commit ends with an fsync (F_FULLFSYNC where a plain
// one does not reach the disk). Calls that write at the same time share one
// transaction and its fsync; nobody waits for a batch to fill. A failure before
// the commit wraps [idem.ErrNotCommitted]; a failure of the commit itself does not.
//
// Several processes may open one file. It must lie on a disk of this machine: WAL
// does not work over a network. A write waits at most 5 s for the other processes.
// Leases are judged by the machine's wall clock.
//
// The file, its -wal and its -shm have mode 0600, whatever they had before. A copy
// of the file alone misses what is in the -wal: use SQLite's own backup.
//
// Settled records are removed 30 days after they were settled, or see
// [WithRetention]; operations whose outcome is unknown stay until they are settled,
// and with them those with a scope that were begun within an hour of one that has a
// scope too: they tell who made what.
// What is removed or replaced is overwritten with zeros in its pages.
//
// # The file
//
// Any SQLite tool reads it. It is marked with application_id 0x69646a31 and the
// version of its tables in user_version. There is one table, operations, with a
// row for each ref, or for each key where a call had no ref:
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
//	owner        the token of the call that works on it; empty: nobody
//	lease_until  when that is over unless renewed: microseconds since 1970, UTC
//	outcome      unknown, not sent, rejected or done
//	resource     what it made, such as a booking; empty: not known
//	scope        a digest of what it may make, such as bookings of one client for
//	             one class; empty: nothing that can be looked for
//	sealed       the request while it may be sent again, and the answer; encrypted
//	settled      when the outcome was recorded: microseconds since 1970, UTC; the
//	             largest integer while it is unknown
//
// The view open_operations shows what is not settled: id, ref, operation, key,
// since (as text), owner, and lease (the seconds that are left of it).
//
//	sqlite3 bardge-journal.db 'SELECT * FROM open_operations'
package sqlite
