package idem

import "slices"

// recoveryRound notices when everything that is due has come up once. What a
// pass puts back at once comes up again, behind all that was due before: the
// round ends when that happens. It remembers one batch, and a later one after
// twice as many records, in case other recoverers hold the first.
type recoveryRound struct {
	// later: the round began when something that was put back for a time became
	// due. In the first round, what was recovered in this pass comes behind all
	// that was due when the pass began.
	later bool

	marks      []uint64 // hashes of ids
	seen, next int      // records that were put back, and how many replace the marks
}

// ends reports whether the round is over, after a batch in which these were put
// back at once, and whether some of it was recovered in this pass.
func (r *recoveryRound) ends(again []uint64, recovered bool) bool {
	if len(again) == 0 || recovered && !r.later {
		return true
	}
	if slices.ContainsFunc(again, func(id uint64) bool { return slices.Contains(r.marks, id) }) {
		return true
	}
	if r.seen += len(again); r.seen >= r.next {
		r.marks, r.next = again, 2*r.seen
	}
	return false
}
