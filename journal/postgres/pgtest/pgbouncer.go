package pgtest

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var errNoPgBouncer = errors.New(`pgtest: this test needs pgbouncer, on PATH or in /usr/sbin.
On Debian and Ubuntu: apt-get install pgbouncer. On macOS: brew install pgbouncer`)

// PgBouncer is a running pooler in front of a server.
type PgBouncer struct {
	DSN string // a URL of the server's database postgres through the pooler
}

// StartPgBouncer starts a PgBouncer in front of the server, in mode session,
// transaction or statement, with settings such as "default_pool_size = 2". It
// ends with the test or its process.
func StartPgBouncer(tb testing.TB, server *Server, mode string, settings ...string) *PgBouncer {
	tb.Helper()
	program, err := pgbouncer()
	if err != nil {
		tb.Fatal(err)
	}
	port, err := freePort()
	if err != nil {
		tb.Fatal(err)
	}
	dir, err := directory()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = os.RemoveAll(dir) })
	file := filepath.Join(dir, "pgbouncer.ini")
	users := filepath.Join(dir, "users")
	config := append([]string{
		"[databases]",
		fmt.Sprintf("* = host=127.0.0.1 port=%d", server.port),
		"[pgbouncer]",
		"listen_addr = 127.0.0.1", fmt.Sprintf("listen_port = %d", port), "unix_socket_dir =",
		"auth_type = scram-sha-256", "auth_file = " + users,
		"pool_mode = " + mode,
	}, settings...)
	err = errors.Join(
		writeOwned(users, fmt.Sprintf("%q %q\n", "postgres", server.password)),
		writeOwned(file, strings.Join(config, "\n")+"\n"),
	)
	if err != nil {
		tb.Fatal(err)
	}
	bouncer := &PgBouncer{DSN: strings.Replace(server.DSN, fmt.Sprint(server.port), fmt.Sprint(port), 1)}
	tb.Cleanup(bouncer.run(tb, program, file))
	bouncer.await(tb)
	return bouncer
}

// pgbouncer finds the program, which Debian installs outside other users' PATH.
func pgbouncer() (string, error) {
	for _, place := range []string{"pgbouncer", "/usr/sbin/pgbouncer"} {
		if found, err := exec.LookPath(place); err == nil {
			return found, nil
		}
	}
	return "", errNoPgBouncer
}

// run starts the program under a shell that ends it once this process closes
// its input, and returns a function that closes it.
func (*PgBouncer) run(tb testing.TB, program, file string) (stop func()) {
	tb.Helper()
	const script = `trap "" HUP INT TERM
		"$0" --quiet "$1" 2>/dev/null 3<&0 0</dev/null & pooler=$!
		cat >/dev/null
		kill -KILL $pooler`
	keeper := command("sh", "-c", script, program, file)
	life, err := keeper.StdinPipe()
	if err == nil {
		err = keeper.Start()
	}
	if err != nil {
		tb.Fatal(err)
	}
	return func() {
		_ = io.Closer(life).Close()
		_ = keeper.Wait()
	}
}

// await waits until the pooler accepts connections.
func (b *PgBouncer) await(tb testing.TB) {
	tb.Helper()
	dsn, err := url.Parse(b.DSN)
	if err != nil {
		tb.Fatal(err)
	}
	deadline := time.Now().Add(10 * time.Second)
	for {
		conn, err := net.DialTimeout("tcp", dsn.Host, time.Second) //nolint:noctx // bounded
		if err == nil {
			_ = conn.Close()
			return
		}
		if time.Now().After(deadline) {
			tb.Fatal("pgtest: pgbouncer did not start: ", err)
		}
		time.Sleep(10 * time.Millisecond) // there is no event to wait for
	}
}
