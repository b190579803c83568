package idem

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"
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
	// SignalAlreadyExecuted: a request was executed under the key of a keyed
	// operation, and the vendor answers each repetition with this error. It
	// counts as done if the key was minted for the call, or may have been sent
	// before; else it may be another request's, and the outcome stays unknown.
	SignalAlreadyExecuted
	// SignalRetryable: the API's error object, which leaves open whether the
	// operation was executed; repeat with the same key.
	SignalRetryable
	// SignalIndeterminate: the API's error object of a request that was worked
	// on and failed, perhaps after it was executed. Where the vendor marks no
	// replay, it may be the stored response: repeat a few times only.
	SignalIndeterminate
)

// Profile is how one vendor does idempotency. A journal, a key and an engine
// serve one profile. KeyHeader or KeyField, and KeyTTL are required; with a
// journal, Vendor too.
type Profile struct {
	Vendor    string // its name; a journal belongs to one vendor's account
	KeyHeader string // carries the idempotency key; empty where KeyField is set
	// KeyField names the member that carries the key instead, at the top level
	// of the request's body, which must be one JSON object. The engine adds it.
	// Empty: KeyHeader carries the key.
	KeyField string
	// QuoteKey: the header's value is the key as a string of RFC 8941, in
	// double quotes, as the IETF's draft has it. It is part of KeyHeader's
	// value alone: a Key has no quotes.
	QuoteKey       bool
	KeyTTL         time.Duration   // how long the server remembers a key, from its first request on; 50 years at most
	MaxElapsedTime time.Duration   // bounds how long one call goes on by itself; zero is KeyTTL, 15 min at most
	KeyMinLength   int             // in bytes; zero is 1
	KeyMaxLength   int             // in bytes; zero is 255
	KeyAlphabet    func(byte) bool // may the byte be in a key? nil: each visible ASCII character
	// MintKey writes 16 bytes as a key, each different from every other: random
	// ones with the date of UUID version 7, or those derived from a ref. Nil
	// writes a UUID in its canonical form, or its 32 digits where length or
	// alphabet do not allow that. New refuses a profile whose minted key would
	// not be one of the vendor's.
	MintKey      func(id [16]byte) string
	ReplayHeader string // marks a response that was stored under the key; empty: the vendor marks none
	ReplayValue  string // of ReplayHeader, without regard to case; empty: any value
	// Replayed reports whether a response was stored under the key, for vendors
	// that mark it in another way than by one header's value; ReplayHeader and
	// ReplayValue are not used then. An echo of the key is no mark. It must be
	// safe for concurrent use. Nil: by ReplayHeader.
	Replayed        func(http.Header) bool
	RequestIDHeader string // comes with each response of the API itself; empty: none does
	// ForgetsFailed: the server may forget the key of a request that it answered
	// with a 5xx of its own, although it executed it. Policy.NoRetryOn500 is
	// then always set, and ends a call at each 5xx with the API's error object.
	// Such a response that is lost cannot be told from another lost one.
	ForgetsFailed bool
	// Classify reads the API's error object, and what its headers say of it. It
	// is called for every body that was read whole, an empty one too; it must
	// not keep or change what it gets, and must be safe for concurrent use. Nil
	// recognises nothing.
	Classify func(status int, header http.Header, body []byte) Signal
	// Code finds the API's error code in the body of a response with a status
	// from 300 on, for the journal, which records identifiers alone. It returns
	// "" for none, must not keep the body, and must be safe for concurrent use.
	// Nil finds none.
	Code func(status int, body []byte) string

	ownMint bool // MintKey was given
}

// isReplay reports whether a response was stored under the key by an earlier
// request.
func isReplay(p *Profile, h http.Header) bool {
	switch {
	case p.Replayed != nil:
		return p.Replayed(h)
	case p.ReplayHeader == "":
		return false
	}
	value := strings.TrimSpace(h.Get(p.ReplayHeader))
	return value != "" && (p.ReplayValue == "" || strings.EqualFold(value, p.ReplayValue))
}

func (p Profile) withDefaults() (Profile, error) {
	header, field := p.KeyHeader != "", p.KeyField != ""
	err := cmp.Or(
		invalidIf(!header && !field, "Profile.KeyHeader", "and KeyField are both empty: nothing carries the key"),
		invalidIf(header && field, "Profile.KeyField", "and KeyHeader are both set: one carries the key"),
		invalidIf(header && !token(p.KeyHeader), "Profile.KeyHeader", "is not an HTTP token"),
		invalidIf(!utf8.ValidString(p.KeyField), "Profile.KeyField", "is not UTF-8: JSON cannot name it"),
		invalidIf(p.QuoteKey && !header, "Profile.QuoteKey", "is for a KeyHeader"),
		invalidIf(p.KeyTTL <= 0, "Profile.KeyTTL", "must be positive: it is the window in which a key protects"),
		invalidIf(p.KeyTTL > maxKeyTTL, "Profile.KeyTTL", "is longer than 50 years"),
	)
	if err != nil {
		return p, err
	}
	for _, name := range []*string{&p.KeyHeader, &p.ReplayHeader, &p.RequestIDHeader} {
		*name = http.CanonicalHeaderKey(*name)
	}
	p.MaxElapsedTime = cmp.Or(p.MaxElapsedTime, min(p.KeyTTL, maxElapsed))
	p.KeyMinLength = cmp.Or(p.KeyMinLength, 1)
	p.KeyMaxLength = cmp.Or(p.KeyMaxLength, 255)
	if p.KeyAlphabet == nil {
		p.KeyAlphabet = visible
	}
	if p.Classify == nil {
		p.Classify = func(int, http.Header, []byte) Signal { return SignalNone }
	}
	return p.withMint()
}

// maxKeyTTL is long enough for a vendor that never forgets, and so short that
// sums of several windows are durations.
const maxKeyTTL = 50 * 365 * 24 * time.Hour

func profileError(field, reason string) error {
	return &InvalidError{Field: "Profile." + field, Reason: reason}
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
	if len(key) < p.KeyMinLength || len(key) > p.KeyMaxLength {
		return badKey(fmt.Sprintf("has %d bytes; %d to %d are allowed", len(key), p.KeyMinLength, p.KeyMaxLength))
	}
	for i := range len(key) {
		if !visible(key[i]) || !p.KeyAlphabet(key[i]) {
			return badKey(fmt.Sprintf("has a character that is not allowed at byte %d", i))
		}
	}
	return nil
}
