package bardge

import (
	"errors"
	"iter"

	"github.com/bardge/bardge-go/wire"
)

// List is one page of a list. Lists are newest first unless the endpoint says
// otherwise; HasMore tells that another page follows (documented: page
// "Pagination").
type List[T any] = wire.List[T]

// errStuck ends a walk over a list that does not advance.
var errStuck = errors.New("bardge: the list says that it has more, and does not advance")

// walk yields every item of a list, page by page, each page read by page when
// it is needed. It ends after the first error, which it yields with a nil item.
// A list that changes meanwhile is read as it is found.
func walk[T any](cursor, before string, page func(cursor string) (*List[T], error), id func(*T) string) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		if before != "" {
			yield(nil, &InvalidError{Field: "ending_before", Reason: "is not taken where the whole list is walked"})
			return
		}
		for {
			list, err := page(cursor)
			if err != nil {
				yield(nil, err)
				return
			}
			for i := range list.Data {
				if !yield(&list.Data[i], nil) {
					return
				}
			}
			if !list.HasMore {
				return
			}
			next := lastID(list, id)
			if next == "" || next == cursor {
				yield(nil, errStuck)
				return
			}
			cursor = next
		}
	}
}

func lastID[T any](list *List[T], id func(*T) string) string {
	if len(list.Data) == 0 {
		return ""
	}
	return id(&list.Data[len(list.Data)-1])
}

// firstOf leaves out the response, which a walk has no place for.
func firstOf[T any](list *List[T], _ *Response, err error) (*List[T], error) { return list, err }
