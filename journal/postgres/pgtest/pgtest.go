// Package pgtest starts real PostgreSQL servers for tests, from the binaries on
// PATH, or where Debian and Ubuntu install them. Each server has its own
// temporary directory and loopback port, and ends with the test or its process.
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
	"sync"
	"testing"
)

// Server is a running PostgreSQL. Its data does not survive Stop.
type Server struct {
	DSN string // a URL of the database postgres, for its superuser

	bin, dir string
	port     int
	password string
	life     io.Closer // closing it ends the keeper
	keeper   *exec.Cmd
	stop     sync.Once
}

// Start is Launch for one test, which fails without a server, and stops it.
func Start(tb testing.TB, settings ...string) *Server {
	tb.Helper()
	s, err := Launch(settings...)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(s.Stop)
	return s
}

// Launch starts a server, with settings such as "fsync = off" in its
// postgresql.conf. The caller must call Stop.
func Launch(settings ...string) (*Server, error) {
	return launch(func(s *Server) error { return s.begin(settings) })
}

func launch(begin func(*Server) error) (*Server, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	dir, err := directory()
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin, dir: dir}
	if err := s.keep(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := begin(s); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

func (s *Server) begin(settings []string) error {
	t, err := template()
	if err != nil {
		return err
	}
	s.password = t.password
	if err := t.copyTo(s.dir); err != nil {
		return err
	}
	return s.serve(settings)
}

func (s *Server) serve(settings []string) (err error) {
	if s.port, err = freePort(); err != nil {
		return err
	}
	settings = append([]string{
		"listen_addresses = '127.0.0.1'",
		fmt.Sprintf("port = %d", s.port),
		fmt.Sprintf("unix_socket_directories = '%s'", s.dir),
		"max_connections = 200",
	}, settings...)
	if err := s.configure(settings); err != nil {
		return err
	}
	s.DSN = s.database("postgres")
	return s.Begin()
}

// Begin starts a server again, on its previous port.
func (s *Server) Begin() error {
	return s.run("pg_ctl", "start", "--wait", "--silent", "--log="+filepath.Join(s.dir, "log"))
}

// End ends the server like a power cut. Begin starts it again.
func (s *Server) End() error {
	return s.run("pg_ctl", "stop", "--wait", "--silent", "--mode=immediate")
}

// Configure adds settings to postgresql.conf and reloads it.
func (s *Server) Configure(settings ...string) error {
	return errors.Join(s.configure(settings), s.run("pg_ctl", "reload", "--silent"))
}

// Password is the superuser's password. A standby has its primary's.
func (s *Server) Password() string { return s.password }

// Port is the server's loopback port.
func (s *Server) Port() int { return s.port }

// Restart starts the server again on its port, ending all sessions (fast mode).
func (s *Server) Restart() error { return s.restart("fast") }

// Crash kills the server like a power cut, and starts it again on the same
// port: it recovers from its log.
func (s *Server) Crash() error { return s.restart("immediate") }

func (s *Server) restart(mode string) error {
	return s.run("pg_ctl", "restart", "--wait", "--silent", "--mode="+mode, "--log="+filepath.Join(s.dir, "log"))
}

// Stop ends the server and removes its directory. It may be called again.
func (s *Server) Stop() {
	s.stop.Do(func() {
		_ = s.life.Close()
		_ = s.keeper.Wait()
	})
}

func (s *Server) keep() (err error) {
	s.keeper, s.life, err = keepUntilEnd(
		`"$0/pg_ctl" stop --silent --mode=immediate --pgdata="$1/data"; rm -rf "$1"`, s.bin, s.dir)
	return err
}

// keepUntilEnd starts a shell that cleans up once this process closes its input
// or dies. It ignores signals to the process group, such as an interrupt.
func keepUntilEnd(cleanUp string, args ...string) (keeper *exec.Cmd, life io.Closer, err error) {
	script := `trap "" HUP INT TERM; cat >/dev/null; ` + cleanUp
	keeper = command("sh", append([]string{"-c", script}, args...)...)
	if life, err = keeper.StdinPipe(); err != nil {
		return nil, nil, err
	}
	err = keeper.Start()
	return keeper, life, err
}

// run runs one of PostgreSQL's programs on the server's data.
func (s *Server) run(program string, args ...string) error {
	args = append([]string{"--pgdata=" + filepath.Join(s.dir, "data")}, args...)
	out, err := command(filepath.Join(s.bin, program), args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("pgtest: %s: %w\n%s", program, err, out)
	}
	return nil
}

func (s *Server) configure(settings []string) error {
	file, err := os.OpenFile(filepath.Join(s.dir, "data", "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = file.WriteString(strings.Join(settings, "\n") + "\n")
	return errors.Join(err, file.Close())
}

func (s *Server) database(name string) string {
	dsn := url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword("postgres", s.password),
		Host:     net.JoinHostPort("127.0.0.1", fmt.Sprint(s.port)),
		Path:     name,
		RawQuery: "sslmode=disable",
	}
	return dsn.String()
}

func freePort() (int, error) {
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return 0, err
	}
	port := l.Addr().(*net.TCPAddr).Port //nolint:errcheck,forcetypeassert // it is one
	return port, l.Close()
}
