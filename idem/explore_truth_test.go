package idem

import "math/bits"

// serverState is one possible course of the server: how often it has executed the
// operation (at most two are counted), whether an earlier request may still
// arrive, what it has stored under the key, and whether it remembers keys.
type serverState struct {
	executed int
	late     bool
	stored   int // nothing, the execution, or a rejection
	memory   bool
}

const (
	storedNothing = iota
	storedExecution
	storedRejection
)

// truths is a set of them, one bit each.
type truths uint64

const allTruths = 3 * 2 * 3 * 2

func (w serverState) bit() truths {
	n := w.executed*12 + w.stored*4
	if w.late {
		n += 2
	}
	if w.memory {
		n++
	}
	return 1 << n
}

var stateOf = func() (all [allTruths]serverState) {
	for n := range all {
		all[n] = serverState{executed: n / 12, stored: n / 4 % 3, late: n>>1&1 == 1, memory: n&1 == 1}
	}
	return all
}()

// each is the union of what f makes of each truth.
func (s truths) each(f func(serverState) truths) (union truths) {
	for rest := uint64(s); rest != 0; rest &= rest - 1 {
		union |= f(stateOf[bits.TrailingZeros64(rest)])
	}
	return union
}

func (s truths) every(is func(serverState) bool) bool {
	return s.each(func(w serverState) truths {
		if is(w) {
			return 0
		}
		return 1
	}) == 0
}

// startTruths is what a call may find: a server that remembers keys is assumed
// for keyed operations alone (A4).
func startTruths(class Class) truths {
	switch class {
	case Keyed:
		return serverState{memory: true}.bit()
	case KeyUnverified:
		return serverState{memory: true}.bit() | serverState{}.bit()
	default:
		return serverState{}.bit()
	}
}

// harmless: executing the operation again has no further effect.
func harmless(class Class) bool { return class == Safe || class == Idempotent }

func (w serverState) execute(class Class) serverState {
	w.executed++
	if w.executed > 2 || w.executed > 1 && harmless(class) {
		w.executed--
	}
	if w.memory {
		w.stored = storedExecution
	}
	return w
}

// remembers: each further request under the key gets the stored response.
func (w serverState) remembers() bool { return w.memory && w.stored != storedNothing }

func (w serverState) refuse() truths {
	all := w.bit()
	if w.memory && w.stored == storedNothing {
		w.stored = storedRejection
		all |= w.bit()
	}
	return all
}

// process is what the server may do with a request that it gets.
func (w serverState) process(class Class) truths {
	if w.remembers() {
		return w.bit()
	}
	return w.execute(class).bit() | w.refuse()
}

// arrivals adds what a request that was given up may still do, at any time.
func (s truths) arrivals(class Class) truths {
	return s.each(func(w serverState) truths {
		if w.late {
			return w.bit() | w.process(class)
		}
		return w.bit()
	})
}

// after is what may be true once an attempt has brought this row's response, by
// what the table in docs/retries.md and the assumptions A1 to A8 say of it. No
// truth means that no server that keeps to them gives this response.
func (s truths) after(r row, class Class, marked bool) truths {
	s = s.arrivals(class)
	if r == rowExists {
		s = s.each(func(w serverState) truths {
			if !w.memory || w.stored != storedExecution {
				return 0
			}
			return w.bit()
		})
	}
	if marked { // without a key, nothing is stored
		s = s.each(func(w serverState) truths {
			if !w.memory {
				return 0
			}
			return w.bit()
		})
	}
	s = s.each(func(w serverState) truths { return w.after(r, class) })
	return s.arrivals(class)
}

func (w serverState) after(r row, class Class) truths {
	switch r {
	case rowUntried, rowNoConn, rowDialFailed, rowNoByte:
		return w.bit()
	case rowExists:
		return w.bit()
	case rowDone, rowLost:
		if w.remembers() && w.stored == storedRejection {
			return 0
		}
		if w.remembers() {
			return w.bit()
		}
		return w.execute(class).bit()
	case rowAlready:
		w.executed = 1
		return w.bit()
	case rowStored400:
		if w.stored == storedExecution || !w.memory {
			return 0
		}
		w.stored = storedRejection
		return w.bit()
	case rowKeyReused, rowSlowDown, rowByStatus, rowRefused:
		return w.refuse()
	default:
		return w.ambiguous(r, class)
	}
}

// ambiguous: the request may have been executed, arrive later, or never arrive.
// A server for which NoRetryOn500 is set may forget the key with its 500.
func (w serverState) ambiguous(r row, class Class) truths {
	given := w
	given.late = true
	all := w.bit() | given.bit() | w.process(class)
	all |= all.each(func(w serverState) truths { w.late = true; return w.bit() })
	if r == rowFinal500 {
		all |= all.each(func(w serverState) truths { w.memory, w.stored = false, storedNothing; return w.bit() })
	}
	return all
}

// afterForeign is what may be true once the server has reported that a request
// was executed under the key, perhaps another program's with the same purpose.
func (s truths) afterForeign(class Class) truths {
	return s.each(func(w serverState) truths {
		if w.executed > 0 {
			return w.bit()
		}
		return w.bit() | w.execute(class).bit()
	})
}

func (w serverState) mayStillExecute() bool { return w.late && !w.remembers() }

// proven is the strongest outcome that holds in every possible truth.
func (s truths) proven(sent bool) Outcome {
	switch {
	case s.every(func(w serverState) bool { return w.executed > 0 }):
		return OutcomeDone
	case !s.every(func(w serverState) bool { return w.executed == 0 && !w.mayStillExecute() }):
		return OutcomeUnknown
	case sent:
		return OutcomeRejected
	default:
		return OutcomeNotSent
	}
}

// repeatable: in no possible truth does another request execute the operation
// twice.
func (s truths) repeatable(class Class) bool {
	next := s.arrivals(class).each(func(w serverState) truths { return w.process(class) }).arrivals(class)
	return next.every(func(w serverState) bool { return w.executed < 2 })
}
