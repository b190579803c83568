package postgres

import (
	"context"
	"net"
	"net/url"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

// shape lists the tables, views and columns of the schema.
const shape = `SELECT string_agg(table_name || '.' || column_name || ' ' || data_type, ', ' ORDER BY table_name, ordinal_position)
	FROM information_schema.columns WHERE table_schema = $1`

const wantShape = "binding.single boolean, binding.sealed bytea, migrations.version integer, migrations.compatible_from integer, migrations.applied_at timestamp with time zone, " +
	"open_operations.id text, open_operations.ref text, open_operations.operation text, open_operations.key text, " +
	"open_operations.since timestamp with time zone, open_operations.reserved boolean, open_operations.owner text, open_operations.lease interval, " +
	"operations.id text, operations.version bigint, operations.generation bigint, operations.operation text, " +
	"operations.key text, operations.since timestamp with time zone, operations.intent_at timestamp with time zone, " +
	"operations.owner text, operations.lease_until timestamp with time zone, operations.outcome USER-DEFINED, " +
	"operations.resource text, operations.scope text, operations.sealed bytea, " +
	"operations.reserved boolean, operations.settled_at timestamp with time zone"

func TestMigrationsStartFromNothingAndRunOnce(t *testing.T) {
	s := newStore(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			j, err := Open(context.Background(), s.dsn, WithSchema(s.schema))
			if assert.NoError(t, err) {
				assert.NoError(t, j.Close())
			}
		})
	}
	wg.Wait()
	assert.Equal(t, wantShape, ask[string](s, shape, s.schema))
	assert.Equal(t, []int32{1}, ask[[]int32](s, `SELECT array_agg(version) FROM migrations`))

	save(t, s.open(), order("ref:1"))
	assert.True(t, has(t, s.open(), "ref:1"), "opening again changes nothing")
	assert.Equal(t, []int32{1}, ask[[]int32](s, `SELECT array_agg(version) FROM migrations`))
}

// A deployment that was rolled back finds the schema of its successor.
func TestANewerSchemaIsRefusedUnlessItIsCompatible(t *testing.T) {
	s := newStore(t)
	s.open()
	s.exec(`INSERT INTO migrations (version, compatible_from) VALUES (999, 1)`)
	s.exec(`ALTER TABLE operations ADD COLUMN later text NOT NULL DEFAULT ''`)
	j := s.open()
	save(t, j, save(t, j, order("ref:1")))
	adopted, err := j.Adopt(t.Context(), "new", 0, journal.Filter{})
	require.NoError(t, err)
	assert.Empty(t, adopted)

	s.exec(`INSERT INTO migrations (version, compatible_from) VALUES (1000, 1000)`)
	_, err = Open(t.Context(), s.dsn, WithSchema(s.schema))
	require.EqualError(t, err, "postgres journal: the schema has version 1000, which needs a program that "+
		"knows version 1000; this one knows up to 1")
	require.Error(t, Migrate(t.Context(), s.dsn, WithSchema(s.schema)))
}

func (s store) role(name string, grants ...string) store {
	s.t.Helper()
	admin := s
	admin.exec(`CREATE ROLE ` + name + ` LOGIN PASSWORD 'secret'`)
	s.t.Cleanup(func() { admin.exec(`DROP OWNED BY ` + name); admin.exec(`DROP ROLE ` + name) })
	for _, grant := range grants {
		s.exec(grant)
	}
	return s.as(name, "secret")
}

// as is the store for another role.
func (s store) as(name, password string) store {
	s.t.Helper()
	u, err := url.Parse(s.dsn)
	require.NoError(s.t, err)
	u.User = url.UserPassword(name, password)
	s.dsn = u.String()
	return s
}

func TestARoleWithoutDDLWorksInAFinishedSchema(t *testing.T) {
	for name, prepare := range map[string]func(t *testing.T, s store){
		"SchemaSQL": func(_ *testing.T, s store) { s.exec(SchemaSQL(s.schema)) },
		"Migrate": func(t *testing.T, s store) {
			t.Helper()
			for range 2 {
				require.NoError(t, Migrate(t.Context(), s.dsn, WithSchema(s.schema)))
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			worker := s.role("worker")
			_, err := Open(t.Context(), worker.dsn, WithSchema(s.schema))
			require.ErrorContains(t, err, "the schema is missing or too old, and the role may not change it")
			require.ErrorIs(t, err, journal.CausePermission)

			prepare(t, s)
			_, err = Open(t.Context(), worker.dsn, WithSchema(s.schema))
			require.ErrorContains(t, err, "the role lacks USAGE on the schema, INSERT on binding, ")
			require.ErrorIs(t, err, journal.CausePermission)

			s.exec(GrantSQL(s.schema, "worker"))
			j := worker.open()
			save(t, j, save(t, j, orphan("ref:1")))
			adopted, err := j.Adopt(t.Context(), "new", 0, journal.Filter{})
			require.NoError(t, err)
			assert.Len(t, adopted, 1)
			_, err = j.Bind(t.Context(), nil, []byte("a"))
			require.NoError(t, err)
			_, err = j.Stats(t.Context())
			require.NoError(t, err)
			_, err = j.sweeper.remove(t.Context())
			require.NoError(t, err)
			assert.Equal(t, wantShape, ask[string](s, shape, s.schema), "it is the same schema")
			require.NoError(t, j.Close())
		})
	}
}

func TestR23_MigrateShowsNoDSN(t *testing.T) {
	err := Migrate(t.Context(), "postgres://somebody:hunter2@127.0.0.1:port/x")
	require.EqualError(t, err, "postgres journal: the DSN cannot be read")
	err = Migrate(t.Context(), "postgres://somebody:hunter2@127.0.0.1:1/x")
	require.EqualError(t, err, "postgres journal: migrate: connection refused (errno ECONNREFUSED)")
	require.Error(t, Migrate(t.Context(), "", WithSchema("")))
}

func TestASchemaMayBeThereAlready(t *testing.T) {
	s := newStore(t)
	s.exec(`CREATE SCHEMA {}`)
	save(t, s.open(), order("ref:1"))
}

func TestTheViewShowsWhatIsOpen(t *testing.T) {
	s := newStore(t)
	j := s.open()
	save(t, j, order("ref:owned"))
	lapsed := order("ref:lapsed")
	lapsed.Lease = 0
	save(t, j, lapsed)
	nobodys := order("ref:nobody's")
	nobodys.Owner = ""
	save(t, j, nobodys)
	save(t, j, order("key:k"))
	done := order("ref:done")
	done.Outcome = 3
	save(t, j, done)
	const open = `SELECT string_agg(concat_ws(' ', id, ref, owner, CASE WHEN lease > interval '0' THEN 'held' ELSE lease::text END),
		', ' ORDER BY id) FROM open_operations`
	assert.Equal(t, "key:k  owner held, ref:lapsed lapsed owner 00:00:00, ref:nobody's nobody's , ref:owned owned owner held", ask[string](s, open))
}

// posing starts a server that reports these parameters when a session begins,
// and answers no statement.
func posing(t *testing.T, parameters map[string]string) (dsn string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			pose(conn, parameters)
		}
	}()
	return "postgres://somebody:hunter2@" + l.Addr().String() + "/db?sslmode=disable&connect_timeout=10"
}

func pose(conn net.Conn, parameters map[string]string) {
	defer conn.Close()
	server := pgproto3.NewBackend(conn, conn)
	if _, err := server.ReceiveStartupMessage(); err != nil {
		return
	}
	server.Send(&pgproto3.AuthenticationOk{})
	for name, value := range parameters {
		server.Send(&pgproto3.ParameterStatus{Name: name, Value: value})
	}
	server.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
	if server.Flush() == nil {
		_, _ = server.Receive() // until the client leaves
	}
}

func TestAServerThatIsNotSupportedIsRefusedInWords(t *testing.T) {
	for name, row := range map[string]struct{ version, cockroach, says string }{
		"PostgreSQL 11": {version: "11.22 (Debian 11.22-0+deb10u2)", says: "the server is PostgreSQL 11, and 12 or later is needed"},
		"PostgreSQL 9":  {version: "9.6.24", says: "the server is PostgreSQL 9, and 12 or later is needed"},
		"Redshift":      {version: "8.0.2", says: "the server is PostgreSQL 8, and 12 or later is needed"},
		"CockroachDB":   {version: "13.0.0", cockroach: "v24.1.0", says: "the server is CockroachDB, which is not supported: PostgreSQL is needed"},
		"YugabyteDB":    {version: "15.2-YB-2.25.0.0-b0", says: "the server is YugabyteDB, which is not supported: PostgreSQL is needed"},
		"something":     {version: "v2", says: "the server does not report a version of PostgreSQL"},
		"nothing":       {says: "the server does not report a version of PostgreSQL"},
	} {
		t.Run(name, func(t *testing.T) {
			parameters := map[string]string{"server_version": row.version}
			if row.cockroach != "" {
				parameters["crdb_version"] = row.cockroach
			}
			dsn := posing(t, parameters)
			_, err := Open(t.Context(), dsn)
			require.EqualError(t, err, "postgres journal: open: "+row.says)
			require.ErrorIs(t, err, journal.CauseOther)
			require.EqualError(t, Migrate(t.Context(), dsn), "postgres journal: migrate: "+row.says)
		})
	}
	for _, version := range []string{"12", "12.0", "15.18 (Debian 15.18-0+deb12u1)", "17beta1", "19devel"} {
		assert.NoError(t, refuseServer(version, ""), version)
	}
}
