// Package postgres keeps a journal of operations in PostgreSQL, for a fleet of
// machines that share refs. It needs PostgreSQL 12 or later, and a DSN; CockroachDB and
// YugabyteDB are refused, since the journal rests on how PostgreSQL locks rows and
// reports errors:
//
//	j, err := postgres.Open(ctx, os.Getenv("DATABASE_URL"))
//
// # Durability
//
// An intent is committed before its request is sent (J1, J6). Open, New and each new
// session therefore refuse a server that acknowledges commits which it could lose;
// see [ErrNotDurable]. synchronous_commit may be on, remote_apply or remote_write;
// local is as good where there is no synchronous standby, and refused where there is
// one, since such a commit does not wait for it. Each write checks in its own
// transaction that synchronous_commit is not off.
//
// # Deployments
//
// One server: nothing that was acknowledged is lost as long as its disk is not. While
// it is away calls are not sent; a restart loses nothing.
//
// A primary with a synchronous standby (synchronous_standby_names): nothing that was
// acknowledged is lost in a failover to that standby, and no operation is executed
// twice. Use [RequireSynchronous], which also refuses a primary that has lost this
// setting, such as one that was just promoted and has no standby of its own yet. While
// no synchronous standby is connected no commit is acknowledged, and calls end at
// their time limit. Name two, as in ANY 1 (a, b), so that one may be away. With
// remote_write a commit is lost if the primary's disk and the standby's machine fail
// together.
//
// A commit whose wait for the standby is cut short, by statement_timeout or an
// administrator, is on the primary alone, and PostgreSQL reports it as done. Here it
// is an error that leaves the write in doubt. Other callers can see such a record
// before the standby has it, and so they can after a crash and restart of the primary
// those that were waiting. A result that was read then may be missing after a failover
// that follows at once.
//
// A primary with an asynchronous standby: after a failover the records of the last
// moments are missing, as many as the standby lagged behind. Their refs are free, so
// that the operations are executed again when they are called again; those that were
// open are not recovered. Open logs a warning where standbys are connected and none is
// synchronous. A role without the rights of pg_monitor sees only that connections
// replicate, not which; logical replication apart, each counts as a standby.
//
// The DSN of a primary and its standbys lists all hosts: the first one that takes writes
// is used. When a server turns read-only in mid-run the write is tried once on another
// session, and the pool's connections are closed, at most once a second, so that
// the next ones lead to the new primary.
//
// A replaced primary that still runs has a lower timeline than the new one. A journal
// that has seen the higher one refuses it, passes on to the next host, and closes its
// other sessions when it first sees a timeline rise; see [ErrLowerTimeline] and
// [AllowLowerTimeline]. This is kept in the memory of each journal, so that a program
// which has not seen the new primary does not know better: fence the old primary all
// the same. A server that does not report its timeline is accepted, and behind a
// pooler that shares sessions only its new connections are checked.
//
// # Connections
//
// The pool of Open is pgx's: the DSN's pool_max_conns bounds it, and more connections let
// more commits share one flush. Its sessions are configured when they begin. [New]
// uses a pool of the caller's, whose sessions are left as they are.
//
// Connecting to a host is limited to 4 seconds, unless the DSN says connect_timeout.
// A connection that was idle for a second is tested before it is used, for 2 seconds at
// most; if it is dead the other idle ones are closed too. On Linux sent data may be
// unacknowledged for 8 seconds. The context of a call ends what is left.
//
// Behind a pooler that shares sessions between programs, as PgBouncer does in
// transaction and statement mode, the journal prepares no statements and changes no
// setting of a session; callers who wait for another process poll. Open notices
// each proxy that has session numbers of its own, also PgBouncer in session mode;
// [WithSharedSessions] overrides that. In statement mode the schema must be there
// already, since making it needs a transaction; see [Migrate]. What a role or database
// sets by default must then be right for the journal: a default isolation level above
// read committed costs repeated statements, and statements see the role's search_path.
//
// # Credentials
//
// A DSN has one password. Where it is rotated, or is a token that is valid for minutes,
// set it for each connection: [WithConfig] takes a BeforeConnect, and a pool for New
// has its own. Sessions that are open go on after a rotation.
//
// # Waiting
//
// Callers who wait for an operation that another process works on share one session
// that listens, besides the pool. It is opened when the first one waits, and closed
// when none has for half a minute. The process that settles the operation notifies
// them after its commit, and only if there are any; callers in its own process are
// woken directly.
//
// # Time
//
// Leases and ages are measured by the database's clock alone, so that the clocks
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
// Failures are logged, and reported to [OnSweep]. Unknown operations stay until they
// are settled (J10), and with them those with a scope that were
// begun within an hour of one that has a scope too: they tell who made what.
package postgres
