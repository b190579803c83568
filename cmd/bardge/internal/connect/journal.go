package connect

import (
	"context"
	"errors"
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
	return f.openExisting(ctx,
		[]sqlite.Option{sqlite.MustExist(), sqlite.WithRetention(sqlite.Forever)},
		[]postgres.Option{postgres.WithRetention(postgres.Forever)})
}

// journalAddress returns the flag or the environment's address. Other users of
// the machine see flags, so that an address with a password is accepted from
// the environment alone.
func (f *Flags) journalAddress() (string, error) {
	address := f.Journal
	if address == "" {
		address = f.app.Getenv("BARDGE_JOURNAL")
	}
	isFile := strings.HasPrefix(address, "sqlite:") && address != "sqlite:"
	switch {
	case address == "":
		return "", cli.Usage(errors.New("no journal: give --journal or set BARDGE_JOURNAL"))
	case isFile:
		return address, nil
	case !IsServer(address):
		return "", cli.Usage(errors.New("a journal is sqlite:PATH or postgres://HOST/DATABASE"))
	}
	_, err := url.Parse(address)
	switch {
	case err != nil: // whose text has the address
		return "", cli.Usage(errors.New("the journal's address is no URL"))
	case f.Journal != "" && HasPassword(address):
		return "", cli.Usage(errors.New(
			"--journal must not contain a password: set BARDGE_JOURNAL, PGPASSWORD or PGPASSFILE instead"))
	}
	return address, nil
}

// IsServer reports whether an address is one of PostgreSQL.
func IsServer(address string) bool {
	return strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://")
}

// HasPassword reports whether the driver finds a password in the address of a
// server. It reads addresses as libpq does, and not as package url: what comes
// before an "@" and the first "/" is the user and the password, even with a "?"
// in it, and a "#" means nothing.
func HasPassword(address string) bool {
	_, rest, _ := strings.Cut(address, "://")
	if at := strings.IndexAny(rest, "@/"); at >= 0 && rest[at] == '@' && strings.Contains(rest[:at], ":") {
		return true
	}
	_, query, _ := strings.Cut(rest, "?")
	for pair := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(pair, "=")
		plain, err := url.PathUnescape(name)
		if err != nil || strings.Contains(strings.ToLower(plain), "password") {
			return true
		}
	}
	return false
}
