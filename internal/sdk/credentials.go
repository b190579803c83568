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
	// minCredential is the least length of a credential that is looked for, in bytes:
	// a shorter one is found in any text.
	minCredential = 4
	// maxCredentials is how many forms of credentials are remembered, newest last.
	maxCredentials = 8
)

// Credentials remembers a client's credentials, and replaces them in text: a server, a
// proxy or a transport may repeat what it was sent. They are held by closures, since a
// dump by reflection shows every field.
type Credentials struct {
	// Learn remembers a credential as it is sent. It must be called for each one, and is
	// safe for concurrent use.
	Learn func(credential string)
	// Redact returns text with "[redacted]" in place of each credential.
	Redact func(text string) string
}

// NewCredentials knows no credential yet.
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

// RedactError returns err, or where a text in its tree shows a credential, an error
// without one that errors.Is and errors.As see as err. It has no Unwrap, by which
// reporters print each error of the tree.
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

// maxErrorTree bounds the depth at which errors are looked at.
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

// redactedError keeps the error that it stands for out of its fields.
type redactedError struct {
	text string
	is   func(error) bool
	as   func(any) bool
}

func (e *redactedError) Error() string        { return e.text }
func (e *redactedError) Is(target error) bool { return e.is(target) }
func (e *redactedError) As(target any) bool   { return e.as(target) }
