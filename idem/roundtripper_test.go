package idem_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/memnet"
)

// A shop's API, as these tests know it: errors are {"error":"code"}.
func shopProfile() idem.Profile {
	return idem.Profile{
		Vendor:       "shop",
		KeyHeader:    "Idempotency-Key",
		KeyTTL:       24 * time.Hour,
		ReplayHeader: "Replayed",
		Classify: func(_ int, _ http.Header, body []byte) idem.Signal {
			var b struct {
				Error string `json:"error"`
			}
			switch _ = json.Unmarshal(body, &b); b.Error {
			case "":
				return idem.SignalNone
			case "already":
				return idem.SignalAlreadyApplied
			case "reused":
				return idem.SignalKeyReused
			default:
				return idem.SignalError
			}
		},
	}
}

func findShop(r *http.Request) (idem.Operation, bool) {
	op, ok := map[string]idem.Operation{
		"POST /charges":   {Name: "CreateCharge", Class: idem.Keyed},
		"PUT /charges":    {Name: "CancelCharge", Class: idem.Idempotent},
		"PATCH /charges":  {Name: "ChangeCharge", Class: idem.NonIdempotent},
		"POST /lookups":   {Name: "CreateLookup", Class: idem.KeyUnverified},
		"GET /charges":    {Name: "ListCharges", Class: idem.Safe},
		"HEAD /charges":   {Name: "HeadCharges", Class: idem.Safe, BodyFormat: idem.BodyAny},
		"DELETE /charges": {Name: "DeleteCharge", Class: idem.Idempotent, NoContent: true},
	}[r.Method+" "+r.URL.Path]
	op.Success = []int{200, 201, 204}
	return op, ok
}

// received is a request as the shop has got it.
type received struct {
	*http.Request
	body string
}

func (r received) key() string { return r.Header.Get("Idempotency-Key") }

// shop is a scripted server in memory, in virtual time, and a client over a
// transport.
type shop struct {
	*http.Client
	t         *testing.T
	listener  *memnet.Listener
	transport *idem.Transport

	mu  sync.Mutex
	all []received
}

type script []http.HandlerFunc

func inShop(t *testing.T, steps script, f func(*testing.T, *shop), settings ...func(*idem.Config)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &shop{t: t, listener: memnet.Listen()}
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			steps[min(s.keep(r), len(steps))-1](w, r)
		})}
		done := make(chan struct{})
		go func() {
			defer close(done)
			_ = server.Serve(s.listener)
		}()
		defer func() {
			_ = server.Close()
			<-done
		}()
		s.use(shopProfile(), findShop, settings...)
		defer func() { s.CloseIdleConnections() }() // of the last client
		f(t, s)
	})
}

// shopTest is inShop as a subtest.
func shopTest(steps script, f func(*testing.T, *shop), settings ...func(*idem.Config)) func(*testing.T) {
	return func(t *testing.T) { inShop(t, steps, f, settings...) }
}

// use replaces the shop's client.
func (s *shop) use(p idem.Profile, find func(*http.Request) (idem.Operation, bool), settings ...func(*idem.Config)) {
	s.t.Helper()
	base := func(c *idem.Config) { c.Transport = s.base() }
	transport, err := idem.NewTransport(p, find, append([]func(*idem.Config){base, nil}, settings...)...)
	require.NoError(s.t, err)
	s.transport, s.Client = transport, &http.Client{Transport: transport}
}

func (s *shop) base() *http.Transport { return &http.Transport{DialContext: s.listener.DialContext} }

func (s *shop) url() string { return "http://" + s.listener.Addr().String() }

func (s *shop) keep(r *http.Request) int {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, received{r, string(body)})
	return len(s.all)
}

func (s *shop) received() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.all)
}

func (s *shop) request(method, path string, body io.Reader, header ...string) *http.Request {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url()+path, body)
	require.NoError(s.t, err)
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	return req
}

func (s *shop) charge(header ...string) *http.Request {
	return s.request(http.MethodPost, "/charges", strings.NewReader(charge), header...)
}

const charge = `{"amount":"11.00"}`

// send sends a request through the client, and reads the response's body.
func (s *shop) send(req *http.Request) (*http.Response, string, error) {
	s.t.Helper()
	resp, err := s.Do(req)
	if err != nil {
		return nil, "", err
	}
	body, err := io.ReadAll(resp.Body)
	require.NoError(s.t, err)
	require.NoError(s.t, resp.Body.Close())
	return resp, string(body), nil
}

func says(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func loses(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func hangs(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

var charged = says(http.StatusCreated, `{"id":7}`)

func once(c *idem.Config) { c.Policy.MaxAttempts = 1 }

// closing is a body that notes its Close.
type closing struct {
	io.Reader
	closed atomic.Int64
}

func (c *closing) Close() error {
	c.closed.Add(1)
	return nil
}

func TestTransportRepeatsTheSameBytesUnderOneKey(t *testing.T) {
	inShop(t, script{says(503, ""), loses, charged}, func(t *testing.T, s *shop) {
		resp, body, err := s.send(s.charge("Authorization", "Bearer k", "X-Own", "1", "Content-Type", "application/json; v=2"))
		require.NoError(t, err)
		assert.Equal(t, 201, resp.StatusCode)
		assert.JSONEq(t, `{"id":7}`, body)
		all := s.received()
		require.Len(t, all, 3)
		for _, r := range all {
			assert.Equal(t, charge, r.body) //nolint:testifylint // byte for byte
			assert.Len(t, r.key(), 36)
			assert.Equal(t, all[0].Header, r.Header)
			assert.Equal(t, "Bearer k", r.Header.Get("Authorization"))
			assert.Equal(t, "1", r.Header.Get("X-Own"))
			assert.Equal(t, "application/json; v=2", r.Header.Get("Content-Type"))
		}
	})
}

func TestTransportLeavesAnUnknownRequestToTheBase(t *testing.T) {
	var sent []*http.Request
	lost := assert.AnError
	base := roundTripper(func(r *http.Request) (*http.Response, error) {
		sent = append(sent, r)
		return nil, lost
	})
	transport, err := idem.NewTransport(shopProfile(), findShop, func(c *idem.Config) { c.Transport = base })
	require.NoError(t, err)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://shop.example/webhooks", strings.NewReader(charge))
	require.NoError(t, err)
	_, err = transport.RoundTrip(req)
	require.Equal(t, lost, err, "the very error")
	require.Len(t, sent, 1)
	assert.Same(t, req, sent[0], "the very request")
	_, err = transport.RoundTrip(&http.Request{})
	require.Equal(t, lost, err, "a request without a URL is the base's to refuse")
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// reply is a foreign transport's response, of a body that was read.
func reply(r *http.Request, status int, body string) (*http.Response, error) {
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
	}
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(bytes.NewReader([]byte(body))), ContentLength: int64(len(body)),
	}, nil
}

func TestTransportNeverChangesTheRequest(t *testing.T) {
	for name, change := range map[string]func(*http.Request){
		"sent":          func(*http.Request) {},
		"with a key":    func(r *http.Request) { r.Header.Set("Idempotency-Key", "order-17") },
		"unknown":       func(r *http.Request) { r.URL.Path = "/webhooks" },
		"refused":       func(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") },
		"hop by hop":    func(r *http.Request) { r.Header.Set("Connection", "close"); r.Close = true },
		"odd names":     func(r *http.Request) { r.Header["x-own"] = []string{"1"} },
		"no header":     func(r *http.Request) { r.Header = nil },
		"another host":  func(r *http.Request) { r.Host = "evil.example" },
		"a dotted host": func(r *http.Request) { r.URL.RawQuery = "b=2&a=1" },
	} {
		t.Run(name, shopTest(script{says(503, ""), charged}, func(t *testing.T, s *shop) {
			req := s.charge("Authorization", "Bearer k", "Cookie", "a=b", "X-Own", "1")
			req.Body = &closing{Reader: req.Body}
			change(req)
			before, header, address := *req, req.Header.Clone(), *req.URL
			if resp, err := s.transport.RoundTrip(req); err == nil {
				require.NoError(t, resp.Body.Close())
			}
			assert.Equal(t, header, req.Header)
			assert.Equal(t, address, *req.URL)
			assert.Same(t, before.URL, req.URL)
			assert.Same(t, before.Body, req.Body)
			assert.Equal(t, before.Host, req.Host)
			assert.Equal(t, before.Method, req.Method)
			assert.Equal(t, before.ContentLength, req.ContentLength)
			assert.Equal(t, before.Close, req.Close)
			assert.Equal(t, before.Context(), req.Context())
		}))
	}
}

func TestTransportAlwaysClosesTheBody(t *testing.T) {
	for name, row := range map[string]struct {
		steps   script
		change  func(*http.Request)
		setting func(*idem.Config)
		sent    int
	}{
		"charged":            {steps: script{charged}, sent: 1},
		"lost":               {steps: script{loses}, setting: once, sent: 1},
		"refused by server":  {steps: script{says(402, `{"error":"declined"}`)}, sent: 1},
		"unknown request":    {change: func(r *http.Request) { r.URL.Path = "/webhooks" }, steps: script{charged}, sent: 1},
		"a bad key":          {change: func(r *http.Request) { r.Header.Set("Idempotency-Key", "a b") }},
		"another host":       {change: func(r *http.Request) { r.Host = "evil.example" }},
		"a bad query":        {change: func(r *http.Request) { r.URL.RawQuery = "a=%zz" }},
		"an owned header":    {change: func(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") }},
		"a disguised header": {change: func(r *http.Request) { r.Header["Idempotency_Key"] = []string{"a"} }},
		"a trailer":          {change: func(r *http.Request) { r.Trailer = http.Header{"X": nil} }},
		"an opaque URL":      {change: func(r *http.Request) { r.URL.Opaque = "//shop/other" }},
		"a plain host":       {change: func(r *http.Request) { r.URL.Host, r.Host = "shop.example", "" }},
		"a ref, no journal":  {change: func(r *http.Request) { *r = *r.WithContext(idem.ContextWithRef(r.Context(), "order-17")) }},
		"another length":     {change: func(r *http.Request) { r.ContentLength = 5 }},
		"no credentials": {setting: func(c *idem.Config) {
			c.Authorize = func(context.Context, http.Header) error { return assert.AnError }
		}},
	} {
		t.Run(name, func(t *testing.T) {
			var settings []func(*idem.Config)
			if row.setting != nil {
				settings = append(settings, row.setting)
			}
			inShop(t, row.steps, func(t *testing.T, s *shop) {
				body := &closing{Reader: strings.NewReader(charge)}
				req := s.request(http.MethodPost, "/charges", body)
				if row.change != nil {
					row.change(req)
				}
				resp, err := s.transport.RoundTrip(req)
				if err == nil {
					require.NoError(t, resp.Body.Close())
				}
				assert.NotZero(t, body.closed.Load())
				assert.Len(t, s.received(), row.sent)
				if row.sent == 0 {
					require.Error(t, err)
					assert.Equal(t, idem.OutcomeNotSent, idem.OutcomeOf(err))
				}
			}, settings...)
		})
	}
}

// What asks only for a longer or shorter body of a success is no condition.
func TestR40_TransportSendsAPreferenceForABody(t *testing.T) {
	for value, sent := range map[string]int{
		"return=representation": 1, "return=Minimal": 1, "respond-async": 0, "return=minimal, respond-async": 0, "wait=10": 0,
	} {
		inShop(t, script{charged}, func(t *testing.T, s *shop) {
			_, _, err := s.send(s.charge("Prefer", value))
			assert.Equal(t, sent == 1, err == nil, value)
			require.Len(t, s.received(), sent, value)
			if sent == 1 {
				assert.Equal(t, value, s.received()[0].Header.Get("Prefer"))
			}
		})
	}
}

func TestTransportServesManyAtOnce(t *testing.T) {
	inShop(t, script{loses, says(503, ""), charged}, func(t *testing.T, s *shop) {
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				_, _, err := s.send(s.charge())
				assert.NoError(t, err)
			})
		}
		wg.Wait()
		keys := map[string]bool{}
		for _, r := range s.received() {
			keys[r.key()] = true
		}
		assert.Len(t, keys, 20)
	})
}

// idleBase notes that its connections were closed.
type idleBase struct {
	roundTripper
	closed atomic.Int64
}

func (b *idleBase) CloseIdleConnections() { b.closed.Add(1) }

func TestTransportClosesIdleConnections(t *testing.T) {
	inShop(t, script{charged}, func(t *testing.T, s *shop) {
		for range 2 {
			_, _, err := s.send(s.charge())
			require.NoError(t, err)
		}
		first := s.listener.Conns()
		require.Len(t, first, 1)
		s.CloseIdleConnections()
		_, _, err := s.send(s.charge())
		require.NoError(t, err)
		synctest.Wait()
		require.Len(t, s.listener.Conns(), 1)
		assert.NotSame(t, first[0], s.listener.Conns()[0])
	})
	base := new(idleBase)
	transport, err := idem.NewTransport(shopProfile(), findShop, func(c *idem.Config) { c.Transport = base })
	require.NoError(t, err)
	transport.CloseIdleConnections()
	assert.EqualValues(t, 1, base.closed.Load(), "the base's own")
}
