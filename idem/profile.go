package idem

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Signal is what a vendor's own words in a response mean. Where a classifier
// returns SignalNone, the status alone decides.
type Signal uint8

const (
	SignalNone           Signal = iota // the body is not the API's error object
	SignalError                        // the API's own error object, whole
	SignalKeyReused                    // the key belongs to another request
	SignalInProgress                   // a request with this key is executing; ask again
	SignalAlreadyApplied               // the state that an idempotent operation asks for holds
	// SignalRetryable: the API's error object, which leaves open whether the
	// operation was executed; repeat with the same key.
	SignalRetryable
	// SignalIndeterminate: the API's error object of a request that was worked
	// on and failed, perhaps after it was executed. Where the vendor marks no
	// replay, it may be the stored response: repeat a few times only.
	SignalIndeterminate
)

// Profile is how one vendor does idempotency.
type Profile struct {
	Vendor          string          // its name; a journal belongs to one vendor's account
	KeyHeader       string          // carries the idempotency key
	KeyTTL          time.Duration   // how long the server remembers a key, from its first request on
	MaxElapsedTime  time.Duration   // bounds how long one call goes on by itself; zero is KeyTTL
	KeyMaxLength    int             // in bytes; zero is 255
	KeyAlphabet     func(byte) bool // may the byte be in a key? nil: each visible ASCII character
	ReplayHeader    string          // marks a stored response; empty: the vendor marks none
	ReplayValue     string          // of ReplayHeader
	RequestIDHeader string          // comes with each response of the API itself; empty: none does
	// Classify reads the API's error object. It is called for every body that
	// was read whole, an empty one too; it must not keep the body, and must be
	// safe for concurrent use. Nil recognises nothing.
	Classify func(status int, body []byte) Signal
	// Code finds the API's error code in the body of a response with a status
	// from 300 on, for the journal, which records identifiers alone. It returns
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
	p.MaxElapsedTime = cmp.Or(p.MaxElapsedTime, p.KeyTTL)
	p.KeyMaxLength = cmp.Or(p.KeyMaxLength, 255)
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
