package sandbox

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// Bend is a lasting difference of a sandbox from the contract; see [WithDrift].
// Its String is the text that [ParseBend] reads.
type Bend = fakeserver.Bend

// EveryOperation is the operation of a [Bend] of all operations.
const EveryOperation Operation = fakeserver.EveryOperation

// WithDrift bends the sandbox on purpose: it executes what it would execute
// anyway, and differs from the contract in how it responds, or in what it wants
// to be sent. With it a test shows what an integration does if the vendor's API
// differs from its pages. Operations without a bend respond as ever, byte for
// byte.
//
// Fields are named by their path: "tx_ref", "data[].id" in all items of a
// list, "data[0].id" in its first one. A path that begins with "error" is one in
// errors, all others are in successes. Bends apply in their order, and to stored
// responses as well. The ledger has the status that was sent, and the code of an
// error as it was before. [New] fails if the contract has no such operation,
// field or header.
func WithDrift(bends ...Bend) Option { return fakeserver.WithDrift(bends...) }

// ParseBend reads a bend from its text, such as
// "IssuePass: rename tx_ref reference" or "*: set-header Content-Type text/plain".
// The error of an unknown kind lists all kinds.
func ParseBend(text string) (Bend, error) { return fakeserver.ParseBend(text) }

// RenameField gives a field of responses another name.
func RenameField(op Operation, field, name string) Bend {
	return bend(op, fakeserver.BendRename, field, name)
}

// RemoveField leaves a field of responses out.
func RemoveField(op Operation, field string) Bend { return bend(op, fakeserver.BendRemove, field, "") }

// AddField adds a field that the contract does not have. Its value is encoded as
// JSON.
func AddField(op Operation, field string, value any) Bend {
	return bend(op, fakeserver.BendAdd, field, jsonText(value))
}

// SetField gives a field of responses a value, which is encoded as JSON: nil,
// an unknown value of an enumeration, another type tag, another error code.
func SetField(op Operation, field string, value any) Bend {
	return bend(op, fakeserver.BendSet, field, jsonText(value))
}

// RetypeField makes a field's value a "string", "number", "boolean", "object"
// or "list". A string holds the value's digits or JSON, an object and a list the
// value itself; a number is the text's, or 1.
func RetypeField(op Operation, field, jsonType string) Bend {
	return bend(op, fakeserver.BendRetype, field, jsonType)
}

// RetimeField gives a time another form: "seconds", "milliseconds",
// "microseconds", "iso" or "date".
func RetimeField(op Operation, field, unit string) Bend {
	return bend(op, fakeserver.BendTime, field, unit)
}

// RecaseField changes a field's text to "upper" or "lower" case.
func RecaseField(op Operation, field, letters string) Bend {
	return bend(op, fakeserver.BendCase, field, letters)
}

// WrapBody puts the object of a success inside another one, under a name.
func WrapBody(op Operation, name string) Bend { return bend(op, fakeserver.BendWrap, "", name) }

// UnwrapBody makes the value of a field the whole body: of "data" a list
// without its envelope, of "error" an error without.
func UnwrapBody(op Operation, field string) Bend { return bend(op, fakeserver.BendUnwrap, field, "") }

// EmptyBody leaves the body of a success out.
func EmptyBody(op Operation) Bend { return bend(op, fakeserver.BendEmpty, "", "") }

// ChangeStatus replaces a status, from 200 to 599, by another one. 204 has no
// body.
func ChangeStatus(op Operation, from, to int) Bend {
	return bend(op, fakeserver.BendStatus, strconv.Itoa(from), strconv.Itoa(to))
}

// RenameHeader gives a response header another name.
func RenameHeader(op Operation, header, name string) Bend {
	return bend(op, fakeserver.BendRenameHeader, header, name)
}

// RemoveHeader leaves a response header out.
func RemoveHeader(op Operation, header string) Bend {
	return bend(op, fakeserver.BendRemoveHeader, header, "")
}

// SetHeader gives a response header another value, where it is sent at all.
func SetHeader(op Operation, header, value string) Bend {
	return bend(op, fakeserver.BendSetHeader, header, value)
}

// ShiftDate sets the server's clock ahead in the header Date, or behind if by
// is negative.
func ShiftDate(op Operation, by time.Duration) Bend {
	return bend(op, fakeserver.BendDate, "", by.String())
}

// AddLatency makes responses take longer.
func AddLatency(op Operation, by time.Duration) Bend {
	return bend(op, fakeserver.BendLatency, "", by.String())
}

// MoveOperation serves an operation at another path below the base URL, with
// the same parameters: "/passes/{id}/partners". Its own path is unknown then.
func MoveOperation(op Operation, path string) Bend { return bend(op, fakeserver.BendMove, "", path) }

// RenameRequestField makes an operation take a field of its requests under
// another name, and ignore the contract's.
func RenameRequestField(op Operation, field, name string) Bend {
	return bend(op, fakeserver.BendRenameRequest, field, name)
}

// RefuseRequestField makes an operation reject requests with a field of the
// contract: 400, code validation_error.
func RefuseRequestField(op Operation, field string) Bend {
	return bend(op, fakeserver.BendRefuseRequest, field, "")
}

// RequireRequestField makes an operation reject requests without a field that
// the contract does not have: 400, code validation_error.
func RequireRequestField(op Operation, name string) Bend {
	return bend(op, fakeserver.BendRequireRequest, "", name)
}

func bend(op Operation, kind, subject, value string) Bend {
	return Bend{Operation: string(op), Kind: kind, Subject: subject, Value: value}
}

// jsonText returns a value's JSON, or a text that is none, which [New] reports.
func jsonText(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
