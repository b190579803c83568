package bardge

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/wire"
)

// List is one page of a list (documented: page "Pagination").
type List[T any] struct {
	// Object is the type tag, always "list".
	Object string `json:"object,omitzero"`
	// Data is the page, newest first unless the endpoint says otherwise.
	Data []T `json:"data"`
	// HasMore reports whether another page follows.
	HasMore bool `json:"has_more"`
	// URL is the path of the list, without a host.
	URL string `json:"url,omitzero"`
	// Message is meant for people; not always there.
	Message string `json:"message,omitzero"`
}

// readPage reads a list, and each of its values with read.
func readPage[T any](r *wire.Reader, v *List[T], read func(*wire.Reader, *T)) {
	wire.ReadPage(r, (*wire.List[T])(v), read)
}

// errNoProgress ends a pagination over a list that does not advance.
var errNoProgress = errors.New("the list says that it has more, and does not advance")

// paginate yields every item of a list from start on, each page read when it is
// needed. It ends after the first error, which it yields with a nil item. A list
// that changes meanwhile is read as it is found. Where items were left out of a
// page, an error comes after all others.
func paginate[T any](
	op gen.OperationID, start, before string, page func(cursor string) (*List[T], *Response, error), id func(*T) string,
) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		if before != "" {
			yield(nil, newError(op.Operation(), &idem.Result{Outcome: OutcomeNotSent, Err: &InvalidError{
				Field: "ending_before", Reason: "is not taken where the whole list is walked",
			}}))
			return
		}
		var incomplete error
		seen := map[string]bool{}
		for cursor := start; ; {
			seen[cursor] = true
			list, resp, err := page(cursor)
			if err != nil {
				yield(nil, err)
				return
			}
			incomplete = cmp.Or(incomplete, checkWhole(op, resp))
			if !yieldPage(list, yield) {
				return
			}
			if !list.HasMore {
				break
			}
			if cursor = lastID(list, id); cursor == "" || seen[cursor] {
				yield(nil, listError(op, resp, errNoProgress))
				return
			}
		}
		if incomplete != nil {
			yield(nil, incomplete)
		}
	}
}

// yieldPage yields the items of one page, and reports whether more are wanted.
func yieldPage[T any](list *List[T], yield func(*T, error) bool) bool {
	for i := range list.Data {
		if !yield(&list.Data[i], nil) {
			return false
		}
	}
	return true
}

func lastID[T any](list *List[T], id func(*T) string) string {
	if len(list.Data) == 0 {
		return ""
	}
	return id(&list.Data[len(list.Data)-1])
}

// checkWhole fails if items were left out of the page that resp brought.
func checkWhole(op gen.OperationID, resp *Response) error {
	var left []string
	for _, path := range resp.Drift {
		if strings.HasPrefix(path, "data[") && strings.IndexByte(path, ']') == len(path)-1 || path == "..." {
			left = append(left, path)
		}
	}
	if left == nil {
		return nil
	}
	return listError(op, resp, fmt.Errorf("%w: items were left out: %s", ErrResponseIncomplete, strings.Join(left, ", ")))
}

// listError is an error of a list whose page was read.
func listError(op gen.OperationID, resp *Response, err error) error {
	return &Error{Operation: string(op), Outcome: OutcomeDone, Response: resp, Err: err}
}
