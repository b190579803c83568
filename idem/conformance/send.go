package conformance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/bardge/bardge-go/idem"
)

// response is what came back for one request.
type response struct {
	status int
	header http.Header
	body   []byte
	err    error // why there is no whole response

	id     string // of the resource, in a success
	signal idem.Signal
	// ran is how often the server executed something meanwhile, by its counter;
	// unknown without one.
	ran int
}

const unknown = -1

func (a response) succeeded() bool { return a.err == nil && a.status/100 == 2 }
func (a response) refused() bool   { return a.err == nil && a.status/100 == 4 }

// confirms reports whether the response shows that the operation is done.
func (a response) confirms() bool {
	return a.succeeded() || a.err == nil && a.signal == idem.SignalAlreadyExecuted
}

// throttled reports whether the server refuses requests because of their number.
func (a response) throttled() bool { return a.err == nil && a.status == http.StatusTooManyRequests }

// retryAfter returns when a throttled request may be sent again.
func (a response) retryAfter() time.Duration {
	seconds, err := strconv.Atoi(a.header.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return time.Second
	}
	return min(time.Duration(seconds)*time.Second, patience)
}

// String describes the response without anything of its body.
func (a response) String() string {
	if a.err != nil {
		return "no response (" + a.err.Error() + ")"
	}
	return fmt.Sprintf("status %d", a.status)
}

// send sends the n-th request of a kind under a key; "" is none. Only a request
// that came too soon (429), which is not executed, is sent again. It returns an
// error if there is nothing to send.
func (t *trial) send(ctx context.Context, requests Requests, n int, key string) (response, error) {
	before, err := t.count(ctx)
	if err != nil {
		return response{}, err
	}
	a, err := t.patiently(ctx, func() (response, error) {
		request, err := t.request(ctx, requests, n, key)
		if err != nil {
			return response{}, err
		}
		return t.exchange(request), nil
	})
	if err != nil {
		return a, err
	}
	after, err := t.count(ctx)
	if err != nil {
		return response{}, err
	}
	a.ran = unknown
	if before != unknown {
		a.ran = after - before
	}
	return a, context.Cause(ctx)
}

// patiently sends a request again that came too soon.
func (*trial) patiently(ctx context.Context, send func() (response, error)) (response, error) {
	for attempt := 1; ; attempt++ {
		a, err := send()
		if err != nil || !a.throttled() || attempt == repetitions {
			return a, err
		}
		if err := pause(ctx, a.retryAfter()); err != nil {
			return a, err
		}
	}
}

// request makes a request with a key. It is made so that net/http repeats it
// under no circumstances: on a connection of its own, with a body that is read
// once.
func (t *trial) request(ctx context.Context, requests Requests, n int, key string) (*http.Request, error) {
	request, err := requests(n)
	if err != nil {
		return nil, fmt.Errorf("conformance: no request: %w", err)
	}
	request, err = t.rules.put(request.WithContext(ctx), key)
	if err != nil {
		return nil, err
	}
	request.Close, request.GetBody = true, nil
	return request, nil
}

// checkRequests refuses requests that do not differ: a server that answers one
// with the response of another would be right.
func (t *trial) checkRequests(ctx context.Context) error {
	var made [2]string
	for i := range made {
		request, err := t.request(ctx, t.Request, i+1, "")
		if err != nil {
			return err
		}
		var sent strings.Builder
		if err := request.Write(&sent); err != nil {
			return fmt.Errorf("conformance: no request: %w", err)
		}
		made[i] = sent.String()
	}
	if made[0] == made[1] {
		return &idem.InvalidError{Field: "Target.Request", Reason: "makes the same request for 1 and 2"}
	}
	return nil
}

// exchange sends a request and reads its response.
func (t *trial) exchange(request *http.Request) response {
	ctx, cancel := context.WithTimeoutCause(request.Context(), patience, errPatience)
	defer cancel()
	resp, err := t.Client.Do(request.WithContext(ctx))
	if err != nil {
		return response{err: inWords(ctx, err)}
	}
	defer resp.Body.Close() //nolint:errcheck // it was read
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	switch {
	case err != nil:
		return response{err: inWords(ctx, err)}
	case len(body) > maxBody:
		return response{err: fmt.Errorf("longer than %d MiB", maxBody>>20)}
	}
	a := response{status: resp.StatusCode, header: resp.Header, body: body}
	a.signal = t.rules.signal(a)
	if a.succeeded() && t.ResourceID != nil {
		a.id = t.ResourceID(a.status, a.header, bytes.Clone(body))
	}
	return a
}

var errPatience = fmt.Errorf("within %v", patience)

// inWords returns why there is no response, without the URL, which may hold a
// secret.
func inWords(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// leaveAfter is how long a client that waits no longer stays after it has
// written its request: net/http reports it written before it flushes.
const leaveAfter = time.Millisecond

// abandon sends a request and closes the connection when the request is written,
// as a client does that waits no longer. There is a response if it was faster.
func (t *trial) abandon(ctx context.Context, n int, key string) (response, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	leave := func(httptrace.WroteRequestInfo) { time.AfterFunc(leaveAfter, cancel) }
	trace := &httptrace.ClientTrace{WroteRequest: leave}
	request, err := t.request(httptrace.WithClientTrace(ctx, trace), t.Request, n, key)
	if err != nil {
		return response{}, err
	}
	return t.exchange(request), nil
}

// count returns the server's counter, or unknown.
func (t *trial) count(ctx context.Context) (int, error) {
	if t.Executed == nil {
		return unknown, nil
	}
	n, err := t.Executed(ctx)
	if err != nil {
		return 0, fmt.Errorf("conformance: the counter of executions: %w", err)
	}
	return n, nil
}
