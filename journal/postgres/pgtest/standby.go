package pgtest

import (
	"fmt"
	"path/filepath"
	"testing"
)

// StartStandby starts a streaming standby of the server, with its name in
// pg_stat_replication, asynchronous until MakeSynchronous.
func StartStandby(tb testing.TB, primary *Server, name string, settings ...string) *Server {
	tb.Helper()
	standby, err := launch(func(s *Server) error {
		s.password = primary.password
		if err := s.copyOf(primary, name); err != nil {
			return err
		}
		return s.serve(settings)
	})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(standby.Stop)
	return standby
}

// copyOf makes the server's data a copy of the primary's that follows it. The
// password is passed in a file: arguments are public.
func (s *Server) copyOf(primary *Server, name string) error {
	file := filepath.Join(s.dir, "pgpass")
	line := fmt.Sprintf("127.0.0.1:%d:*:postgres:%s\n", primary.port, primary.password)
	if err := writeOwned(file, line); err != nil {
		return err
	}
	dsn := fmt.Sprintf("host=127.0.0.1 port=%d user=postgres application_name=%s passfile=%s", primary.port, name, file)
	return s.run("pg_basebackup", "--checkpoint=fast", "--no-sync", "--write-recovery-conf", "--no-password",
		"--dbname="+dsn)
}

// Promote makes a standby a primary. It returns when the server accepts writes.
func (s *Server) Promote() error { return s.run("pg_ctl", "promote", "--wait", "--silent") }

// MakeSynchronous makes commits wait for the named standbys; empty: for none.
func (s *Server) MakeSynchronous(standbys string) error {
	return s.Configure(fmt.Sprintf("synchronous_standby_names = '%s'", standbys))
}
