package idem

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type claims struct {
	outcome          Outcome
	key              Key
	canRepeat, helps bool
}

func claimsOf(err error) claims {
	return claims{OutcomeOf(err), KeyOf(err), CanRepeat(err), RetryHelps(err)}
}

var (
	errForeign = errors.New("disk full")
	errRefused = &InvalidError{Field: "ClientID", Reason: "is empty"}
)

func wrappings(err error) map[string]error {
	return map[string]error{
		"bare":                err,
		"wrapped":             fmt.Errorf("order 17: %w", fmt.Errorf("issue: %w", err)),
		"joined":              errors.Join(nil, err),
		"joined to a foreign": errors.Join(errForeign, err, errForeign),
		"wrapped with two":    fmt.Errorf("%w, then %w", err, errForeign),
		"found by As alone":   asOnlyError{err},
	}
}

type asOnlyError struct{ err error }

func (asOnlyError) Error() string        { return "as only" }
func (e asOnlyError) As(target any) bool { return errors.As(e.err, target) }

func TestR22_WhatAnErrorCarries(t *testing.T) {
	key, now := NewKey(), time.Now()
	open := Failure{Class: Keyed, Key: key, SafeUntil: now.Add(time.Hour), RetryHelps: true, Err: errForeign}
	over := open
	over.SafeUntil = now
	byRef := over
	byRef.Ref = "order-17"
	reused, refusedRef := byRef, byRef
	reused.Err, reused.RetryHelps = &RefReusedError{}, false
	refusedRef.Err, refusedRef.RetryHelps = errRefused, false
	for name, row := range map[string]struct {
		failure Failure
		want    claims
	}{
		"R22_the zero failure claims nothing": {},
		"R22_unknown, inside the window":      {failure: open, want: claims{OutcomeUnknown, key, true, true}},
		"R22_unknown, its window over":        {failure: over, want: claims{OutcomeUnknown, key, false, true}},
		"J16_its window over, with a ref":     {failure: byRef, want: claims{OutcomeUnknown, key, true, true}},
		"J16_another request's ref":           {failure: reused, want: claims{OutcomeUnknown, key, false, false}},
		"J16_a ref, refused by the SDK":       {failure: refusedRef, want: claims{OutcomeUnknown, key, false, false}},
		"R22_not sent":                        {failure: Failure{Outcome: OutcomeNotSent, RetryHelps: true}, want: claims{OutcomeNotSent, Key{}, true, true}},
		"R22_rejected":                        {failure: Failure{Outcome: OutcomeRejected}, want: claims{OutcomeRejected, Key{}, true, false}},
		"R12_another request's key":           {failure: Failure{Class: Keyed, Key: key, Outcome: OutcomeRejected, Err: ErrKeyReused}, want: claims{OutcomeRejected, key, false, false}},
		"R12_a ref, its key another's":        {failure: Failure{Class: Keyed, Ref: "order-17", Outcome: OutcomeRejected, Err: ErrKeyReused}, want: claims{outcome: OutcomeRejected}},
		"R22_done, its response lost":         {failure: Failure{Outcome: OutcomeDone, Class: Keyed}, want: claims{outcome: OutcomeDone}},
		"R22_safe":                            {failure: Failure{Class: Safe}, want: claims{canRepeat: true}},
		"R22_idempotent":                      {failure: Failure{Class: Idempotent}, want: claims{canRepeat: true}},
		"R22_key unverified":                  {failure: Failure{Class: KeyUnverified, SafeUntil: now.Add(time.Hour)}, want: claims{}},
		"R22_not idempotent":                  {failure: Failure{Class: NonIdempotent, SafeUntil: now.Add(time.Hour)}, want: claims{}},
	} {
		t.Run(name, func(t *testing.T) {
			for how, err := range wrappings(&row.failure) {
				assert.Equal(t, row.want, claimsOf(err), how)
				var found *Failure
				require.ErrorAs(t, err, &found, how)
				assert.Same(t, &row.failure, found, how)
			}
		})
	}
}

func TestR22_ErrorsThatAreNoCalls(t *testing.T) {
	assert.Equal(t, claims{outcome: OutcomeDone}, claimsOf(nil))
	for how, err := range wrappings(errForeign) {
		assert.Equal(t, claims{}, claimsOf(err), how)
	}
	for how, err := range wrappings(errRefused) {
		assert.Equal(t, claims{outcome: OutcomeNotSent, canRepeat: true}, claimsOf(err), how)
	}
	record := &RecordError{Err: errors.Join(ErrNotVerified, &Failure{Outcome: OutcomeRejected})}
	assert.Equal(t, claims{}, claimsOf(record), "what a read brought is nothing of the record's operation")
	for name, err := range map[string]error{
		"a nil failure":    (*Failure)(nil),
		"a nil refusal":    (*InvalidError)(nil),
		"As finds nil":     asOnlyError{(*Failure)(nil)},
		"As finds none":    asOnlyError{(*InvalidError)(nil)},
		"Unwrap gives nil": fmt.Errorf("%w", error(nil)),
	} {
		assert.Equal(t, claims{}, claimsOf(err), name)
	}
}

// several joins errors as hashicorp/go-multierror does: As finds the first
// alone.
type several []error

func (e several) Error() string          { return "several" }
func (e several) WrappedErrors() []error { return e }
func (e several) Unwrap() error          { return chain(e) }

type chain []error

func (c chain) Error() string        { return c[0].Error() }
func (c chain) As(target any) bool   { return errors.As(c[0], target) }
func (c chain) Is(target error) bool { return errors.Is(c[0], target) }
func (c chain) Unwrap() error {
	if len(c) == 1 {
		return nil
	}
	return c[1:]
}

func TestR22_SeveralFailures(t *testing.T) {
	key := NewKey()
	resumed := usedKey(t, key.String(), time.Time{})
	soon := time.Now().Add(time.Hour)
	open := &Failure{Class: Keyed, Key: key, SafeUntil: soon, RetryHelps: true}
	other := &Failure{Class: Keyed, Key: NewKey(), SafeUntil: soon, RetryHelps: true}
	same := &Failure{Class: Keyed, Key: resumed, SafeUntil: soon, RetryHelps: true}
	over := &Failure{Class: Keyed, Key: key}
	rejected, notSent := &Failure{Outcome: OutcomeRejected}, &Failure{Outcome: OutcomeNotSent, RetryHelps: true}
	done := &Failure{Outcome: OutcomeDone}
	for name, row := range map[string]struct {
		err  error
		want claims
	}{
		"R22_the same twice":                   {err: errors.Join(open, open), want: claims{OutcomeUnknown, key, true, true}},
		"R22_two keys":                         {err: errors.Join(open, other), want: claims{OutcomeUnknown, Key{}, true, true}},
		"R22_one key, known in two ways":       {err: errors.Join(open, same), want: claims{OutcomeUnknown, Key{}, true, true}},
		"R22_one whose window is over":         {err: errors.Join(open, over), want: claims{OutcomeUnknown, key, false, false}},
		"R22_rejected and not sent":            {err: errors.Join(rejected, notSent), want: claims{canRepeat: true}},
		"R22_done and rejected":                {err: errors.Join(done, rejected), want: claims{}},
		"R22_rejected and unknown":             {err: errors.Join(rejected, open), want: claims{canRepeat: true}},
		"R22_two rejected":                     {err: errors.Join(rejected, rejected), want: claims{outcome: OutcomeRejected, canRepeat: true}},
		"R22_refused by the SDK and unknown":   {err: errors.Join(errRefused, open), want: claims{canRepeat: true}},
		"R22_beneath a failure nothing counts": {err: &Failure{Err: errors.Join(done, rejected)}, want: claims{}},
		"R22_done beneath go-multierror":       {err: fmt.Errorf("%w", several{errors.Join(rejected, done), rejected}), want: claims{}},
		"R22_done in its chain":                {err: chain{errForeign, rejected, done}, want: claims{}},
		"R22_rejected, unknown in its chain":   {err: chain{rejected, open}, want: claims{canRepeat: true}},
		"R22_in two levels":                    {err: fmt.Errorf("%w; %w", errors.Join(rejected), fmt.Errorf("%w", done)), want: claims{}},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, row.want, claimsOf(row.err)) })
	}
}

func TestR23_AFailurePrintsFixedWords(t *testing.T) {
	f := Failure{Operation: "IssuePass", Ref: "Ada", Err: ErrKeyExpired}
	const text = "IssuePass: unknown: the idempotency key is past its window"
	assert.EqualError(t, &f, text)
	assert.ErrorIs(t, &f, ErrKeyExpired)
	for _, v := range []any{f, &f} {
		assert.Equal(t, text+" "+text+" "+text, fmt.Sprintf("%v %+v %#v", v, v, v))
	}
	written, err := f.MarshalText()
	require.NoError(t, err)
	assert.Equal(t, text, string(written))
	assert.EqualError(t, &Failure{Operation: "IssuePass", Outcome: OutcomeNotSent}, "IssuePass: not sent")
}
