package pgtest

import (
	"errors"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
)

// account runs the server where the tests run as root, which PostgreSQL
// refuses. Every package of PostgreSQL creates it.
const account = "postgres"

// Tests that need the server must fail without it, or they would prove nothing.
var errMissing = errors.New(`pgtest: this test needs PostgreSQL's own programs (initdb, pg_ctl), on PATH or in
/usr/lib/postgresql/*/bin. On Debian and Ubuntu: apt-get install postgresql. On macOS: brew install postgresql`)

// binaries returns the directory of PostgreSQL's programs.
func binaries() (string, error) {
	places, err := filepath.Glob("/usr/lib/postgresql/*/bin/pg_ctl") // in order
	if err != nil {
		return "", err
	}
	if found, err := exec.LookPath("pg_ctl"); err == nil {
		places = append(places, found)
	}
	if len(places) == 0 {
		return "", errMissing
	}
	// A link on PATH leads to the directory of the others.
	last, err := filepath.EvalSymlinks(places[len(places)-1])
	return filepath.Dir(last), err
}

// command runs a program as an account that may run a server.
func command(program string, args ...string) *exec.Cmd {
	if asRoot() {
		args = append([]string{"-u", account, "--", program}, args...)
		program = "runuser"
	}
	cmd := exec.Command(program, args...) //nolint:gosec,noctx // the tests' own words; they end with the server
	cmd.Dir = os.TempDir()
	return cmd
}

// directory is for the server alone. Its path is short, as a socket's must be.
func directory() (string, error) {
	dir, err := os.MkdirTemp("", "pgtest")
	if err != nil {
		return "", err
	}
	return dir, own(dir)
}

func writeOwned(name, text string) error {
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		return err
	}
	return own(name)
}

func own(name string) error {
	if !asRoot() {
		return nil
	}
	who, err := user.Lookup(account)
	if err != nil {
		return err
	}
	uid, err := strconv.Atoi(who.Uid)
	if err != nil {
		return err
	}
	gid, err := strconv.Atoi(who.Gid)
	if err != nil {
		return err
	}
	return os.Chown(name, uid, gid)
}

func asRoot() bool { return os.Geteuid() == 0 }
