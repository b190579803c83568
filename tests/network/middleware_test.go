package network

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/idempotency"
	"github.com/rs/zerolog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
)

// fiberProfile is gofiber's idempotency middleware with its defaults, as its
// code and the tests here show. What the engine must know of it:
//
//   - A response is stored for 30 minutes from its creation, which is never
//     less than 30 minutes from the first request. That is the window.
//   - A request whose handler returned a response is stored with any status, a
//     500 too. One whose handler returned an error is not stored, and the
//     handler runs again under the same key. Where a handler may fail after it
//     did its work, only Policy.NoRetryOn500 executes once.
//   - A request that comes while the first one runs waits for its response, in
//     one process: its lock and its store are in memory.
//   - The body is not compared: a key returns its first response for any body.
//     Only the engine's own memory of the key refuses another body.
//   - Stored responses carry no mark, so that a rejection after a lost response
//     never settles the outcome. Responses carry no request id, either.
//   - A key has 36 characters. The engine's own keys do.
func fiberProfile() idem.Profile {
	return idem.Profile{
		KeyHeader:      "X-Idempotency-Key",
		KeyTTL:         30 * time.Minute,
		MaxElapsedTime: time.Minute,
		KeyMaxLength:   36,
		Classify: func(status int, _ http.Header, body []byte) idem.Signal {
			var said struct {
				Problem string `json:"problem"`
			}
			if status >= 400 && json.Unmarshal(body, &said) == nil && said.Problem != "" {
				return idem.SignalError
			}
			return idem.SignalNone
		},
	}
}

// middleware is gofiber's, with its defaults. Its store's sweeper lives as long
// as the process, so all servers share one, with different keys.
var middleware = idempotency.New()

// startFiber starts the goroutines that gofiber and its server keep for the
// process's lifetime: the middleware's, and those of the first response's date.
func startFiber() error {
	resp, err := fiber.New().Test(httptest.NewRequest(http.MethodPost, "/orders", nil))
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

type shop struct {
	addr   string
	orders atomic.Int64
	// work is called for each order, and returns its result.
	work func(order int64, c *fiber.Ctx) error
}

func newShop(t *testing.T) *shop {
	t.Helper()
	s := &shop{work: placed}
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Server().MaxIdleWorkerDuration = 10 * time.Millisecond // its sweeper sleeps as long, also after Shutdown
	app.Post("/orders", middleware, func(c *fiber.Ctx) error { return s.work(s.orders.Add(1), c) })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s.addr = l.Addr().String()
	var served sync.WaitGroup
	served.Go(func() { assert.NoError(t, app.Listener(l)) })
	t.Cleanup(func() {
		assert.NoError(t, app.Shutdown())
		served.Wait()
	})
	return s
}

func placed(order int64, c *fiber.Ctx) error {
	return c.Status(http.StatusCreated).JSON(fiber.Map{"order": order})
}

type till struct {
	*shop
	proxy  *toxiproxy.Proxy
	engine *idem.Engine
}

func newTill(t *testing.T, policy idem.Policy) *till {
	t.Helper()
	w := &till{shop: newShop(t)}
	api := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	w.proxy = toxiproxy.NewProxy(api, "till", "127.0.0.1:0", w.addr)
	require.NoError(t, w.proxy.Start())
	policy.AttemptTimeout = cmp.Or(policy.AttemptTimeout, attemptTimeout)
	policy.BaseDelay, policy.MaxDelay = 5*time.Millisecond, 50*time.Millisecond
	var err error
	w.engine, err = idem.New(idem.Config{
		Profile: fiberProfile(), Policy: policy, BaseURL: "http://" + w.proxy.Listen,
		Observe: func(e idem.Event) {
			if e.Kind == idem.EventAttemptEnded {
				w.proxy.Toxics.ResetToxics(context.Background())
			}
		},
	})
	require.NoError(t, err)
	t.Cleanup(func() {
		w.engine.CloseIdleConnections()
		w.proxy.Stop()
	})
	return w
}

func (w *till) inject(t *testing.T, toxic, attributes, stream string) {
	t.Helper()
	_, err := w.proxy.Toxics.AddToxicJson(strings.NewReader(
		fmt.Sprintf(`{"type":%q,"stream":%q,"attributes":%s}`, toxic, stream, attributes)))
	require.NoError(t, err)
}

func order(body string) idem.Call {
	return idem.Call{Request: idem.Request{
		Operation: idem.Operation{Name: "Order", Class: idem.Keyed, Success: []int{http.StatusCreated}},
		Method:    http.MethodPost, Path: "/orders", Body: []byte(body),
	}}
}

func TestFiber_LostAnswers(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string][3]string{
		"request reset":           {"reset_peer", `{"timeout":0}`, up},
		"answer reset":            {"reset_peer", `{"timeout":0}`, down},
		"request cut":             {"limit_data", `{"bytes":40}`, up},
		"answer cut":              {"limit_data", `{"bytes":40}`, down},
		"no request":              {"timeout", `{"timeout":0}`, up},
		"no answer":               {"timeout", `{"timeout":0}`, down},
		"later than the deadline": {"latency", `{"latency":1500}`, up},
		"later than waited":       {"latency", `{"latency":1500}`, down},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newTill(t, idem.Policy{})
			w.inject(t, fault[0], fault[1], fault[2])
			r := w.engine.Do(t.Context(), order(`{"sku":1}`))
			require.NoError(t, r.Err)
			assert.GreaterOrEqual(t, len(r.Attempts), 2)
			assert.JSONEq(t, `{"order":1}`, string(r.Response.Body))
			assert.EqualValues(t, 1, w.orders.Load())
		})
	}
}

// TestFiber_OneKeyManyCalls: callers who share a key share one execution, even
// from several engines and with lost responses.
func TestFiber_OneKeyManyCalls(t *testing.T) {
	t.Parallel()
	w := newTill(t, idem.Policy{})
	w.work = func(n int64, c *fiber.Ctx) error {
		time.Sleep(50 * time.Millisecond) // so that they meet
		return placed(n, c)
	}
	other, err := idem.New(idem.Config{Profile: fiberProfile(), BaseURL: "http://" + w.addr})
	require.NoError(t, err)
	defer other.CloseIdleConnections()
	w.inject(t, "reset_peer", `{"timeout":0}`, down)
	key := idem.NewKey()
	var callers sync.WaitGroup
	for i := range 16 {
		callers.Go(func() {
			c, engine := order(`{"sku":1}`), w.engine
			c.Key = key
			if i%2 == 0 {
				engine = other
				c.Key, _ = idem.SentKey(key.String(), time.Time{})
			}
			r := engine.Do(t.Context(), c)
			assert.NoError(t, r.Err)
			assert.JSONEq(t, `{"order":1}`, string(r.Response.Body))
		})
	}
	callers.Wait()
	assert.EqualValues(t, 1, w.orders.Load())
}

// TestFiber_AnotherBody: the engine, not the middleware, notices that a key is
// used for another request.
func TestFiber_AnotherBody(t *testing.T) {
	t.Parallel()
	w := newTill(t, idem.Policy{})
	first := w.engine.Do(t.Context(), order(`{"sku":1}`))
	require.NoError(t, first.Err)

	again := order(`{"sku":2}`)
	again.Key = first.Key
	r := w.engine.Do(t.Context(), again)
	require.ErrorIs(t, r.Err, idem.ErrKeyReused)
	assert.Empty(t, r.Attempts)

	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+w.addr+"/orders", strings.NewReader(`{"sku":2}`))
	require.NoError(t, err)
	request.Header.Set("X-Idempotency-Key", first.Key.String())
	request.Close = true
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	assert.Equal(t, http.StatusCreated, answer.StatusCode, "the first order's answer to another order")
	assert.EqualValues(t, 1, w.orders.Load())
}

// TestFiber_ServerErrors: a failure that the handler returns as a response is
// stored; an error is not, so that the default policy orders twice where the
// handler had done its work. NoRetryOn500 is for such servers.
func TestFiber_ServerErrors(t *testing.T) {
	t.Parallel()
	answered := func(_ int64, c *fiber.Ctx) error {
		return c.Status(http.StatusInternalServerError).JSON(fiber.Map{"problem": "answered"})
	}
	returned := func(n int64, c *fiber.Ctx) error {
		if n == 1 {
			return fiber.ErrInternalServerError
		}
		return placed(n, c)
	}
	refused := func(_ int64, c *fiber.Ctx) error {
		return c.Status(http.StatusConflict).JSON(fiber.Map{"problem": "sold out"})
	}
	for name, row := range map[string]struct {
		work     func(int64, *fiber.Ctx) error
		policy   idem.Policy
		outcome  idem.Outcome
		executed int64
	}{
		"kept: never executed again":         {work: answered, policy: idem.Policy{MaxAttempts: 3}, outcome: idem.OutcomeUnknown, executed: 1},
		"not kept: executed again":           {work: returned, policy: idem.Policy{}, outcome: idem.OutcomeDone, executed: 2},
		"not kept, server errors are final":  {work: returned, policy: idem.Policy{NoRetryOn500: true}, outcome: idem.OutcomeUnknown, executed: 1},
		"rejected by the application: final": {work: refused, policy: idem.Policy{}, outcome: idem.OutcomeRejected, executed: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			policy := row.policy
			policy.AttemptTimeout = closeTimeout // what is proven here is no matter of time
			w := newTill(t, policy)
			w.work = row.work
			r := w.engine.Do(t.Context(), order(`{"sku":1}`))
			assert.Equal(t, row.outcome, r.Outcome, "%v", r.Err)
			assert.Equal(t, row.executed, w.orders.Load())
		})
	}
}
