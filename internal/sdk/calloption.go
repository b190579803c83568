package sdk

import (
	"fmt"
	"strconv"
	"time"
	"unique"

	"github.com/bardge/bardge-go/idem"
)

// CallOption is one option of a call, comparable for callers' fakes. It prints
// no value, since a header or a field may hold a secret.
type CallOption struct {
	kind        optionKind
	name, value string // value of a field: its JSON, or the reason why there is none
	key         idem.Key
	policy      unique.Handle[idem.Policy]
	timeout     time.Duration
	reservation *reservation
}

type optionKind uint8

const (
	optionKey optionKind = iota
	optionRef
	optionMaxAttempts
	optionRetryPolicy
	optionTimeout
	optionHeader
	optionToken
	optionField
	optionBadField
	optionWithoutField
	optionReserve
)

func KeyOption(k idem.Key) CallOption { return CallOption{kind: optionKey, key: k} }

func RefOption(ref string) CallOption { return CallOption{kind: optionRef, value: ref} }

func MaxAttemptsOption(n int) CallOption {
	return CallOption{kind: optionMaxAttempts, policy: unique.Make(idem.Policy{MaxAttempts: n})}
}

func RetryPolicyOption(p idem.Policy) CallOption {
	return CallOption{kind: optionRetryPolicy, policy: unique.Make(p)}
}

func TimeoutOption(d time.Duration) CallOption { return CallOption{kind: optionTimeout, timeout: d} }

func HeaderOption(name, value string) CallOption {
	return CallOption{kind: optionHeader, name: name, value: value}
}

// TokenOption sends a lookup token in a header of the SDK's.
func TokenOption(header, token string) CallOption {
	return CallOption{kind: optionToken, name: header, value: token}
}

// FieldOption adds a field to the body, encoded now.
func FieldOption(name string, value any, encode func(any) ([]byte, error)) CallOption {
	f, bad := NewField(name, value, encode)
	if bad != nil {
		return CallOption{kind: optionBadField, name: name, value: bad.Reason}
	}
	return CallOption{kind: optionField, name: name, value: string(f.Value)}
}

// WithoutFieldOption leaves a field out of the body.
func WithoutFieldOption(name string) CallOption {
	return CallOption{kind: optionWithoutField, name: name}
}

// Apply adds the option to a call's settings. It refuses owned headers.
func (o CallOption) Apply(s *CallSettings, owned ...string) error {
	switch o.kind {
	case optionKey:
		return s.TakeKey(o.key)
	case optionRef:
		return s.TakeRef(o.value)
	case optionMaxAttempts, optionRetryPolicy:
		return o.takePolicy(&s.Policy)
	case optionTimeout:
		return s.TakeTimeout(o.timeout)
	case optionHeader:
		return s.TakeHeader(o.name, o.value, owned...)
	case optionToken:
		if o.value == "" {
			return &idem.InvalidError{Field: "lookup token", Reason: "is empty"}
		}
		s.SetHeader(o.name, o.value)
	case optionField:
		s.TakeField(Field{Name: o.name, Value: []byte(o.value)})
	case optionWithoutField:
		return s.TakeWithout(o.name)
	case optionReserve:
		return o.reservation.apply(s)
	case optionBadField:
		return badField(o.name, o.value)
	}
	return nil
}

// ApplyDefault makes the option a default of the client's calls; policy is the
// client's own. It refuses an option that belongs to one operation.
func (o CallOption) ApplyDefault(s *CallSettings, policy *idem.Policy, owned ...string) error {
	switch o.kind {
	case optionMaxAttempts, optionRetryPolicy:
		return o.takePolicy(policy)
	case optionTimeout, optionHeader:
		return o.Apply(s, owned...)
	default:
		return &idem.InvalidError{Field: "option", Reason: "is for one call"}
	}
}

func (o CallOption) takePolicy(p *idem.Policy) error {
	given := o.policy.Value()
	if o.kind == optionMaxAttempts && given.MaxAttempts < 1 {
		return &idem.InvalidError{Field: "MaxAttempts", Reason: "is less than 1"}
	}
	*p = given.Or(*p)
	return nil
}

// String returns the option's name and, for a header or field, its name.
func (o CallOption) String() string {
	switch o.kind {
	case optionKey:
		return "WithIdempotencyKey"
	case optionRef:
		return "WithRef"
	case optionReserve:
		return "Reserve"
	case optionMaxAttempts:
		return "WithMaxAttempts(" + strconv.Itoa(o.policy.Value().MaxAttempts) + ")"
	case optionRetryPolicy:
		return "WithRetryPolicy"
	case optionTimeout:
		return "WithTimeout(" + o.timeout.String() + ")"
	case optionHeader:
		return "WithHeader(" + strconv.Quote(o.name) + ")"
	case optionToken:
		return "WithLookupToken"
	case optionWithoutField:
		return "WithoutField(" + strconv.Quote(o.name) + ")"
	default:
		return "WithExtraField(" + strconv.Quote(o.name) + ")"
	}
}

// Format prints String under every verb.
func (o CallOption) Format(f fmt.State, _ rune) { Print(f, o.String()) }
