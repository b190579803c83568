package calls

import (
	"errors"
	"fmt"
	"time"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/idem"
)

// idempotencyKey returns the key that the flags name; zero if they name none.
func (f *flags) idempotencyKey() (idem.Key, error) {
	switch {
	case f.ref != "" && (f.key != "" || f.sentKey != ""):
		return idem.Key{}, cli.Usage(errors.New("--ref chooses the key: give either a ref or a key"))
	case f.key != "" && f.sentKey != "":
		return idem.Key{}, cli.Usage(errors.New("a key was either sent or not: give --key or --sent-key"))
	case f.sentAt != "" && f.sentKey == "":
		return idem.Key{}, cli.Usage(errors.New("--sent-at needs --sent-key"))
	case f.key != "":
		return idem.UnsentKey(f.key)
	case f.sentKey == "":
		return idem.Key{}, nil
	}
	since, err := f.sentSince()
	if err != nil {
		return idem.Key{}, err
	}
	key, err := idem.SentKey(f.sentKey, since)
	if err != nil {
		return idem.Key{}, cli.Usage(fmt.Errorf("%w (with --sent-at)", err))
	}
	return key, nil
}

// sentSince returns the time of --sent-at; zero if it is not given.
func (f *flags) sentSince() (time.Time, error) {
	if f.sentAt == "" {
		return time.Time{}, nil
	}
	since, err := time.Parse(time.RFC3339Nano, f.sentAt)
	if err != nil {
		return time.Time{}, cli.Usage(errors.New("--sent-at wants a time such as 2026-05-10T14:00:00Z"))
	}
	if since.After(time.Now()) {
		return time.Time{}, cli.Usage(errors.New("--sent-at is in the future"))
	}
	return since, nil
}
