package postgres

import (
	"net"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

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
	rows := map[string]struct{ version, cockroach, says string }{
		"PostgreSQL 11": {"11.22 (Debian 11.22-0+deb10u2)", "", "the server is PostgreSQL 11, and 12 or later is needed"},
		"PostgreSQL 9":  {"9.6.24", "", "the server is PostgreSQL 9, and 12 or later is needed"},
		"Redshift":      {"8.0.2", "", "the server is PostgreSQL 8, and 12 or later is needed"},
		"CockroachDB":   {"13.0.0", "v24.1.0", "the server is CockroachDB, which is not supported: PostgreSQL is needed"},
		"YugabyteDB":    {"15.2-YB-2.25.0.0-b0", "", "the server is YugabyteDB, which is not supported: PostgreSQL is needed"},
		"something":     {"v2", "", "the server does not report a version of PostgreSQL"},
		"nothing":       {"", "", "the server does not report a version of PostgreSQL"},
	}
	for name, row := range rows {
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
