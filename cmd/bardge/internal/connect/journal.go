package connect

import (
	"context"
	"errors"
	"io/fs"
	"net/url"
	"strings"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/journal/postgres"
	"github.com/bardge/bardge-go/journal/sqlite"
)

// Journal is an open journal. The caller must close it.
type Journal interface {
	journal.Journal
	Close() error
}

// OpenJournal opens the journal that the flags name. A file must exist: in a new
// one, at a path that is misspelt, a ref would be executed again. No old records
// are removed: only the programs that use the journal know its retention.
func (f *Flags) OpenJournal(ctx context.Context) (Journal, error) {
	address, err := f.journalAddress()
	if err != nil {
		return nil, err
	}
	if path, ok := strings.CutPrefix(address, "sqlite:"); ok {
		return openSQLite(path)
	}
	return f.openPostgres(ctx, address)
}

func openSQLite(path string) (Journal, error) {
	j, err := sqlite.Open(path, sqlite.MustExist(), sqlite.WithRetention(sqlite.Forever))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, cli.Advise(err, cli.Advice{
			Next:    "The programs that use a journal make it. To make one now:",
			Command: "bardge journal migrate --create",
		})
	}
	if err != nil {
		return nil, err
	}
	return j, nil
}

func (f *Flags) openPostgres(ctx context.Context, dsn string) (Journal, error) {
	opts := []postgres.Option{postgres.WithRetention(postgres.Forever)}
	if f.Schema != "" {
		opts = append(opts, postgres.WithSchema(f.Schema))
	}
	j, err := postgres.Open(ctx, dsn, opts...)
	if err != nil {
		return nil, err
	}
	return j, nil
}

// journalAddress returns the flag or the environment's address. Other users of
// the machine see flags, so that an address with a password is accepted from
// the environment alone.
func (f *Flags) journalAddress() (string, error) {
	address := f.Journal
	if address == "" {
		address = f.app.Getenv("BARDGE_JOURNAL")
	} else if hasPassword(address) {
		return "", cli.Usage(errors.New(
			"--journal must not contain a password: set BARDGE_JOURNAL, PGPASSWORD or PGPASSFILE instead"))
	}
	switch scheme, rest, _ := strings.Cut(address, ":"); {
	case address == "":
		return "", cli.Usage(errors.New("no journal: give --journal or set BARDGE_JOURNAL"))
	case scheme == "sqlite" && rest != "", scheme == "postgres", scheme == "postgresql":
		return address, nil
	default:
		return "", cli.Usage(errors.New("a journal is sqlite:PATH or postgres://HOST/DATABASE"))
	}
}

func hasPassword(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return strings.Contains(address, "@") // presumably
	}
	_, set := u.User.Password()
	return set || u.Query().Has("password")
}
