package sdk

import (
	"errors"
	"time"

	"github.com/bardge/bardge-go/idem"
)

// CanRepeat reports whether repeating a call that ended so is safe now. With its ref it
// always is: the journal sends nothing a second time that may not be (J16). That is not so
// of a call that the SDK refuses as it is, and of a ref of another request.
func CanRepeat(o idem.Outcome, class idem.Class, safeUntil time.Time, ref string, err error) bool {
	var invalid *idem.InvalidError
	switch {
	case ref != "" && !errors.Is(err, idem.ErrRefReused) && !errors.As(err, &invalid):
		return true
	case o == idem.OutcomeNotSent, o == idem.OutcomeRejected, class == idem.Safe, class == idem.Idempotent:
		return true
	case class == idem.Keyed:
		return time.Now().Before(safeUntil)
	default:
		return false
	}
}
