package sdk

import (
	"fmt"
	"strconv"

	"github.com/bardge/bardge-go/idem"
)

// CallOption is one option of a call, as a value that can be compared: a caller's fake
// compares the options that it is given. It prints no value, since a header or a field
// may hold anything.
type CallOption struct {
	kind        optionKind
	name, value string // value of a field: its JSON, or the reason why there is none
	key         idem.Key
	number      int
	reservation *reservation
}

type optionKind uint8

const (
	optionKey optionKind = iota
	optionRef
	optionMaxAttempts
	optionHeader
	optionToken
	optionField
	optionBadField
	optionReserve
)

// KeyOption gives the call its idempotency key.
func KeyOption(k idem.Key) CallOption { return CallOption{kind: optionKey, key: k} }

// RefOption gives the call its ref.
func RefOption(ref string) CallOption { return CallOption{kind: optionRef, value: ref} }

// MaxAttemptsOption bounds the call's attempts.
func MaxAttemptsOption(n int) CallOption { return CallOption{kind: optionMaxAttempts, number: n} }

// HeaderOption sends a header of the caller's.
func HeaderOption(name, value string) CallOption {
	return CallOption{kind: optionHeader, name: name, value: value}
}

// TokenOption sends a lookup token in a header of the SDK's.
func TokenOption(header, token string) CallOption {
	return CallOption{kind: optionToken, name: header, value: token}
}

// FieldOption adds a field to the body. Its value is encoded now, as encode does.
func FieldOption(name string, value any, encode func(any) ([]byte, error)) CallOption {
	f, bad := NewField(name, value, encode)
	if bad != nil {
		return CallOption{kind: optionBadField, name: name, value: bad.Reason}
	}
	return CallOption{kind: optionField, name: name, value: string(f.Value)}
}

// Apply adds the option to the settings of a call. A header whose name is one of owned
// is refused.
func (o CallOption) Apply(s *CallSettings, owned ...string) error {
	switch o.kind {
	case optionKey:
		return s.TakeKey(o.key)
	case optionRef:
		return s.TakeRef(o.value)
	case optionMaxAttempts:
		return s.TakeMaxAttempts(o.number)
	case optionHeader:
		return s.TakeHeader(o.name, o.value, owned...)
	case optionToken:
		if o.value == "" {
			return &idem.InvalidError{Field: "lookup token", Reason: "is empty"}
		}
		s.SetHeader(o.name, o.value)
	case optionField:
		s.TakeField(Field{Name: o.name, Value: []byte(o.value)})
	case optionReserve:
		return o.reservation.apply(s)
	case optionBadField:
		return badField(o.name, o.value)
	}
	return nil
}

// String returns the option's name and, of a header or field, that one's.
func (o CallOption) String() string {
	switch o.kind {
	case optionKey:
		return "WithIdempotencyKey"
	case optionRef:
		return "WithRef"
	case optionReserve:
		return "Reserve"
	case optionMaxAttempts:
		return "WithMaxAttempts(" + strconv.Itoa(o.number) + ")"
	case optionHeader:
		return "WithHeader(" + strconv.Quote(o.name) + ")"
	case optionToken:
		return "WithLookupToken"
	default:
		return "WithExtraField(" + strconv.Quote(o.name) + ")"
	}
}

// Format prints String under every verb.
func (o CallOption) Format(f fmt.State, _ rune) { Print(f, o.String()) }
