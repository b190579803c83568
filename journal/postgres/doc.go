// Package postgres keeps a journal of operations in PostgreSQL, for a fleet of
// machines that share refs. It wants PostgreSQL 12 or later, and a DSN:
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
// not cancel statements that wait for the standby: PostgreSQL reports them as
// committed.
//
// # Time
//
// Leases and ages are judged by the database's clock alone, so that the clocks
// of the machines may differ (J8). After a failover it is the new primary's: keep
// the clocks of primary and standby together within a second.
//
// # Schema
//
// Everything lives in one schema, bardge_journal by default, that Open creates
// and migrates. The role needs CREATE on the database for that; where the schema
// is up to date already, USAGE on it, SELECT on its tables, and INSERT, UPDATE
// and DELETE on operations are enough. A program refuses a schema that is newer
// than itself.
//
//	operations   one row for each operation
//	  id           "ref:" and the caller's name of the operation, "key:" and its key
//	               where it has no ref, or "call:" and a name of its own
//	  version      number of writes; each write is on the condition of the last
//	  generation   how many operations had this id
//	  operation    what was asked for
//	  key          idempotency key, or empty
//	  since        when the intent was recorded, by the process's clock
//	  intent_at    the same by the database's clock
//	  owner        token of the call that works on it, or empty
//	  lease_until  until when the owner holds it
//	  outcome      "unknown" (open), "not sent", "rejected" or "done"
//	  resource     what the operation made, null where that is not known; unique
//	  scope        digest of what the operation may make, or null
//	  sealed       request and answer, encrypted where the engine has a secret
//	  settled_at   when an outcome was last recorded; null while unknown
//	open_operations   a view for people: id, ref, operation, key, since, owner,
//	                  and lease: what is left of it, null where nobody works
//	migrations        version and applied_at of each migration
//
// Settled operations are removed when they are older than the retention; unknown
// ones stay until they are settled (J10), and with them those with a scope that were
// begun within an hour of one that has a scope too: they tell who made what.
//
// # Connections
//
// The pool is pgx's: the DSN's pool_max_conns bounds it, and more connections
// let more commits share one flush. Connect to the server itself, or through a
// pooler in session mode: sessions are configured when they begin.
package postgres
