package bardge

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"strings"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/wire"
)

// List is one page of a list (documented: page "Pagination").
type List[T any] struct {
	Object  string `json:"object,omitzero"`  // the type tag, always "list"
	Data    []T    `json:"data"`             // newest first unless the endpoint's documentation differs
	HasMore bool   `json:"has_more"`         // whether another page follows
	URL     string `json:"url,omitzero"`     // the path of the list, without a host
	Message string `json:"message,omitzero"` // meant for people; not always there
}

func readPage[T any](r *wire.Reader, v *List[T], of *wire.Type, read func(*wire.Reader, *T)) {
	wire.ReadPage(r, (*wire.List[T])(v), of, read)
}

// errNoProgress ends a pagination over a list that does not advance.
var errNoProgress = errors.New("the list says that it has more, and does not advance")

type pageParams[P, T any] interface {
	operation() gen.OperationID
	cursors() (after, before string)
	startingAfter(id string) P
	idOf(item *T) string
}

// paginate yields every item of a list from params on, reading pages as needed.
// It ends after the first error, yielded with a nil item. Changes of the list
// meanwhile are not noticed. Left-out items are reported after all others.
func paginate[P pageParams[P, T], T any](
	ctx context.Context, params P, read pageReader[P, T], opts []CallOption,
) iter.Seq2[*T, error] {
	op := params.operation()
	cursor, before := params.cursors()
	return func(yield func(*T, error) bool) {
		if before != "" {
			yield(nil, newError(string(op), idem.Safe, &idem.Result{Outcome: OutcomeNotSent, Err: &InvalidError{
				Field: "ending_before", Reason: "is not taken where the whole list is walked",
			}}))
			return
		}
		var incomplete error
		seen := map[string]bool{}
		for next := cursor; ; {
			seen[next] = true
			list, resp, err := read(ctx, params.startingAfter(next), opts...)
			if err != nil {
				yield(nil, err)
				return
			}
			incomplete = cmp.Or(incomplete, checkWhole(op, resp))
			next = ""
			for i := range list.Data {
				next = params.idOf(&list.Data[i])
				if !yield(&list.Data[i], nil) {
					return
				}
			}
			switch {
			case !list.HasMore && incomplete != nil:
				yield(nil, incomplete)
				return
			case !list.HasMore:
				return
			case next == "" || seen[next]:
				yield(nil, listError(op, resp, errNoProgress))
				return
			}
		}
	}
}

type pageReader[P, T any] = func(context.Context, P, ...CallOption) (*List[T], *Response, error)

// of binds a list's first parameter, such as a client's id.
func of[P, T any](
	list func(context.Context, string, P, ...CallOption) (*List[T], *Response, error), id string,
) pageReader[P, T] {
	return func(ctx context.Context, params P, opts ...CallOption) (*List[T], *Response, error) {
		return list(ctx, id, params, opts...)
	}
}

// checkWhole fails if items were left out of the page in resp.
func checkWhole(op gen.OperationID, resp *Response) error {
	var left []string
	for _, d := range resp.Drift {
		ofPage := strings.HasPrefix(d.Path, "data[") && strings.IndexByte(d.Path, ']') == len(d.Path)-1
		if d.Kind == DriftItem && (ofPage || d.Path == "...") {
			left = append(left, d.Path)
		}
	}
	if left == nil {
		return nil
	}
	err := fmt.Errorf("%w: items were left out: %s", ErrResponseIncomplete, strings.Join(left, ", "))
	return listError(op, resp, err)
}

func listError(op gen.OperationID, resp *Response, err error) error {
	return &Error{Operation: string(op), Outcome: OutcomeDone, Response: resp, Err: err}
}

// Collect returns all items of a sequence, such as [ClassesService.All] or
// [Client.Recover]. At the first error it stops, with what came before.
func Collect[T any](seq iter.Seq2[T, error]) ([]T, error) {
	return First(seq, math.MaxInt)
}

// First returns the first n items of a sequence, or all if it has fewer, and
// requests no page that is not needed. At the first error it stops, and returns
// what came before it. A negative n is an *[InvalidError].
func First[T any](seq iter.Seq2[T, error], n int) ([]T, error) {
	if n < 0 {
		return nil, &InvalidError{Field: "n", Reason: "is negative"}
	}
	if n == 0 {
		return nil, nil
	}
	var some []T
	for item, err := range seq {
		if err != nil {
			return some, err
		}
		if some = append(some, item); len(some) == n {
			break
		}
	}
	return some, nil
}
