// Package reconcile reads Bardge's API to find out whether an operation was
// executed whose response is lost. Reading can prove that it was executed, by
// one unambiguous match, but never that it was not.
package reconcile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// clockSkew is how far the clocks of machines and vendor may differ.
const clockSkew = 5 * time.Second

// Operation is a request that may have been executed.
type Operation struct {
	Name       string        // in the contract, such as "IssuePass"
	PathID     string        // the id in the request's path; empty if none
	Body       []byte        // the request's; nil if it has none, or the journal dropped it
	Since      time.Time     // when the intent was recorded, before the first send
	SentWithin time.Duration // how long after Since the first byte may have been sent
	KeyTTL     time.Duration // how long after the first byte the operation may be executed
	// Read decodes the result of a reading operation, all items of a list, as
	// the contract defines it. A response that does not fit is an error: an
	// item that is left out may belong to another operation.
	Read      func(ctx context.Context, operation, id string, into any) error
	Printable func(id string) string // an id as evidence shows it: any text may be sent as one
}

// ErrNotFound is what Read returns for a client that the API does not know.
var ErrNotFound = errors.New("the API does not know it")

// params are the request's fields that are compared with what is read.
type params struct {
	ClassInstanceID string `json:"class_instance_id"`
	ClientID        string `json:"client_id"`
	Date            string `json:"date"`
	ExpiresAt       int64  `json:"expires_at"` // in milliseconds
	PackageID       string `json:"package_id"`
	PassID          string `json:"pass_id"`
	Time            string `json:"time"`
	UserPassID      string `json:"user_pass_id"`
}

// params returns the fields that fit, even with an error.
func (o Operation) params() (in params, err error) {
	err = json.Unmarshal(o.Body, &in)
	return in, err
}

// Result is what reading showed.
type Result struct {
	Response any      // replaces the lost response; nil if nothing is proven
	Scopes   []string // the scopes of all operations that may have made the match
	Evidence string   // describes the match by ids alone
}

func (o Operation) Reconcile(ctx context.Context) (Result, error) {
	row := operations[o.Name]
	if row.reconcile == nil {
		return Result{Evidence: row.unreadable}, nil
	}
	// A match was made within a key's lifetime of the intent, perhaps by an
	// operation whose own lifetime began only then. That one must be over too,
	// so that the journal knows its result.
	if time.Since(o.Since) < 2*o.KeyTTL+4*clockSkew {
		return Result{Evidence: "too early to rule out that another operation made it"}, nil
	}
	in, err := o.params()
	if err != nil {
		return Result{}, err
	}
	response, evidence, err := row.reconcile(o, ctx, in)
	scopes := []string{o.Scope()}
	for _, name := range row.alsoMadeBy {
		scopes = append(scopes, Operation{Name: name}.Scope())
	}
	scopes = slices.DeleteFunc(scopes, func(scope string) bool { return scope == "" })
	return Result{Response: response, Scopes: scopes, Evidence: evidence}, err
}

func (o Operation) mayHaveMade(at time.Time) bool {
	return !o.begunAfter(at) && !at.After(o.Since.Add(o.SentWithin+o.KeyTTL+clockSkew))
}

func (o Operation) begunAfter(at time.Time) bool { return at.Before(o.Since.Add(-clockSkew)) }

func (o Operation) unknown(evidence string, args ...any) (any, string, error) {
	return nil, o.text(evidence, args...), nil
}

type printed string

// text is fmt.Sprintf for ids.
func (o Operation) text(format string, args ...any) string {
	for i, arg := range args {
		if id, ok := arg.(string); ok {
			args[i] = o.Printable(id)
		}
	}
	return fmt.Sprintf(format, args...)
}
