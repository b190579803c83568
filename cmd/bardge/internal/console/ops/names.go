package ops

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strings"

	"github.com/bardge/bardge-go/cmd/bardge/internal/console/web"
	"github.com/bardge/bardge-go/cmd/bardge/internal/journalcmd"
	"github.com/bardge/bardge-go/journal"
)

// The id of an operation without a ref is its key, which no page shows in full:
// also not in an address, which a browser remembers. There the key's beginning
// with a digest of the id names it.
var keyPrefix = journal.KeyID("")

const digestMark = "~"

// nameOf returns what names an operation in addresses.
func nameOf(id string) string {
	key, ok := strings.CutPrefix(id, keyPrefix)
	if !ok {
		return id
	}
	return keyPrefix + begin(key) + digestMark + digest(id)
}

func begin(key string) string { return strings.TrimSuffix(web.ShortKey(key), "…") }

func digest(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:8])
}

// address returns the address of a page of an operation.
func address(path, id string) string { return path + "?" + url.Values{"id": {nameOf(id)}}.Encode() }

// find returns the operation that an address names.
func (p *pages) find(ctx context.Context, name string) (*journalcmd.Entry, error) {
	if name == "" {
		return nil, web.Invalid("The address names no operation.")
	}
	if strings.HasPrefix(name, keyPrefix) {
		id, err := p.findKey(ctx, name)
		if err != nil {
			return nil, err
		}
		name = id
	}
	e, err := p.book.Show(ctx, name)
	return e, shown(err)
}

// findKey returns the id that a name stands for. The journal lists ids in order,
// so that it is among the first after the key's beginning.
func (p *pages) findKey(ctx context.Context, name string) (string, error) {
	start, want, ok := cutLast(name, digestMark)
	for f := (journal.Filter{After: start, Limit: journal.MaxLimit}); ok; {
		page, err := p.book.List(ctx, f)
		if err != nil {
			return "", err
		}
		for _, e := range page {
			if !strings.HasPrefix(e.ID, start) {
				return "", notFound()
			}
			if digest(e.ID) == want {
				return e.ID, nil
			}
		}
		if ok = len(page) == f.Limit; ok {
			f.After = page[len(page)-1].ID
		}
	}
	return "", notFound()
}

func cutLast(s, mark string) (before, after string, ok bool) {
	i := strings.LastIndex(s, mark)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(mark):], true
}

func notFound() error {
	err := web.NotFound("The journal has no such operation, or has forgotten it after its retention.")
	err.Back, err.BackText = listPath, "All open operations"
	return err
}
