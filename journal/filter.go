package journal

import "time"

// Filter selects records. The zero Filter matches all of them, up to
// DefaultLimit.
type Filter struct {
	// State is the records' state. Zero matches each.
	State State
	// Operation is the records' operation. Empty matches each.
	Operation string
	// OlderThan leaves out records whose intent is not older. Zero leaves out
	// none.
	OlderThan time.Duration
	// After leaves out records whose id does not come after it, for the next
	// page: the id of the last record of the page before. Adopt ignores it.
	After string
	// Limit is how many records are returned at most. Zero is DefaultLimit;
	// values above MaxLimit mean MaxLimit.
	Limit int
}

const (
	// DefaultLimit is the Limit of a Filter that has none.
	DefaultLimit = 100
	// MaxLimit is the largest Limit of a Filter.
	MaxLimit = 1000
)

// Page returns the filter's limit, with its default and maximum.
func (f Filter) Page() int {
	if f.Limit == 0 {
		return DefaultLimit
	}
	return min(max(f.Limit, 0), MaxLimit)
}

func (f Filter) matches(r Record) bool {
	return (f.Operation == "" || f.Operation == r.Operation) && (f.OlderThan == 0 || r.Age > f.OlderThan)
}
