package idem

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Signal is what a vendor's own words in a response mean. A classifier returns
// it; the statuses alone decide where it returns SignalNone.
type Signal uint8

const (
	// SignalNone: the body is not the API's error object.
	SignalNone Signal = iota
	// SignalError: the API's own error object, whole.
	SignalError
	// SignalKeyReused: the key belongs to another request.
	SignalKeyReused
	// SignalInProgress: a request with this key is being worked on; repeat it.
	SignalInProgress
	// SignalAlreadyApplied: the state that an idempotent operation is for
	// holds.
	SignalAlreadyApplied
	// SignalRetryable: the API's error object, which leaves open whether the
	// operation was executed; repeat with the same key.
	SignalRetryable
	// SignalIndeterminate: the API's error object of a request that was worked
	// on and failed, perhaps after it was executed. Where the vendor marks no
	// replay, it may be the stored response: repeat a few times only.
	SignalIndeterminate
)

// Profile is how one vendor does idempotency, as data.
type Profile struct {
	// Vendor is the vendor's name. A journal belongs to one vendor's account.
	Vendor string
	// KeyHeader carries the idempotency key.
	KeyHeader string
	// KeyTTL is how long the server remembers a key from its first request on.
	KeyTTL time.Duration
	// MaxElapsedTime bounds how long one call goes on by itself. Zero is the
	// window.
	MaxElapsedTime time.Duration
	// KeyMaxLength bounds a key's length in bytes. Zero is 255.
	KeyMaxLength int
	// KeyAlphabet reports whether a byte may be in a key. Nil allows every
	// visible ASCII character.
	KeyAlphabet func(byte) bool
	// ReplayHeader and ReplayValue mark a stored response. An empty
	// ReplayHeader means that the vendor marks none.
	ReplayHeader, ReplayValue string
	// RequestIDHeader comes with every response of the API itself. Empty: none
	// does.
	RequestIDHeader string
	// Classify reads the API's error object. It is called for every body that
	// was read whole, an empty one too; it must not keep the body, and must be
	// safe for concurrent use. Nil recognises nothing.
	Classify func(status int, body []byte) Signal
	// Code finds the API's error code in the body of a response with a status
	// from 300 on, for the journal, which records identifiers only. It returns
	// "" for none, must not keep the body, and must be safe for concurrent use.
	// Nil finds none.
	Code func(status int, body []byte) string
}

func (p Profile) withDefaults() (Profile, error) {
	if p.KeyHeader == "" {
		return p, errors.New("idem: profile without a key header")
	}
	for _, name := range []*string{&p.KeyHeader, &p.ReplayHeader, &p.RequestIDHeader} {
		*name = http.CanonicalHeaderKey(*name)
	}
	if p.KeyTTL <= 0 {
		return p, errors.New("idem: profile without a window")
	}
	if p.MaxElapsedTime == 0 {
		p.MaxElapsedTime = p.KeyTTL
	}
	if p.KeyMaxLength == 0 {
		p.KeyMaxLength = 255
	}
	if p.KeyAlphabet == nil {
		p.KeyAlphabet = visible
	}
	if p.Classify == nil {
		p.Classify = func(int, []byte) Signal { return SignalNone }
	}
	return p, nil
}

func visible(b byte) bool { return b > ' ' && b < 0x7f }

func badKey(reason string) error {
	return &InvalidError{Field: "idempotency key", Reason: reason}
}

// checkKey refuses a key that the server would not take (R6). The error does
// not repeat it.
func (p Profile) checkKey(key string) error {
	if key == "" {
		return badKey("is empty")
	}
	if len(key) > p.KeyMaxLength {
		return badKey(fmt.Sprintf("has %d bytes; at most %d are allowed", len(key), p.KeyMaxLength))
	}
	for i := range len(key) {
		if !visible(key[i]) || !p.KeyAlphabet(key[i]) {
			return badKey(fmt.Sprintf("has a character that is not allowed at byte %d", i))
		}
	}
	return nil
}
