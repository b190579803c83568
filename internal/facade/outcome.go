package facade

import (
	"errors"
	"time"

	"github.com/bardge/bardge-go/idem"
)

// CanRepeat reports whether repeating a call that ended so is safe now. With its ref it
// always is: the journal sends nothing a second time that may not be (J16). A ref that
// belongs to another request is no ref of this call.
func CanRepeat(o idem.Outcome, class idem.Class, safeUntil time.Time, ref string, err error) bool {
	switch {
	case ref != "":
		return !errors.Is(err, idem.ErrRefReused)
	case o == idem.OutcomeNotSent, o == idem.OutcomeRejected, class == idem.Read, class == idem.Convergent:
		return true
	case class == idem.Keyed:
		return time.Now().Before(safeUntil)
	default:
		return false
	}
}
