package bardgetest

import (
	"maps"
	"slices"
	"time"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/internal/sdk"
)

// Options holds the options of a call. It contains no secret and, except for
// the ref, no value: of headers and fields it has the names.
type Options struct {
	Key bardge.Key // of [bardge.WithIdempotencyKey]; zero: none
	Ref string     // of [bardge.WithRef]; empty: none
	// RetryPolicy is the policy of [bardge.WithRetryPolicy] and
	// [bardge.WithMaxAttempts]; fields that were not given are zero.
	RetryPolicy bardge.RetryPolicy
	Timeout     time.Duration // of [bardge.WithTimeout]; zero: none
	LookupToken bool          // whether [bardge.WithLookupToken] was given
	// Reserved reports whether the option of [bardge.Reserve] was given: the
	// SDK would record the call and return [bardge.ErrReserved].
	Reserved    bool
	Headers     []string // names of [bardge.WithHeader], canonical and sorted; nil: none
	ExtraFields []string // names of [bardge.WithExtraField], in order; nil: none
	// Err is the first error of an option that the SDK would reject, as an
	// *[bardge.InvalidError]; nil: none. The other options are applied.
	Err error
}

const lookupTokenHeader = "Bardge-Lookup-Token" //nolint:gosec // a name

// OptionsOf returns the options of a call. The last of two equal options
// counts; nil options are skipped.
func OptionsOf(opts ...bardge.CallOption) Options {
	s, err := sdk.Collect(opts, func(o bardge.CallOption, s *sdk.CallSettings) error {
		if one, ok := o.(option); ok {
			return one.Apply(s, lookupTokenHeader)
		}
		return nil // one that the SDK gives its own calls
	})
	o := Options{
		Key: s.Key, Ref: s.Ref, RetryPolicy: bardge.RetryPolicy(s.Policy), Timeout: s.Timeout,
		Reserved: s.Reserver != nil, Err: err,
	}
	_, o.LookupToken = s.Header[lookupTokenHeader]
	delete(s.Header, lookupTokenHeader)
	o.Headers = slices.Sorted(maps.Keys(s.Header))
	for _, f := range s.Extra {
		o.ExtraFields = append(o.ExtraFields, f.Name)
	}
	return o
}

// option is the type behind each option of package bardge.
type option interface {
	Apply(s *sdk.CallSettings, owned ...string) error
}
