// Package postgres keeps a journal of operations in PostgreSQL, for a fleet of
// machines that share refs. It needs PostgreSQL 12 or later; CockroachDB and
// YugabyteDB, which lock rows and report errors otherwise, are refused.
//
//	j, err := postgres.Open(ctx, os.Getenv("DATABASE_URL"))
//
// # Durability
//
// An intent is committed before its request is sent (J1, J6). Open, New and
// each new session therefore refuse a server that could lose acknowledged
// commits; see [ErrNotDurable]. synchronous_commit may be on, remote_apply,
// remote_write or, without a synchronous standby, local. Each write checks that
// it is not off.
//
// # Deployments
//
// One server: acknowledged commits are lost only with its disk. While the
// server is away calls are not sent; a restart loses nothing.
//
// A primary with a synchronous standby (synchronous_standby_names): a failover
// to that standby loses no acknowledged commit and executes nothing twice. Use
// [RequireSynchronous], which also refuses a primary without standby, such as
// one just promoted. While no synchronous standby is connected, no commit is
// acknowledged, and calls end at their time limit; so name two, as in ANY 1 (a,
// b). With remote_write a commit is lost if the primary's disk and the
// standby's machine fail together.
//
// A primary with an asynchronous standby: after a failover the records that the
// standby lagged behind are missing. Their refs are free, so calls execute
// their operations again, and open ones are not recovered. Open logs a warning
// if standbys are connected and none is synchronous; without the rights of
// pg_monitor, any connection that replicates counts as a standby.
//
// A DSN lists the primary and its standbys; the first host that accepts writes
// is used. If a server becomes read-only, the write is tried once on another
// session, and the pool's connections are closed.
//
// An old primary that still runs has a lower timeline than the new one. A
// journal that has seen the higher one refuses the lower one, and tries the
// next host; see [ErrLowerTimeline] and [AllowLowerTimeline]. It keeps this in
// memory, so a program that has not seen the new primary cannot notice: fence
// the old one. A server that does not report its timeline is accepted. Behind a
// pooler that shares sessions, only new connections are checked.
//
// # Commits that a standby lacks
//
// Other sessions see a commit only after the synchronous standby has confirmed
// it, except if its wait was ended by statement_timeout or an administrator,
// which PostgreSQL reports as done (Save then returns an error, in doubt), or
// by a crash and restart of the primary.
//
// A call may therefore replay a done operation from a record that a failover
// then loses. Its result is true, but the new primary has the operation as
// open, and recovery handles it. Nothing is sent twice: each request follows a
// commit of its own call, which the standby has confirmed.
//
// # Connections
//
// Open makes a pool of pgx's, bounded by the DSN's pool_max_conns; more
// connections let more commits share one flush. [New] uses the caller's pool.
//
// Connecting to a host takes at most 4 seconds, or the DSN's connect_timeout. A
// connection that was idle for a second is tested before use, for at most 2
// seconds. On Linux sent data may be unacknowledged for 8 seconds. A call's
// context bounds everything else.
//
// Texts are sent as UTF-8, also to a database with another encoding. LATIN1 and
// the like cannot store each ref: a write with such a one fails (22P05).
//
// Behind a pooler that shares sessions between programs, as PgBouncer does in
// transaction and statement mode, the journal prepares no statements, changes
// no settings, and callers who wait for another process poll. Open notices each
// proxy with its own session numbers, including PgBouncer in session mode; see
// [WithSharedSessions]. In statement mode the schema must exist already; see
// [Migrate]. The role's defaults then apply: an isolation level above read
// committed costs repeated statements.
//
// # Credentials
//
// A password that is rotated, or a token valid for minutes, is set for each
// connection: [WithConfig] takes a BeforeConnect, and a pool for New has its
// own.
//
// # Waiting
//
// Callers who wait for an operation of another process share one session that
// listens, besides the pool, and is closed after half a minute without callers.
// The process that settles the operation notifies them after its commit.
//
// # Time
//
// The database's clock alone measures leases and ages, so the clocks of the
// machines may differ (J8). After a failover it is the new primary's clock:
// keep the clocks of primary and standby within a second of each other.
//
// # Schema
//
// Open creates and migrates one schema, bardge_journal by default. This
// requires CREATE on the database. Otherwise an administrator runs [Migrate],
// or [SchemaSQL] and, for the role, [GrantSQL]; Open names missing rights. A
// role that only reads needs USAGE on the schema and SELECT on its tables (see
// [ReadOnly] and [Check]).
//
// A newer schema than the program's is accepted only if it is marked as
// compatible, so that a deployment can be rolled back.
//
//	operations   one row for each operation
//	  id           "ref:" and the caller's name for the operation; "key:" and its key
//	               where it has no ref; or "call:" and a generated name
//	  version      number of writes; each write requires the version before it
//	  generation   number of the operation among those with this id
//	  operation    name of the operation
//	  key          idempotency key, or empty
//	  since        when the intent was recorded, by the process's clock
//	  intent_at    the same by the database's clock; anew when reserved ends
//	  owner        token of the call that works on it, or empty
//	  lease_until  when the owner's lease ends; without an owner, when recovery
//	               takes it up
//	  outcome      "unknown" (open), "not sent", "rejected" or "done"
//	  resource     what the operation made, null if that is not known; unique
//	  scope        digest of what the operation may make, or null
//	  sealed       request and response, encrypted where the engine has a secret
//	  reserved     whether the operation is to be sent, and no call has begun to
//	  settled_at   when an outcome was last recorded; null while unknown
//	binding           one row: the account that the journal belongs to
//	open_operations   a view for people: id, ref, operation, key, since, reserved,
//	                  owner, and lease: what is left of it, null without an owner
//	migrations        version, compatible_from and applied_at of each migration
//
// Settled operations older than the retention are removed when the journal is
// opened, then every hour and, while the program writes, every minute. Failures
// are logged, and reported to [OnSweep]. Unknown operations stay until they are
// settled (J10). So do operations with a scope that began within an hour of an
// unknown one with a scope: they show which operation made what.
package postgres
