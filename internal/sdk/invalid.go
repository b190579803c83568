package sdk

import (
	"errors"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/wire"
)

// Invalid returns why a call cannot be sent as an InvalidError.
func Invalid(err error) *idem.InvalidError {
	if p := (*wire.ParamError)(nil); errors.As(err, &p) {
		return &idem.InvalidError{Field: p.Name, Reason: p.Reason}
	}
	if i := (*idem.InvalidError)(nil); errors.As(err, &i) {
		return i
	}
	return &idem.InvalidError{Field: "body", Reason: "cannot be encoded as JSON"}
}
