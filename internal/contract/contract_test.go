// Package contract sends every operation through the client to a server: the
// sandbox on a loopback port, or behind a proxy that validates requests and
// responses against gen/openapi.yaml.
package contract

import (
	"flag"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/sandbox"
)

var baseURL = flag.String("base-url", "", "base URL that leads to a fresh sandbox (empty: one is started)")

// story is a client whose calls build on one another.
type story struct {
	*bardge.Client

	seed sandbox.Seed
	sent map[gen.OperationID]int // attempts by operation
	ids  struct{ pass, session, booking, quote, lookup string }

	token bardge.Secret
}

// step is one operation of the story and the check of its result.
type step struct {
	op   gen.OperationID
	call func(t *testing.T, s *story)
}

func TestThroughProxy(t *testing.T) {
	s := begin(t)
	for _, one := range slices.Concat(passSteps, bookingSteps, paymentSteps, lookupSteps) {
		t.Run(string(one.op), func(t *testing.T) {
			before := s.sent[one.op]
			one.call(t, s)
			assert.Equal(t, before+1, s.sent[one.op], "attempts of this operation")
		})
	}
	for _, op := range gen.Operations() {
		assert.NotZero(t, s.sent[op.ID], "%s was not called", op.ID)
	}
	t.Run("refusals", func(t *testing.T) { refusals(t, s) })
}

// begin makes the client. A sandbox behind a proxy has the seed and API key of
// one that is started here; only the dates differ.
func begin(t *testing.T) *story {
	t.Helper()
	sb := sandbox.Start(t)
	base := *baseURL
	if base == "" {
		server := httptest.NewServer(sb.Handler())
		t.Cleanup(server.Close)
		base = server.URL + sandbox.BasePath
	}
	s := &story{seed: sb.Seed, sent: map[gen.OperationID]int{}}
	var err error
	s.Client, err = bardge.New(sb.APIKey, bardge.WithBaseURL(base), bardge.WithObserver(func(e bardge.Event) {
		if e.Kind == bardge.EventAttemptStarted {
			s.sent[gen.OperationID(e.Operation)]++
		}
	}))
	require.NoError(t, err)
	t.Cleanup(s.CloseIdleConnections)
	return s
}

// refusals checks that errors match the contract as well.
func refusals(t *testing.T, s *story) {
	_, _, err := s.IssuedPasses.Get(t.Context(), "brgpass_none")
	assert.ErrorIs(t, err, bardge.ErrPassNotFound)
	_, _, err = s.Bookings.Cancel(t.Context(), s.ids.booking)
	assert.ErrorIs(t, err, bardge.ErrAlreadyCancelled)
	_, _, err = s.Bookings.BookClass(t.Context(), bardge.BookClassParams{
		ClassInstanceID: s.seed.FullInstanceID, ClientID: s.seed.ClientID,
	})
	assert.ErrorIs(t, err, bardge.ErrClassFull)
}

func ok(t *testing.T, resp *bardge.Response, err error) {
	t.Helper()
	require.NoError(t, err, "response: %s", resp.Raw)
	assert.NotEmpty(t, resp.RequestID)
}

func first[T any](t *testing.T, page *bardge.List[T], resp *bardge.Response, err error) *T {
	t.Helper()
	ok(t, resp, err)
	require.NotEmpty(t, page.Data)
	return &page.Data[0]
}
