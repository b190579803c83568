package ops

import (
	"context"

	"github.com/bardge/bardge-go/cmd/bardge/internal/journalcmd"
	"github.com/bardge/bardge-go/journal"
)

const (
	pageSize = 50
	// maxScan is how many records one request reads where the filter has parts
	// that the journal does not know. The next page goes on after them.
	maxScan = 20_000
)

// found is one page of the list.
type found struct {
	entries []*journalcmd.Entry
	// next is after which id the next page begins; empty: this is the last.
	next string
	// cut: maxScan ended the search, so that the page may have fewer than
	// pageSize.
	cut bool
}

// search reads the records of one page: one query where the journal applies the
// filter, else one for each thousand records.
func search(ctx context.Context, book Book, f filter) (found, error) {
	in := f.journal()
	in.Limit = pageSize + 1 // which shows whether there are more
	if !f.inJournal() {
		in.Limit = journal.MaxLimit
	}
	var out found
	for read := 0; ; {
		page, err := book.List(ctx, in)
		if err != nil {
			return out, err
		}
		read += len(page)
		for _, e := range page {
			if !f.matches(e) {
				continue
			}
			if len(out.entries) == pageSize {
				out.next = out.entries[pageSize-1].ID
				return out, nil
			}
			out.entries = append(out.entries, e)
		}
		if len(page) < in.Limit {
			return out, nil
		}
		in.After = page[len(page)-1].ID
		if read >= maxScan {
			out.next, out.cut = in.After, true
			return out, nil
		}
	}
}
