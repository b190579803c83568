package sdk

import (
	"context"
	"net/http"
	"time"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
)

// CallSettings holds the options of one call.
type CallSettings struct {
	Key      idem.Key                                           // zero: none was given
	Ref      string                                             // empty: none was given
	Reserver journal.Reserver                                   // idem.Call's
	Policy   idem.Policy                                        // zero fields are the client's
	Timeout  time.Duration                                      // bounds the call; zero adds no bound to the context's
	Header   http.Header                                        // the call's own headers; nil: none
	Extra    []Field                                            // fields to add to the body
	Without  []string                                           // fields to leave out of the body, before any is added
	Refetch  func(context.Context) (*idem.Response, idem.State) // idem.Call's
	Confirms func(*idem.Response) bool                          // idem.Call's
	Exact    bool                                               // refuses a response with a field that does not fit
}

// Collect applies a call's options in order and skips nil ones. It returns the
// first error, and applies the others, for the error's key.
func Collect[O comparable](opts []O, apply func(O, *CallSettings) error) (CallSettings, error) {
	return CollectOver(CallDefaults{}, opts, apply)
}

// CollectOver is Collect over the client's defaults. Without both it allocates
// nothing.
func CollectOver[O comparable](
	defaults CallDefaults, opts []O, apply func(O, *CallSettings) error,
) (CallSettings, error) {
	if len(opts) == 0 && defaults.settings == nil {
		return CallSettings{}, nil
	}
	var none O
	var failed error
	s := defaults.clone()
	for _, o := range opts {
		if o == none {
			continue
		}
		if err := apply(o, s); err != nil && failed == nil {
			failed = err
		}
	}
	return *s, failed
}

// RefOf returns the ref among a call's options, even an invalid one's.
func RefOf[O comparable](opts []O, apply func(O, *CallSettings) error) string {
	s, _ := Collect(opts, apply)
	return s.Ref
}

// Complete sets what the options have set.
func (s *CallSettings) Complete(c *idem.Call) {
	c.Key, c.Ref, c.Reserver = s.Key, s.Ref, s.Reserver
	c.Policy, c.Timeout = s.Policy, s.Timeout
	c.Refetch, c.Confirms = s.Refetch, s.Confirms
	c.Request.Header = s.Header
}

func (s *CallSettings) TakeKey(k idem.Key) error {
	if k.IsZero() {
		return &idem.InvalidError{Field: "idempotency key", Reason: "is empty"}
	}
	s.Key = k
	return nil
}

func (s *CallSettings) TakeRef(ref string) error {
	if ref == "" {
		return &idem.InvalidError{Field: "ref", Reason: "is empty"}
	}
	s.Ref = ref
	return nil
}

func (s *CallSettings) TakeTimeout(d time.Duration) error {
	if d <= 0 {
		return &idem.InvalidError{Field: "timeout", Reason: "is not positive"}
	}
	s.Timeout = d
	return nil
}

// TakeHeader sets a header of the caller's. It refuses Accept, User-Agent and
// the owned ones, in any spelling (R40). The engine refuses its own.
func (s *CallSettings) TakeHeader(name, value string, owned ...string) error {
	canonical := http.CanonicalHeaderKey(name)
	if canonical == "" {
		return &idem.InvalidError{Field: "header", Reason: "has no name"}
	}
	for _, o := range append([]string{"Accept", "User-Agent"}, owned...) {
		if folded(name) == folded(o) {
			return &idem.InvalidError{Field: "header " + canonical, Reason: "is set by the SDK"}
		}
	}
	s.SetHeader(name, value)
	return nil
}

// SetHeader sets a header of the SDK's.
func (s *CallSettings) SetHeader(name, value string) {
	if s.Header == nil {
		s.Header = http.Header{}
	}
	s.Header.Set(name, value)
}

func (s *CallSettings) TakeWithout(name string) error {
	if name == "" {
		return &idem.InvalidError{Field: "field to leave out", Reason: "has no name"}
	}
	s.Without = append(s.Without, name)
	return nil
}

func (s *CallSettings) TakeField(f Field) { s.Extra = append(s.Extra, f) }
