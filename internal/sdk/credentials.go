package sdk

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

const (
	redactedText = "[redacted]"
	// minCredential is the least length, in bytes, of a credential to search
	// for: a shorter one occurs in any text.
	minCredential  = 4
	maxCredentials = 8 // how many are remembered; the oldest are dropped first
)

// Credentials remembers a client's credentials and removes them from text: a
// server, proxy or transport may echo what was sent. Closures hold them, since
// a dump by reflection shows every field.
type Credentials struct {
	// Learn, safe for concurrent use, remembers a credential before its use.
	Learn  func(credential string)
	Redact func(text string) string // puts "[redacted]" in place of each credential
}

func NewCredentials() Credentials {
	var known atomic.Pointer[[]string] // replaced as a whole: each response is read through it
	known.Store(new([]string))
	var mu sync.Mutex
	return Credentials{
		Learn: func(credential string) {
			if len(credential) < minCredential || slices.Contains(*known.Load(), credential) {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			all := append(slices.Clone(*known.Load()), credential)
			if escaped := url.QueryEscape(credential); escaped != credential {
				all = append(all, escaped)
			}
			all = all[max(0, len(all)-maxCredentials):]
			known.Store(&all)
		},
		Redact: func(text string) string {
			for _, credential := range *known.Load() {
				text = strings.ReplaceAll(text, credential, redactedText)
			}
			return text
		},
	}
}

// RedactError returns err or, if a text in its tree shows a credential, an
// error without it that matches err under errors.Is and errors.As. It has no
// Unwrap, because reporters print each error of the tree.
func RedactError(err error, redact func(string) string) error {
	if err == nil || !shows(err, redact, maxErrorTree) {
		return err
	}
	return &redactedError{
		text: redact(err.Error()),
		is:   func(target error) bool { return errors.Is(err, target) },
		as:   func(target any) bool { return errors.As(err, target) },
	}
}

const maxErrorTree = 32

func shows(err error, redact func(string) string, depth int) bool {
	if text := err.Error(); depth == 0 || redact(text) != text {
		return true
	}
	var causes []error
	switch e := err.(type) { //nolint:errorlint // one step down the tree
	case interface{ Unwrap() error }:
		causes = []error{e.Unwrap()}
	case interface{ Unwrap() []error }:
		causes = e.Unwrap()
	}
	return slices.ContainsFunc(causes, func(cause error) bool {
		return cause != nil && shows(cause, redact, depth-1)
	})
}

// redactedError keeps the original error out of its fields.
type redactedError struct {
	text string
	is   func(error) bool
	as   func(any) bool
}

func (e *redactedError) Error() string        { return e.text }
func (e *redactedError) Is(target error) bool { return e.is(target) }
func (e *redactedError) As(target any) bool   { return e.as(target) }
