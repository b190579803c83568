package idem

// recoveryRound notices when everything that is due has come up once. What a
// pass puts back at once comes up again, behind all that was due before: the
// round ends when that happens. It remembers one batch, and a later one after
// twice as many records, in case other recoverers hold the first.
type recoveryRound struct {
	// later: the round began when something that was put back for a time became
	// due. In the first round, what was recovered in this pass comes behind all
	// that was due when the pass began.
	later bool

	marks      map[uint64]struct{} // hashes of ids
	seen, next int                 // records that were put back, and how many replace the marks
}

// ends is given what a batch held that was put back at once, and whether some
// of it was recovered in this pass. It reports whether the round is over.
func (r *recoveryRound) ends(again []uint64, recovered bool) bool {
	if len(again) == 0 || recovered && !r.later {
		return true
	}
	for _, id := range again {
		if _, marked := r.marks[id]; marked {
			return true
		}
	}
	if r.seen += len(again); r.seen >= r.next {
		r.mark(again)
	}
	return false
}

func (r *recoveryRound) mark(ids []uint64) {
	r.marks, r.next = make(map[uint64]struct{}, len(ids)), 2*r.seen
	for _, id := range ids {
		r.marks[id] = struct{}{}
	}
}
