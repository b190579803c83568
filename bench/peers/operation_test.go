package peers_test

import (
	"io"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/bench/peers"
	"github.com/bardge/bardge-go/internal/memnet"
)

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
