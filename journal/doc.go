// Package journal is what a durable journal has to do: a store of records, one
// for each operation, that outlives the process. It imports nothing else of
// this project, and a journal on another database needs this page alone. The
// engine (package idem) decides what is written; the backend keeps it.
//
// [Memory] is the journal of one process. Packages journal/sqlite and
// journal/postgres are the durable ones. A backend implements [Journal], and
// where it can [Reader], [Waiter], [Reserver], [Resealer] and [Prompt]; package
// journaltest is the suite that it must pass.
//
// # Rules for backends
//
// The numbers are docs/rules.md's.
//
// J1, J6: a Save that returns true outlives the crash of the process and of the
// machine. A backend that cannot be sure (a disk that does not sync, a standby
// that may lag) refuses to open. [ErrNotCommitted] is returned only where it is
// certain that nothing was written and nothing will be. When in doubt, any
// other error is right: the engine then reads the record again.
//
// J2: ids are compared byte by byte, with no collation and no folding of case.
//
// J3: each write is conditional on Version, and the comparison and the write
// are one atomic step, also between processes. Of two writers of one version,
// one succeeds.
//
// J4: [Reserver] writes in the caller's transaction. Nothing of it shows before
// the commit, and nothing remains after a rollback. The intent's time and age
// begin anew when Reserved ends. A Reserver that implements [Binder] needs
// nothing but the transaction.
//
// J8: leases are measured by one clock that all processes share: the store's,
// where it has one. A clock that runs fast ends a lease early, which costs a
// repetition but never a duplicate.
//
// J9, J14: a backend stores Sealed and all other fields as they are. ID,
// Operation, Key, Scope, Resource, Outcome, Generation, Reserved and Since are
// authenticated together with Sealed: a record that comes back with other
// letters or another microsecond cannot be opened.
//
// J10: retention removes settled records only, and none early: an open record
// is kept for ever. A version counts on while a record exists.
//
// J11: two records never have the same Resource, and InScope leaves out no
// record whose operation may have been executed.
//
// J12: Bind is a compare-and-set on one value for the whole store, and that
// value is never forgotten.
//
// J13: a commit counts in the store that the next process will open. A file
// that was replaced, or a server that was demoted, is an error.
//
// J15: Adopt gives each record to one caller, also when several call at once. A
// record without an owner is passed over until its Lease is over.
//
// J17: the methods of [Reader] change nothing.
//
// J18: Reseal replaces Sealed and nothing else: owner, lease, version, times
// and the order of removal stay, and no waiter is woken.
//
// Failures are returned as an [Error], wrapped in what else describes them.
// Texts of errors hold no path, address, credential or stored value.
package journal
