package facade

import (
	"time"

	"github.com/bardge/bardge-go/idem"
)

// CanRepeat reports whether repeating a call that ended so is safe now.
func CanRepeat(o idem.Outcome, class idem.Class, safeUntil time.Time) bool {
	switch {
	case o == idem.OutcomeNotSent, o == idem.OutcomeRejected, class == idem.Read, class == idem.Convergent:
		return true
	case class == idem.Keyed:
		return time.Now().Before(safeUntil)
	default:
		return false
	}
}
