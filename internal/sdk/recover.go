package sdk

import (
	"context"
	"fmt"
	"iter"
	"net/url"
	"strings"
	"time"

	"github.com/bardge/bardge-go/idem"
)

// RecoveryResults turns what the engine yields into what a package does. An error of
// one record becomes its own; an error of the journal ends the loop, with the
// package's name in front.
func RecoveryResults[T any](
	name string, found iter.Seq2[idem.RecoveryResult, error], as func(idem.RecoveryResult) *T,
) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		for r, err := range found {
			if err != nil && r.Pending.ID != "" { // of this record alone
				r.Result.Err, err = err, nil
			}
			if err != nil {
				yield(nil, fmt.Errorf("%s: recover: %w", name, err))
				return
			}
			if !yield(as(r), nil) {
				return
			}
		}
	}
}

// RecoveryLoop is a package's RunRecovery.
type RecoveryLoop[T any] struct {
	// Name is the package's, in front of errors.
	Name string
	// Engine is the client's, With its knowledge of the API.
	Engine *idem.Engine
	With   idem.Recovery
	// As turns what the engine yields into what the package does.
	As func(idem.RecoveryResult) *T
}

// Run runs the loop until ctx is over.
func (l RecoveryLoop[T]) Run(
	ctx context.Context, every time.Duration, each func(*T), opts ...idem.RecoveryOptions,
) error {
	var found func(idem.RecoveryResult, error)
	if each != nil {
		found = func(r idem.RecoveryResult, err error) {
			if err != nil {
				r.Result.Err = err
			}
			each(l.As(r))
		}
	}
	if err := l.Engine.RunRecovery(ctx, every, l.With, found, opts...); err != nil {
		return fmt.Errorf("%s: run recovery: %w", l.Name, err)
	}
	return nil
}

// PathMatches reports whether the path of a request, as it is in the URL, is one that
// the template describes (J14). A placeholder is one segment, and not one that a server
// or proxy resolves to another path.
func PathMatches(template, path string) bool {
	segments, names := strings.Split(path, "/"), strings.Split(template, "/")
	if len(segments) != len(names) {
		return false
	}
	for i, name := range names {
		open := strings.HasPrefix(name, "{") && strings.HasSuffix(name, "}")
		if !open && segments[i] != name || open && !isSegment(segments[i]) {
			return false
		}
	}
	return true
}

// isSegment reports whether s is one segment of a path with a value in it.
func isSegment(s string) bool {
	value, err := url.PathUnescape(s)
	return err == nil && value != "" && value != "." && value != ".." && !strings.ContainsAny(s, `?#\`)
}
