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
	"time"

	"github.com/bardge/bardge-go/idem"
)

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

func (a response) throttled() bool { return a.err == nil && a.status == http.StatusTooManyRequests }

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
// that came too soon (429), which is not executed, is sent again.
func (t *trial) send(requests Requests, n int, key string) response {
	before := t.count()
	a := t.patiently(func() response { return t.exchange(t.request(t.ctx, requests, n, key)) })
	a.ran = t.ranSince(before)
	return a
}

// patiently sends a request again that came too soon.
func (t *trial) patiently(send func() response) response {
	for attempt := 1; ; attempt++ {
		a := send()
		t.fail(context.Cause(t.ctx))
		if !a.throttled() || attempt == repetitions {
			return a
		}
		t.pause(a.retryAfter())
	}
}

// request makes a request with a key. It is made so that net/http repeats it
// under no circumstances: on a connection of its own, with a body that is read
// once. It is nil after an error.
func (t *trial) request(ctx context.Context, requests Requests, n int, key string) *http.Request {
	if t.err != nil {
		return nil
	}
	request, err := requests(n)
	if err != nil {
		t.fail(fmt.Errorf("conformance: no request: %w", err))
		return nil
	}
	request, err = t.rules.put(request.WithContext(ctx), key)
	if err != nil {
		t.fail(err)
		return nil
	}
	request.Close, request.GetBody = true, nil
	return request
}

// checkRequests refuses requests that do not differ: a server that answers one
// with the response of another would be right.
func (t *trial) checkRequests() {
	var made [2]bytes.Buffer
	for i := range made {
		request := t.request(t.ctx, t.Request, i+1, "")
		if request == nil {
			return
		}
		if err := request.Write(&made[i]); err != nil {
			t.fail(fmt.Errorf("conformance: no request: %w", err))
		}
	}
	if bytes.Equal(made[0].Bytes(), made[1].Bytes()) {
		t.fail(&idem.InvalidError{Field: "Target.Request", Reason: "makes the same request for 1 and 2"})
	}
}

func (t *trial) exchange(request *http.Request) response {
	if request == nil {
		return response{}
	}
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
func (t *trial) abandon(n int, key string) response {
	ctx, cancel := context.WithCancel(t.ctx)
	defer cancel()
	leave := func(httptrace.WroteRequestInfo) { time.AfterFunc(leaveAfter, cancel) }
	trace := &httptrace.ClientTrace{WroteRequest: leave}
	return t.exchange(t.request(httptrace.WithClientTrace(ctx, trace), t.Request, n, key))
}

// count returns the server's counter, or unknown.
func (t *trial) count() int {
	if t.Executed == nil || t.err != nil {
		return unknown
	}
	n, err := t.Executed(t.ctx)
	if err != nil {
		t.fail(fmt.Errorf("conformance: the counter of executions: %w", err))
		return unknown
	}
	return n
}

// ranSince returns how often the server has executed something since its
// counter was read, or unknown.
func (t *trial) ranSince(before int) int {
	after := t.count()
	if before == unknown || after == unknown {
		return unknown
	}
	return after - before
}
