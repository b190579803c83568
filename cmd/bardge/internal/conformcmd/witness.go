package conformcmd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/bardge/bardge-go/idem/conformance"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// counter is a URL that shows how many requests were executed.
type counter struct {
	url    string
	header http.Header
}

// newCounter makes a counter. Credentials go to the host of the requests alone.
func newCounter(address *url.URL, own kind) counter {
	if tried, err := url.Parse(own.url); err == nil && tried.Scheme == address.Scheme && tried.Host == address.Host {
		return counter{address.String(), own.header}
	}
	return counter{address.String(), nil}
}

// read returns a function that reads the number which find finds in the body, or
// the whole body.
func (c counter) read(find func(int, http.Header, []byte) string) func(context.Context) (int, error) {
	return func(ctx context.Context) (int, error) {
		body, err := exchange(ctx, http.MethodGet, c.url, c.header, nil)
		if err != nil {
			return 0, err
		}
		n, err := strconv.Atoi(string(bytes.TrimSpace(body)))
		if err != nil {
			n, err = strconv.Atoi(find(http.StatusOK, nil, body))
		}
		if err != nil {
			return 0, errors.New("there is no number (see --counter)")
		}
		return n, nil
	}
}

// asLongAsWork is how long a sandbox works on a request, so that others meet it.
const asLongAsWork = 20 * time.Millisecond

// with returns requests that meet a sandbox's fault.
func (k kind) with(fault fakeserver.Fault) kind {
	k.header = k.header.Clone()
	k.header.Set(fakeserver.FaultHeader, string(fault))
	return k
}

// steer has a sandbox count, let time pass, and fail.
func (c *command) steer(t *conformance.Target, sandbox *url.URL, own kind, base int64) {
	control := sandbox.JoinPath("_sandbox")
	t.Executed = func(ctx context.Context) (int, error) {
		body, err := exchange(ctx, http.MethodGet, control.JoinPath("counts").String(), nil, nil)
		if err != nil {
			return 0, err
		}
		var all struct {
			Counts []struct {
				Executed int `json:"executed"`
			} `json:"counts"`
		}
		err = json.Unmarshal(body, &all)
		n := 0
		for _, one := range all.Counts {
			n += one.Executed
		}
		return n, err
	}
	t.Wait = func(ctx context.Context, d time.Duration) error {
		step := fmt.Appendf(nil, `{"by":%q}`, d)
		_, err := exchange(ctx, http.MethodPost, control.JoinPath("clock", "advance").String(),
			http.Header{"Content-Type": {"application/json"}}, step)
		return err
	}
	if t.Failing == nil {
		t.Failing = c.requests(own.with(fakeserver.ServerErrorAfter(http.StatusInternalServerError)), base)
	}
	t.Request = c.requests(own.with(fakeserver.DelayBefore(asLongAsWork)), base)
}

// exchange sends a request that is no part of the trial, and returns the body of
// a success.
func exchange(ctx context.Context, method, address string, header http.Header, body []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header, r.Close = header.Clone(), true
	direct := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := direct.Do(r)
	if err != nil {
		return nil, withoutURL(err)
	}
	defer resp.Body.Close() //nolint:errcheck // it was read
	if resp.StatusCode/100 != 2 {
		return nil, fmt.Errorf("status %d", resp.StatusCode)
	}
	return io.ReadAll(io.LimitReader(resp.Body, maxBody))
}

// withoutURL returns an error without the URL, which may hold a secret.
func withoutURL(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}
