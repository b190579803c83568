// Package postgres keeps a journal of operations in PostgreSQL, for a fleet of
// machines that share refs. It needs PostgreSQL 12 or later, and a DSN; CockroachDB and
// YugabyteDB are refused, since the journal rests on how PostgreSQL locks rows and
// reports errors:
//
//	j, err := postgres.Open(ctx, os.Getenv("DATABASE_URL"))
//
// # Durability
//
// An intent is committed before its request is sent (J1, J6). Open and each new
// connection therefore refuse a server that acknowledges commits which it could
// lose; see [ErrNotDurable]. synchronous_commit may be on, remote_apply or
// remote_write; local is as good where there is no synchronous standby, and refused
// where there is one, since it would pass it by. Each write asks once more whether
// synchronous_commit was switched off meanwhile. A server that takes no writes, such
// as a standby, is passed over.
//
// Where a failover is automatic, a synchronous standby is a must
// (synchronous_standby_names): an asynchronous one may become the primary
// without the last commits, and what they recorded may then be done twice. Do
// not cancel statements that wait for the standby: they end in doubt, and PostgreSQL
// shows them as committed.
//
// # Time
//
// Leases and ages are judged by the database's clock alone, so that the clocks
// of the machines may differ (J8). After a failover it is the new primary's: keep
// the clocks of primary and standby together within a second.
//
// # What a replica may not have yet
//
// Others see a commit only after the synchronous standby has confirmed it, with two
// exceptions: PostgreSQL shows a commit whose wait was cancelled, and after a restart
// of the primary those that were waiting. A call may then replay a done operation from
// a record that a failover loses. What it returns is true, since the operation was
// executed, but after that failover the journal has the operation as open again and
// recovery looks for it as for any other. Nothing is sent twice for it: each request
// follows a commit of its own call, which the standby confirms together with all that
// came before. Save returns an error, in doubt, where its own wait was cancelled.
//
// # Schema
//
// Everything lives in one schema, bardge_journal by default, that Open creates
// and migrates. The role needs CREATE on the database for that. Where roles must not,
// an administrator runs [Migrate], or the SQL of [SchemaSQL], and that of [GrantSQL] for
// the role; Open names the rights that are missing.
//
// A schema that is newer than the program is accepted if it is marked as compatible, so
// that a deployment can be rolled back after a migration, and refused otherwise.
//
//	operations   one row for each operation
//	  id           "ref:" and the caller's name of the operation, "key:" and its key
//	               where it has no ref, or "call:" and a name of its own
//	  version      number of writes; each write is on the condition of the last
//	  generation   how many operations had this id
//	  operation    what was asked for
//	  key          idempotency key, or empty
//	  since        when the intent was recorded, by the process's clock
//	  intent_at    the same by the database's clock; anew when reserved ends
//	  owner        token of the call that works on it, or empty
//	  lease_until  until when the owner holds it; without an owner, when it is due
//	               for recovery
//	  outcome      "unknown" (open), "not sent", "rejected" or "done"
//	  resource     what the operation made, null where that is not known; unique
//	  scope        digest of what the operation may make, or null
//	  sealed       request and response, encrypted where the engine has a secret
//	  reserved     whether the operation is to be sent, and no call has begun to
//	  settled_at   when an outcome was last recorded; null while unknown
//	binding           one row: the account that the journal belongs to
//	open_operations   a view for people: id, ref, operation, key, since, reserved,
//	                  owner, and lease: what is left of it, null without an owner
//	migrations        version, compatible_from and applied_at of each migration
//
// Settled operations are removed when they are older than the retention: when the
// journal is opened, then every hour and, while the program writes, every minute.
// Failures are logged, and reported to [OnSweep]. Unknown operations stay until they are settled (J10), and with them those with a scope that were
// begun within an hour of one that has a scope too: they tell who made what.
//
// # Connections
//
// The pool is pgx's: the DSN's pool_max_conns bounds it, and more connections
// let more commits share one flush. Connect to the server itself, or through a
// pooler in session mode: sessions are configured when they begin.
package postgres
