package idem

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

func TestR11_Fold(t *testing.T) {
	const u, n, r, d = OutcomeUnknown, OutcomeNotSent, OutcomeRejected, OutcomeDone
	rows := map[Verdict][4]Outcome{ // what becomes of unknown, not sent, rejected, done
		VerdictNothingSent:    {u, n, r, d},
		VerdictAmbiguous:      {u, u, u, d},
		VerdictRejected:       {u, r, r, d},
		VerdictKeyReused:      {u, r, r, d},
		VerdictRejectedStored: {r, r, r, d},
		VerdictDone:           {d, d, d, d},
		VerdictResponseLost:   {d, d, d, d},
		VerdictAlreadyApplied: {d, d, d, d},
	}
	for v, want := range rows {
		for i, known := range []Outcome{u, n, r, d} {
			assert.Equal(t, want[i], fold(known, v), "%s after %s", v, known)
		}
	}
}

// truth is a server under one key, known to the test alone: it stores the first
// answer that comes from behind the idempotency layer.
type truth struct {
	executed bool
	refused  bool // stored
}

// attempt lets one attempt happen by the server's rules and returns a verdict
// that a client may draw from it.
func (s *truth) attempt(t *rapid.T) Verdict {
	switch rapid.SampledFrom([]string{"no connection", "refused before the layer", "arrives"}).Draw(t, "way") {
	case "no connection":
		return VerdictNothingSent
	case "refused before the layer":
		if rapid.Bool().Draw(t, "heard") {
			return VerdictRejected
		}
		return VerdictAmbiguous
	}
	replay := s.executed || s.refused
	if !replay {
		s.executed = rapid.Bool().Draw(t, "accepted")
		s.refused = !s.executed
	}
	if !rapid.Bool().Draw(t, "heard") {
		return VerdictAmbiguous
	}
	switch {
	case s.executed && rapid.Bool().Draw(t, "cut"):
		return VerdictResponseLost
	case s.executed:
		return VerdictDone
	case replay:
		return VerdictRejectedStored
	default:
		return VerdictRejected
	}
}

// TestR11_FoldNeverLies drives random sequences of attempts through fold
// against a server whose truth is known.
func TestR11_FoldNeverLies(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var server truth
		known := OutcomeNotSent
		sent := false
		for range rapid.IntRange(1, 8).Draw(t, "attempts") {
			v := server.attempt(t)
			sent = sent || v != VerdictNothingSent
			known = fold(known, v)
			switch known {
			case OutcomeDone:
				assert.True(t, server.executed, "done, and not executed")
			case OutcomeRejected:
				assert.False(t, server.executed, "rejected, and executed")
			case OutcomeNotSent:
				assert.False(t, sent, "not sent, and sent")
			}
		}
	})
}
