package conformance

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/bardge/bardge-go/idem"
)

// Requests makes the n-th request of its kind, without a key; n begins with 1.
// The same n makes the same request, byte by byte, another n another one, else
// Run refuses them. The requests have their credentials; the context of a check
// replaces their own.
type Requests func(n int) (*http.Request, error)

// Target is the server that is tried.
type Target struct {
	// Profile is what the server promises. Vendor is not used.
	Profile idem.Profile
	// Request makes requests that the server executes; required.
	Request Requests
	// ResourceID returns the id of what a request has made, from a response with
	// status 2xx, and "" if there is none. [JSONMember] and [Header] make such
	// functions. Nil needs Executed.
	ResourceID func(status int, header http.Header, body []byte) string
	// Executed returns how many of the requests made here the server has
	// executed so far. With it the checks [LostResponse] and [ServerError] are
	// tried also where the profile marks no replay, and what two responses with
	// one id hide is found. Nil: ids alone decide.
	Executed func(context.Context) (int, error)

	// Second makes the requests of Request with the credentials of another
	// account. Nil leaves [AnotherAccount] out.
	Second Requests
	// Other makes requests with the bodies of Request and another path or
	// method. Nil leaves [AnotherPath] out.
	Other Requests
	// Failing makes requests that the server executes and answers with a status
	// from 500 on, as by a fault that it can inject. Nil leaves [ServerError]
	// out.
	Failing Requests
	// Refused makes requests that the server refuses with a status from 400 to
	// 499, such as with an invalid field. Nil leaves [RefusedRequest] out.
	Refused Requests

	// Within is how long [Memory] may wait; zero is 10 s. A key's whole life is
	// tried if it is not shorter than Profile.KeyTTL.
	Within time.Duration
	// Wait lets time pass for the server, such as by setting its clock. Nil
	// waits.
	Wait func(ctx context.Context, d time.Duration) error
	// Client sends the requests. Nil is a client of its own. Redirects are not
	// followed, connections are not used again.
	Client *http.Client
}

const (
	defaultWithin = 10 * time.Second
	// patience bounds one request: servers may let one wait for another.
	patience = time.Minute
	// maxBody bounds a response's body.
	maxBody = 4 << 20
)

func (t Target) withDefaults() (Target, error) {
	switch {
	case t.Request == nil:
		return t, &idem.InvalidError{Field: "Target.Request", Reason: "is nil"}
	case t.ResourceID == nil && t.Executed == nil:
		return t, &idem.InvalidError{Field: "Target.ResourceID", Reason: "and Executed are nil: one is needed"}
	case t.Within < 0:
		return t, &idem.InvalidError{Field: "Target.Within", Reason: "is negative"}
	}
	t.Within = cmp.Or(t.Within, defaultWithin)
	if t.Wait == nil {
		t.Wait = pause
	}
	client := http.Client{}
	if t.Client != nil {
		client = *t.Client
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	t.Client = &client
	return t, nil
}

// pause waits in real time.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
