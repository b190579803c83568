package live

import (
	"fmt"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/internal/memnet"
	"github.com/bardge/bardge-go/internal/sandboxserver/control"
	"github.com/bardge/bardge-go/sandbox"
)

// controlled returns a sandbox, and what reads it over its control API, in
// virtual time.
func controlled(t *testing.T) (*sandbox.Sandbox, *Sandbox) {
	t.Helper()
	sb := sandbox.Start(t)
	network := memnet.Listen()
	at := network.Addr().(*net.TCPAddr)
	api := control.New(sb.Control(), control.Info{Vendor: "bardge"}, control.GuardOf(at, false, false, nil))
	server := &http.Server{Handler: api}
	served := make(chan error)
	go func() { served <- server.Serve(network) }()
	transport := &http.Transport{DialContext: network.DialContext}
	t.Cleanup(func() {
		api.Close()
		transport.CloseIdleConnections()
		assert.NoError(t, server.Close())
		<-served
	})
	s, err := New("http://"+at.String(), &http.Client{Transport: transport})
	require.NoError(t, err)
	return sb, s
}

// What a request has become is on the page as soon as it has ended, and at most
// restTime after the state before it: it does not wait for the next look.
func TestALostResponseIsShownAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sb, s := controlled(t)
		client, err := bardge.New(sb.APIKey, bardge.WithBaseURL(sb.URL), bardge.WithHTTPClient(sb.Client()))
		require.NoError(t, err)
		defer client.CloseIdleConnections()
		w := newWatcher(s, func(s snapshot) string { return fmt.Sprint(s.Problem, s.Sum.Executed, s.Sum.Replayed) })
		w.join(t.Context())
		defer w.leave()
		_, parts, _ := w.now()
		require.Equal(t, "0 0", parts)

		for n := range 3 {
			time.Sleep(10*lookTime + lookTime/7) // between two looks
			_, _, changed := w.now()
			sb.Next(sandbox.IssuePass, sandbox.LoseResponse)
			_, resp, err := client.IssuedPasses.Issue(t.Context(), bardge.IssuePassParams{
				ClientID: sb.Seed.ClientID, PassID: sb.Seed.PassID,
			}, bardge.WithMaxAttempts(1))
			require.Equal(t, bardge.OutcomeUnknown, bardge.OutcomeOf(err), err)
			lost := time.Now()
			<-changed
			assert.Zero(t, time.Since(lost))
			_, parts, changed := w.now()
			assert.Equal(t, fmt.Sprint(n+1, " ", n), parts)

			_, _, err = client.IssuedPasses.Issue(t.Context(), bardge.IssuePassParams{
				ClientID: sb.Seed.ClientID, PassID: sb.Seed.PassID,
			}, bardge.WithIdempotencyKey(resp.Key))
			require.NoError(t, err)
			<-changed
			assert.Equal(t, restTime, time.Since(lost))
		}
	})
}
