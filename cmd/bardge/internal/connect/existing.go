package connect

import (
	"context"
	"errors"
	"io/fs"
	"strings"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/journal/postgres"
	"github.com/bardge/bardge-go/journal/sqlite"
)

// OpenReadOnly opens an existing journal for reading: nothing of it is changed.
func (f *Flags) OpenReadOnly(ctx context.Context) (Journal, error) {
	return f.openExisting(ctx, []sqlite.Option{sqlite.ReadOnly()}, []postgres.Option{postgres.ReadOnly()})
}

func (f *Flags) openExisting(ctx context.Context, file []sqlite.Option, server []postgres.Option) (Journal, error) {
	path, dsn, err := f.place()
	switch {
	case err != nil:
		return nil, err
	case path != "":
		j, err := sqlite.Open(path, file...)
		if err != nil {
			return nil, f.missing(err)
		}
		return j, nil
	}
	j, err := postgres.Open(ctx, dsn, append(server, f.schema()...)...)
	if err != nil {
		return nil, f.missing(err)
	}
	return j, nil
}

// IsMissing reports whether there is no journal at the address.
func IsMissing(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// missing gives advice where there is no journal.
func (f *Flags) missing(err error) error {
	if !IsMissing(err) {
		return err
	}
	return cli.Advise(err, cli.Advice{
		Next:    "The programs that use a journal make it. To make one now:",
		Command: f.JournalCommand("migrate", "", "--create"),
	})
}

// place returns the path of a file, or the DSN of a server.
func (f *Flags) place() (path, dsn string, err error) {
	address, err := f.journalAddress()
	if err != nil {
		return "", "", err
	}
	if path, ok := strings.CutPrefix(address, "sqlite:"); ok {
		return path, "", nil
	}
	return "", address, nil
}

func (f *Flags) schema() []postgres.Option {
	if f.Schema == "" {
		return nil
	}
	return []postgres.Option{postgres.WithSchema(f.Schema)}
}

// Health is what a check of a journal's tables shows.
type Health struct {
	// Store is "sqlite" or "postgres".
	Store string `json:"store"`
	// Version is the version of the tables, CompatibleFrom the oldest one whose
	// programs may use them, Latest the one that this program makes.
	Version        int `json:"version"`
	CompatibleFrom int `json:"compatible_from"`
	Latest         int `json:"latest"`
	// Problems are descriptions of damage, and of settings that may lose
	// commits.
	Problems []string `json:"problems"`
}

// Check checks the tables of a journal, and changes nothing. A journal with
// problems is no error. Quick skips the indexes of a file.
func (f *Flags) Check(ctx context.Context, quick bool) (Health, error) {
	path, dsn, err := f.place()
	if err != nil {
		return Health{}, err
	}
	h := Health{Store: "postgres", Problems: []string{}}
	if path != "" {
		var opts []sqlite.CheckOption
		if quick {
			opts = append(opts, sqlite.Quick())
		}
		found, err := sqlite.Check(ctx, path, opts...)
		h.Store, h.Version, h.CompatibleFrom, h.Latest = "sqlite", found.Version, found.CompatibleFrom, found.Latest
		h.Problems = append(h.Problems, found.Problems...)
		return h, f.missing(h.explained(err))
	}
	found, err := postgres.Check(ctx, dsn, f.schema()...)
	h.Version, h.CompatibleFrom, h.Latest = found.Version, found.CompatibleFrom, found.Latest
	h.Problems = append(h.Problems, found.Problems...)
	return h, f.missing(h.explained(err))
}

// explained drops an error that the problems describe.
func (h Health) explained(err error) error {
	described := errors.Is(err, journal.CauseCorrupt) || errors.Is(err, journal.CauseNotDurable)
	if len(h.Problems) > 0 && described {
		return nil
	}
	return err
}

// Migrate brings the tables of a journal to the latest version; with create, it
// makes a journal where there is none.
func (f *Flags) Migrate(ctx context.Context, create bool) error {
	path, dsn, err := f.place()
	if err != nil {
		return err
	}
	if path == "" {
		return postgres.Migrate(ctx, dsn, f.schema()...)
	}
	opts := []sqlite.Option{sqlite.WithRetention(sqlite.Forever)}
	if !create {
		opts = append(opts, sqlite.MustExist())
	}
	j, err := sqlite.Open(path, opts...)
	if err != nil {
		return f.missing(err)
	}
	return j.Close()
}
