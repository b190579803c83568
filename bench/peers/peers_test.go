package peers_test

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/bardge/bardge-go/bench/peers"
	"github.com/bardge/bardge-go/internal/memnet"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	issued   = `{"object":"issued_pass","id":"brgpass_1","created":1746700000000}`
	refusal  = `{"error":{"type":"invalid_request_error","code":"validation_error","message":"no"}}`
	tryLater = `<html><body>Service Unavailable</body></html>`
)

type request struct {
	method, path, key, auth string
	body                    map[string]string
}

type answer struct {
	status      int
	contentType string
	body        string
}

var (
	gives   = answer{http.StatusCreated, "application/json", issued}
	refuses = answer{http.StatusBadRequest, "application/json", refusal}
	later   = answer{http.StatusServiceUnavailable, "text/html", tryLater}
	portal  = answer{http.StatusOK, "text/html", tryLater}
	hangsUp = answer{}
)

func forEach(t *testing.T, answers []answer, check func(t *testing.T, p peers.Peer, got peers.Result, seen []request)) {
	t.Helper()
	for _, p := range peers.All() {
		t.Run(p.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var seen []request
				listener := memnet.Listen()
				server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					seen = append(seen, read(t, r))
					say(w, answers[min(len(seen), len(answers))-1])
				})}
				go func() { _ = server.Serve(listener) }()
				defer server.Close()

				transport := &http.Transport{DialContext: listener.DialContext}
				defer transport.CloseIdleConnections()
				client, err := p.New(peers.Setup{BaseURL: "http://" + listener.Addr().String(), Transport: transport})
				require.NoError(t, err)
				defer client.Close()
				got := client.Issue(t.Context(), 7)
				synctest.Wait() // for the server's goroutines
				check(t, p, got, seen)
			})
		})
	}
}

func read(t *testing.T, r *http.Request) request {
	t.Helper()
	data, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	got := request{
		method: r.Method, path: r.URL.Path, key: r.Header.Get("Idempotency-Key"), auth: r.Header.Get("Authorization"),
	}
	require.NoError(t, json.Unmarshal(data, &got.body))
	return got
}

func say(w http.ResponseWriter, a answer) {
	if a == hangsUp {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", a.contentType)
	w.WriteHeader(a.status)
	_, _ = io.WriteString(w, a.body)
}

func TestEveryClientSendsTheSameCall(t *testing.T) {
	forEach(t, []answer{gives}, func(t *testing.T, p peers.Peer, got peers.Result, seen []request) {
		assert.Equal(t, peers.Result{Outcome: peers.Done, ID: "brgpass_1"}, got)
		require.Len(t, seen, 1)
		assert.Equal(t, http.MethodPost, seen[0].method)
		assert.Contains(t, []string{peers.Path, peers.StripePath}, seen[0].path)
		assert.NotEmpty(t, seen[0].auth)
		assert.Equal(t, map[string]string{
			"client_id": "client-7", "pass_id": "pass_abc123", "email": "client-7@example.com",
		}, seen[0].body)
		assert.Equal(t, p.Keeps, seen[0].key != "")
	})
}

func TestEveryClientButNetHTTPRetriesUnderOneKey(t *testing.T) {
	forEach(t, []answer{later, gives}, func(t *testing.T, p peers.Peer, got peers.Result, seen []request) {
		if p.Name == peers.NetHTTP.Name {
			assert.Equal(t, peers.Failed, got.Outcome)
			assert.Equal(t, 503, got.Status)
			assert.Len(t, seen, 1)
			return
		}
		assert.Equal(t, peers.Done, got.Outcome, "%v", got.Err)
		require.Len(t, seen, 2)
		assert.Equal(t, seen[0], seen[1])
	})
}

func TestAnErrorAnswerIsReportedAsFailed(t *testing.T) {
	forEach(t, []answer{refuses}, func(t *testing.T, _ peers.Peer, got peers.Result, seen []request) {
		assert.Equal(t, peers.Failed, got.Outcome)
		assert.Equal(t, 400, got.Status)
		require.Error(t, got.Err)
		assert.Len(t, seen, 1)
	})
}

func TestNoAnswerAndAForeignAnswerClaimNothing(t *testing.T) {
	for name, a := range map[string]answer{"connection ends": hangsUp, "a portal's page": portal} {
		t.Run(name, func(t *testing.T) {
			forEach(t, []answer{a}, func(t *testing.T, _ peers.Peer, got peers.Result, _ []request) {
				assert.Equal(t, peers.Unknown, got.Outcome)
				assert.Error(t, got.Err)
			})
		})
	}
}

const alreadyCancelled = `{"error":{"type":"resource_conflict_error","code":"already_cancelled","message":"no"}}`

func perform(t *testing.T, p peers.Peer, op peers.Operation, a answer) (peers.Result, *http.Request, string) {
	t.Helper()
	var got peers.Result
	var request *http.Request
	var body []byte
	synctest.Test(t, func(t *testing.T) {
		listener := memnet.Listen()
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			request = r
			body, _ = io.ReadAll(r.Body) // a cut one is not equal to what was sent
			say(w, a)
		})}
		go func() { _ = server.Serve(listener) }()
		defer server.Close()
		transport := &http.Transport{DialContext: listener.DialContext}
		client, err := p.New(peers.Setup{BaseURL: "http://" + listener.Addr().String(), Transport: transport})
		require.NoError(t, err)
		doer, ok := client.(peers.Doer)
		require.True(t, ok)
		defer doer.Close()
		got = doer.Do(t.Context(), op)
		synctest.Wait()
	})
	return got, request, string(body)
}

func TestDoersPerformAnyOperation(t *testing.T) {
	conflict := answer{http.StatusConflict, "application/json", alreadyCancelled}
	cancel := peers.Operation{Path: "/bookings/b/cancel", DoneCode: "already_cancelled"}
	order := peers.Operation{Path: "/credits", Body: []byte(`{"n":1}`), Keyed: true}
	for _, p := range []peers.Peer{peers.NetHTTP, peers.RetryableHTTP, peers.RetryableHTTPKeyed, peers.RetryableHTTPPatient} {
		t.Run(p.Name, func(t *testing.T) {
			got, r, body := perform(t, p, order, gives)
			assert.Equal(t, peers.Result{Outcome: peers.Done, ID: "brgpass_1"}, got)
			assert.Equal(t, "/credits", r.URL.Path)
			assert.JSONEq(t, `{"n":1}`, body)
			assert.Equal(t, p.Keeps, r.Header.Get("Idempotency-Key") != "")

			got, r, body = perform(t, p, cancel, gives)
			assert.Equal(t, peers.Done, got.Outcome)
			assert.Empty(t, body)
			assert.Empty(t, r.Header.Get("Idempotency-Key"), "it takes none")

			got, _, _ = perform(t, p, cancel, conflict)
			assert.Equal(t, peers.Result{Outcome: peers.Done}, got, "the requested state holds")
			got, _, _ = perform(t, p, order, conflict)
			assert.Equal(t, peers.Failed, got.Outcome, "of another operation that proves nothing")
			assert.Equal(t, 409, got.Status)
			assert.Equal(t, "already_cancelled", got.Code)
			got, _, _ = perform(t, p, cancel, refuses)
			assert.Equal(t, peers.Failed, got.Outcome)
		})
	}
}
