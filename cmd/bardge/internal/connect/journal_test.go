package connect

import (
	"io"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
)

// FuzzJournalAddress: whatever names a journal, it is a file or a server, a
// password is not taken from a flag, and no error repeats the address.
func FuzzJournalAddress(f *testing.F) {
	for _, address := range []string{
		"", "sqlite:", "sqlite:journal.db", "sqlite:/a b?mode=memory#x", "postgres://host/db", "postgresql:///db?password=pw",
		"postgres://user:pw@host/db", "postgres://user:p%zz@host", "postgres:host=a password=pw", "mysql://host", "journal.db",
		"postgres://host/db?PASSWORD=pw", "sqlite:user:pw@file", "\x00", "postgres://[::1",
		"postgres://host#?password=pw", "postgres://host/db?a=1#&password=pw", "postgres://host?x=a:pw@c", "postgres://h/d?p%61ssword=pw",
	} {
		f.Add(address)
	}
	f.Setenv("PGPASSWORD", "")
	f.Setenv("PGPASSFILE", "/dev/null")
	f.Fuzz(func(t *testing.T, address string) {
		flags := New(cli.NewApp(cli.Env{Stderr: io.Discard, Getenv: func(string) string { return "" }}))
		flags.Journal = address
		path, dsn, err := flags.place()
		if err != nil {
			if len(address) > len("postgres://HOST/DATABASE") {
				assert.NotContains(t, err.Error(), address)
			}
			return
		}
		require.NotEqual(t, path == "", dsn == "", "one of them")
		if path != "" {
			assert.Equal(t, address, "sqlite:"+path)
			return
		}
		assert.Equal(t, address, dsn)
		if config, err := pgconn.ParseConfig(dsn); err == nil {
			assert.Empty(t, config.Password, "a flag holds no password")
		}
	})
}
