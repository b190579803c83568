package idem_test

import (
	"compress/gzip"
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
)

func zipped(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Encoding", "gzip")
	z := gzip.NewWriter(w)
	_, _ = io.WriteString(z, `{"id":7}`)
	_ = z.Close()
}

func inParts(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Trailer", "Checksum")
	says(200, `{"id":`)(w, r)
	w.(http.Flusher).Flush()
	_, _ = io.WriteString(w, "7}")
	w.Header().Set("Checksum", "abc")
}

// A response is what net/http would have returned, over real sockets, but that
// its length is known where it came in parts.
func TestTransportRespondsAsNetHTTPDoes(t *testing.T) {
	for name, row := range map[string]struct {
		method string
		serve  http.HandlerFunc
		parts  bool
	}{
		"created":           {method: http.MethodPost, serve: says(201, `{"id":7}`, "X-Own", "1", "Location", "/charges/7")},
		"refused":           {method: http.MethodPost, serve: says(402, `{"error":"declined"}`)},
		"compressed":        {method: http.MethodPost, serve: zipped},
		"in parts":          {method: http.MethodPost, serve: inParts, parts: true},
		"204":               {method: http.MethodDelete, serve: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }},
		"HEAD":              {method: http.MethodHead, serve: says(200, `{"id":7}`, "Content-Length", "8")},
		"HEAD, no length":   {method: http.MethodHead, serve: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }},
		"a read":            {method: http.MethodGet, serve: says(200, `{"id":7}`)},
		"a read, not found": {method: http.MethodGet, serve: says(404, `{"error":"missing"}`)},
		"a read, no body":   {method: http.MethodGet, serve: says(404, "")},
		"a read, broken":    {method: http.MethodGet, serve: says(500, `<html>`)},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(row.serve)
			defer server.Close()
			transport, err := idem.NewTransport(shopProfile(), findShop, once)
			require.NoError(t, err)
			defer transport.CloseIdleConnections()
			plain := new(http.Transport)
			defer plain.CloseIdleConnections()
			want, wantBody := exchange(t, plain, row.method, server.URL)
			got, gotBody := exchange(t, transport, row.method, server.URL)
			if row.parts {
				assert.EqualValues(t, -1, want.ContentLength)
				want.ContentLength, want.TransferEncoding = int64(len(wantBody)), nil
			}
			delete(want.Header, "Date")
			delete(got.Header, "Date")
			assert.Equal(t, want, got)
			assert.Equal(t, wantBody, gotBody)
		})
	}
}

// exchange returns a response without its request and body, and the body.
func exchange(t *testing.T, rt http.RoundTripper, method, base string) (http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, base+"/charges", nil)
	require.NoError(t, err)
	resp, err := rt.RoundTrip(req)
	require.NoError(t, err)
	assert.Same(t, req, resp.Request)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	resp.Request, resp.Body = nil, nil
	return *resp, string(body)
}

// What a base reports of its response reaches the client.
func TestTransportPassesOnWhatABaseSays(t *testing.T) {
	secured := new(tls.ConnectionState)
	base := roundTripper(func(r *http.Request) (*http.Response, error) {
		resp, err := reply(r, 200, `{"id":7}`)
		resp.Status, resp.Proto, resp.ProtoMajor, resp.ProtoMinor = "200 Charged", "HTTP/2.0", 2, 0
		resp.TLS, resp.Trailer = secured, http.Header{"Checksum": {"abc"}}
		return resp, err
	})
	transport, err := idem.NewTransport(shopProfile(), findShop, func(c *idem.Config) { c.Transport = base })
	require.NoError(t, err)
	resp, body := exchange(t, transport, http.MethodPost, "https://shop.example")
	assert.JSONEq(t, `{"id":7}`, body)
	assert.Equal(t, "200 Charged", resp.Status)
	assert.Equal(t, "HTTP/2.0", resp.Proto)
	assert.Equal(t, 2, resp.ProtoMajor)
	assert.Zero(t, resp.ProtoMinor)
	assert.Same(t, secured, resp.TLS)
	assert.Equal(t, http.Header{"Checksum": {"abc"}}, resp.Trailer)
}

func TestTransportGivesTheResponseAway(t *testing.T) {
	inShop(t, script{says(201, `{"id":7}`, "X-Own", "1")}, func(t *testing.T, s *shop) {
		resp, err := s.Do(s.charge("Idempotency-Key", "order-17"))
		require.NoError(t, err)
		resp.Header.Set("X-Own", "2")
		resp.Header.Set("More", "3")
		part := make([]byte, 3)
		_, err = io.ReadFull(resp.Body, part)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close(), "before its end")
		require.NoError(t, resp.Body.Close(), "twice")
		again, body, err := s.send(s.charge("Idempotency-Key", "order-17"))
		require.NoError(t, err)
		assert.Equal(t, "1", again.Header.Get("X-Own"))
		assert.JSONEq(t, `{"id":7}`, body)
	})
}

func TestTransportReturnsResponsesThatSettleAndErrorsElse(t *testing.T) {
	declined := says(402, `{"error":"declined"}`)
	stored := says(402, `{"error":"declined"}`, "Replayed", "true")
	already, reused := says(409, `{"error":"already"}`), says(409, `{"error":"reused"}`)
	page := says(200, "<html>", "Content-Type", "text/html")
	cut := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, `{"id":7`)
	}
	for name, row := range map[string]struct {
		method  string
		steps   script
		status  int // of the response; 0: an error
		outcome idem.Outcome
		last    int // of the error's response; 0: none
		sent    int
	}{
		"charged":                       {method: "POST", steps: script{charged}, status: 201, sent: 1},
		"declined":                      {method: "POST", steps: script{declined}, status: 402, sent: 1},
		"slow down, for good":           {method: "POST", steps: script{says(429, "")}, status: 429, sent: 3},
		"declined after doubt":          {method: "POST", steps: script{loses, declined}, last: 402, sent: 3},
		"declined, as stored":           {method: "POST", steps: script{loses, stored}, status: 402, sent: 2},
		"500, for good":                 {method: "POST", steps: script{says(500, "")}, last: 500, sent: 3},
		"lost, for good":                {method: "POST", steps: script{loses}, sent: 3},
		"the key is another's":          {method: "POST", steps: script{reused}, outcome: idem.OutcomeRejected, last: 409, sent: 1},
		"cancelled before":              {method: "PUT", steps: script{already}, status: 409, sent: 1},
		"cancelled here, perhaps":       {method: "PUT", steps: script{loses, already}, outcome: idem.OutcomeDone, last: 409, sent: 2},
		"idempotent, 503":               {method: "PUT", steps: script{says(503, "")}, last: 503, sent: 3},
		"non-idempotent, lost":          {method: "PATCH", steps: script{loses}, sent: 1},
		"non-idempotent, 503":           {method: "PATCH", steps: script{says(503, "")}, last: 503, sent: 1},
		"a read, 503 for good":          {method: "GET", steps: script{says(503, "away")}, status: 503, sent: 3},
		"a read, 503, then 200":         {method: "GET", steps: script{says(503, ""), says(200, "{}")}, status: 200, sent: 2},
		"a read, a page":                {method: "GET", steps: script{page}, status: 200, sent: 3},
		"a read, elsewhere":             {method: "GET", steps: script{says(307, "", "Location", "https://a.example")}, status: 307, sent: 1},
		"a read, lost":                  {method: "GET", steps: script{loses}, sent: 3},
		"a read, 503, then lost":        {method: "GET", steps: script{says(503, ""), loses}, last: 503, sent: 3},
		"a read, cut":                   {method: "GET", steps: script{cut}, last: 200, sent: 3},
		"a page of an intermediary":     {method: "POST", steps: script{page}, last: 200, sent: 3},
		"a redirect of a charge":        {method: "POST", steps: script{says(307, "", "Location", "/other")}, last: 307, sent: 3},
		"executed, the response is cut": {method: "POST", steps: script{cut}, last: 200, sent: 3},
	} {
		t.Run(name, shopTest(row.steps, func(t *testing.T, s *shop) {
			resp, err := s.transport.RoundTrip(s.request(row.method, "/charges", strings.NewReader(charge)))
			assert.Len(t, s.received(), row.sent)
			if row.status != 0 {
				require.NoError(t, err)
				require.NoError(t, resp.Body.Close())
				assert.Equal(t, row.status, resp.StatusCode)
				return
			}
			require.Error(t, err)
			assert.Nil(t, resp)
			assert.Equal(t, row.outcome, idem.OutcomeOf(err))
			var e *idem.TransportError
			require.ErrorAs(t, err, &e)
			if row.last == 0 {
				assert.Nil(t, e.Result.Response)
				return
			}
			require.NotNil(t, e.Result.Response)
			assert.Equal(t, row.last, e.Result.Response.Status)
		}, func(c *idem.Config) { c.Policy.MaxAttempts = 3 }))
	}
}

// The last response of a read is no excuse for a client that has left.
func TestTransportOfAReadEndsWithItsContext(t *testing.T) {
	inShop(t, script{says(503, "", "Retry-After", "20")}, func(t *testing.T, s *shop) {
		ctx, cancel := context.WithCancel(t.Context())
		s.use(shopProfile(), findShop, func(c *idem.Config) {
			c.Observe = func(e idem.Event) {
				if e.Kind == idem.EventAttemptEnded {
					cancel()
				}
			}
		})
		_, _, err := s.send(s.request(http.MethodGet, "/charges", nil).WithContext(ctx))
		require.ErrorIs(t, err, context.Canceled)
	})
}

// looksUp changes the operations, of which each gets one attempt.
func (s *shop) looksUp(change func(*idem.Operation)) {
	s.use(shopProfile(), func(r *http.Request) (idem.Operation, bool) {
		op, ok := findShop(r)
		change(&op)
		return op, ok
	}, once)
}

// A lookup's response is given away as a copy.
func TestTransportReturnsWhatALookupFinds(t *testing.T) {
	found := &idem.Response{Status: 201, Header: http.Header{"X-Own": {"1"}}, Body: []byte(`{"id":7}`)}
	inShop(t, script{loses}, func(t *testing.T, s *shop) {
		s.looksUp(func(op *idem.Operation) {
			op.Lookup = func(context.Context, idem.Lookup) (*idem.Response, idem.State) { return found, idem.StateHolds }
		})
		resp, body, err := s.send(s.charge())
		require.NoError(t, err)
		assert.JSONEq(t, `{"id":7}`, body)
		assert.Equal(t, "201 Created", resp.Status)
		assert.EqualValues(t, 8, resp.ContentLength)
		resp.Header.Set("X-Own", "2")
		assert.Equal(t, "1", found.Header.Get("X-Own"))
	})
}

// What a look-up's own requests hear is theirs, however many run at once.
func TestTransportsResponseIsNotALookupsRequests(t *testing.T) {
	reads := func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Trailer", "X-Trailer")
		_, _ = io.WriteString(w, `{"id":7}`)
		w.Header().Set("X-Trailer", "of the read")
	}
	inShop(t, script{reads}, func(t *testing.T, s *shop) {
		lookup := func(ctx context.Context, l idem.Lookup) (*idem.Response, idem.State) {
			var all sync.WaitGroup
			for range 4 {
				all.Go(func() {
					read := idem.Operation{Name: "GetCharge", Success: []int{200}}
					assert.NoError(t, l.Do(ctx, idem.Request{Operation: read, Method: http.MethodGet, Path: "/charges/7"}).Err)
				})
			}
			all.Wait()
			return &idem.Response{Status: 200, Body: []byte(`{"id":7}`)}, idem.StateHolds
		}
		s.looksUp(func(op *idem.Operation) { op.Lookup = lookup })
		resp, _, err := s.send(s.charge())
		require.NoError(t, err)
		assert.Empty(t, resp.Trailer)
	})
}

func TestTransportDoesNotTakeACutRefusalForAWholeOne(t *testing.T) {
	for _, status := range []int{http.StatusRequestEntityTooLarge, http.StatusTooManyRequests} {
		inShop(t, script{func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, "too")
		}}, func(t *testing.T, s *shop) {
			resp, err := s.Do(s.charge())
			require.NoError(t, err, "the status alone refuses it")
			assert.Equal(t, status, resp.StatusCode)
			assert.EqualValues(t, 100, resp.ContentLength)
			_, err = io.ReadAll(resp.Body)
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
			assert.NoError(t, resp.Body.Close())
		}, once)
	}
}

// A client that checks for its operation's own status takes what was read for
// the response of another operation's, unless it has that status.
func TestTransportReturnsALookupWithTheStatusOfASuccess(t *testing.T) {
	found := &idem.Response{Status: 200, Body: []byte(`{"id":7}`)}
	inShop(t, script{loses}, func(t *testing.T, s *shop) {
		s.looksUp(func(op *idem.Operation) {
			op.Success = []int{201, 202}
			op.Lookup = func(context.Context, idem.Lookup) (*idem.Response, idem.State) { return found, idem.StateHolds }
		})
		resp, body, err := s.send(s.charge())
		require.NoError(t, err)
		assert.JSONEq(t, `{"id":7}`, body)
		assert.Equal(t, "201 Created", resp.Status)
		assert.Equal(t, 200, found.Status, "what the lookup returned is its own")
	})
}
