package sandbox

import (
	"net/http"
	"slices"

	"github.com/bardge/bardge-go/internal/wire"
)

type table[T any] struct {
	byID map[string]*T
	all  []*T
}

func newTable[T any]() *table[T] { return &table[T]{byID: map[string]*T{}} }

func (t *table[T]) add(id string, item *T) {
	t.byID[id] = item
	t.all = append(t.all, item)
}

// views returns the matching items as clients see them, newest first.
func views[T, V any](t *table[T], passes func(*T) bool, view func(*T) V) []V {
	values := make([]V, 0, len(t.all))
	for _, item := range slices.Backward(t.all) {
		if passes(item) {
			values = append(values, view(item))
		}
	}
	return values
}

func every[T any](*T) bool { return true }

const defaultLimit = 10 // documented

// window is the requested part of a list: the items after or before one of
// them, and their maximum number. The generated code has checked that only one
// cursor is given, and the limit's bounds.
type window struct {
	after, before string
	limit         int // 0: defaultLimit
}

// cut returns the page's range in a list of n items. It refuses an unknown
// cursor.
func (w window) cut(n int, find func(id string) int) (from, to int, more bool, err error) {
	limit := w.limit
	if limit == 0 {
		limit = defaultLimit
	}
	if w.before != "" {
		to = find(w.before)
		if to < 0 {
			return 0, 0, false, invalid("ending_before", "is no id in this list")
		}
		from = max(to-limit, 0)
		return from, to, from > 0, nil
	}
	if w.after != "" {
		from = find(w.after) + 1
		if from == 0 {
			return 0, 0, false, invalid("starting_after", "is no id in this list")
		}
	}
	to = min(from+limit, n)
	return from, to, to < n, nil
}

// page cuts a page out of a whole list.
func page[T any](r *http.Request, all []T, id func(T) string, at window, message string) (*wire.List[T], error) {
	from, to, more, err := at.cut(len(all), func(wanted string) int {
		return slices.IndexFunc(all, func(item T) bool { return id(item) == wanted })
	})
	if err != nil {
		return nil, err
	}
	return listOf(r, all[from:to], more, message), nil
}

func listOf[T any](r *http.Request, data []T, more bool, message string) *wire.List[T] {
	return &wire.List[T]{Object: "list", Data: data, HasMore: more, URL: r.URL.Path, Message: message}
}
