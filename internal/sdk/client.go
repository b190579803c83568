package sdk

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/bardge/bardge-go/idem"
)

// Client is the common part of the vendors' clients: engine and recovery.
type Client struct {
	Name string // the package's, which starts its errors
	// Engine is a function, so that a dump by reflection shows no credentials.
	Engine      func() *idem.Engine
	Credentials Credentials
	Defaults    CallDefaults
	Verbose     bool // adds the vendor's messages to the text of errors

	Class func(operation string) idem.Class // the class of an operation, by its name
	// ResponseOf returns a response in place of the lost one of an operation
	// that made the resource with this id, and the resource's name.
	ResponseOf func(operation, id string) (response *idem.Response, resource string)
	// Verify reads whether an operation made the resource with this id; false
	// without an error if the API shows nothing. Nil accepts every id.
	Verify   func(ctx context.Context, o idem.PendingOperation, id string) (bool, error)
	Recovery idem.Recovery // describes the API to the engine's recovery
}

func (c *Client) Close(ctx context.Context) error {
	return c.failed("close", c.Engine().Close(ctx))
}

func (c *Client) Rebind(ctx context.Context, from idem.Account) error {
	return Named(c.Name, c.Engine().Rebind(ctx, from))
}

// RecoveryOptions are the recovery options of a vendor's package.
type RecoveryOptions interface {
	~struct {
		Limit       int
		OlderThan   time.Duration
		Operation   string
		Concurrency int
		DryRun      bool
	}
}

func engineOptions[O RecoveryOptions](opts []O) []idem.RecoveryOptions {
	all := make([]idem.RecoveryOptions, len(opts))
	for i, o := range opts {
		all[i] = idem.RecoveryOptions(o)
	}
	return all
}

// Recover runs one pass of recovery, and yields each result, converted by as. A
// record's error is in its result; an error of the journal ends the loop.
func Recover[T any, O RecoveryOptions](
	ctx context.Context, c *Client, as func(idem.RecoveryResult) *T, opts []O,
) iter.Seq2[*T, error] {
	return results(c, c.Engine().Recover(ctx, c.Recovery, engineOptions(opts)...), as)
}

func results[T any](
	c *Client, found iter.Seq2[idem.RecoveryResult, error], as func(idem.RecoveryResult) *T,
) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		for r, err := range found {
			if err != nil && r.Pending.ID != "" { // of this record alone
				r.Result.Err, err = err, nil
			}
			if err != nil {
				yield(nil, c.failed("recover", err))
				return
			}
			if !yield(as(r), nil) {
				return
			}
		}
	}
}

// RunRecovery repeats Recover until ctx is over.
func RunRecovery[T any, O RecoveryOptions](
	ctx context.Context, c *Client, every time.Duration, each func(*T), as func(idem.RecoveryResult) *T, opts []O,
) error {
	var found func(idem.RecoveryResult, error)
	if each != nil {
		found = func(r idem.RecoveryResult, err error) {
			if err != nil {
				r.Result.Err = err
			}
			each(as(r))
		}
	}
	return c.failed("run recovery", c.Engine().RunRecovery(ctx, every, c.Recovery, found, engineOptions(opts)...))
}

// failed puts the package's name and the operation in front of an error.
func (c *Client) failed(what string, err error) error {
	return Named(c.Name+": "+what, err)
}

// named is failed, except for an error that names the argument itself.
func (c *Client) named(what string, err error) error {
	if errors.As(err, new(*idem.InvalidError)) && !errors.As(err, new(*idem.RecordError)) {
		return err
	}
	return c.failed(what, err)
}
