package sandbox

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/bardge/bardge-go/wire"
)

// counters make ids that are the same in each run: "booking_0001", "booking_0002".
type counters map[string]int

func (c counters) next(prefix string) string {
	c[prefix]++
	return fmt.Sprintf("%s_%04d", prefix, c[prefix])
}

// table holds resources of one kind by their ids, in the order in which they were made.
type table[T any] struct {
	byID map[string]*T
	all  []*T
}

func newTable[T any]() *table[T] { return &table[T]{byID: map[string]*T{}} }

func (t *table[T]) add(id string, item *T) {
	t.byID[id] = item
	t.all = append(t.all, item)
}

// told returns what clients see of the items that pass, newest first.
func told[T, V any](t *table[T], passes func(*T) bool, tell func(*T) V) []V {
	values := make([]V, 0, len(t.all))
	for _, item := range slices.Backward(t.all) {
		if passes(item) {
			values = append(values, tell(item))
		}
	}
	return values
}

func every[T any](*T) bool { return true }

const defaultLimit = 10 // documented

// window is what a client asks of a list: the items after or before one of them, and how many at most. That only one
// of the cursors is given, and the bounds of the limit, were checked on the way in.
type window struct {
	after, before string
	limit         int // 0: defaultLimit
}

// page cuts a page out of a whole list. A cursor that is not in the list is refused.
func page[T any](r *http.Request, all []T, id func(T) string, at window, message string) (*wire.List[T], error) {
	limit := at.limit
	if limit == 0 {
		limit = defaultLimit
	}
	find := func(name, cursor string) (int, error) {
		place := slices.IndexFunc(all, func(item T) bool { return id(item) == cursor })
		if place < 0 {
			return 0, invalid(name, "is no id in this list")
		}
		return place, nil
	}
	from, to := 0, min(limit, len(all))
	more := len(all) > limit
	switch {
	case at.after != "":
		place, err := find("starting_after", at.after)
		if err != nil {
			return nil, err
		}
		from = place + 1
		to = min(from+limit, len(all))
		more = to < len(all)
	case at.before != "":
		place, err := find("ending_before", at.before)
		if err != nil {
			return nil, err
		}
		to = place
		from = max(to-limit, 0)
		more = from > 0
	}
	return &wire.List[T]{
		Object: "list", Data: all[from:to], HasMore: more, URL: r.URL.Path, Message: message,
	}, nil
}
