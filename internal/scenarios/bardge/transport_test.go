package scenarios

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/journal"
)

func ownCode(t *testing.T, s *sdktest.Bardge, opts ...bardge.Option) *http.Client {
	t.Helper()
	opts = append([]bardge.Option{bardge.WithBaseURL(s.URL() + sdktest.BasePath)}, opts...)
	c := &http.Client{Transport: bardge.NewTransport(s.Transport(), opts...)}
	t.Cleanup(c.CloseIdleConnections)
	return c
}

func send(ctx context.Context, t *testing.T, c *http.Client, method, url string) (*http.Response, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(`{"client_id":"c1"}`))
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer "+sdktest.APIKey)
	resp, err := c.Do(req)
	if err == nil {
		t.Cleanup(func() { _ = resp.Body.Close() })
	}
	return resp, err
}

func TestTransportIssuesAPassOnceUnderOneKey(t *testing.T) {
	script := sdktest.Script{sdktest.Respond(503, ""), sdktest.Lose, sdktest.Essential}
	sdktest.WithBardge(t, script, func(t *testing.T, s *sdktest.Bardge) {
		resp, err := send(t.Context(), t, ownCode(t, s), http.MethodPost, s.URL()+sdktest.BasePath+"/issued_passes/")
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		assert.Contains(t, string(body), `"id":"b1"`)
		require.Len(t, s.Requests(), 3)
		sdktest.OneKey(t, s.Requests())
		assert.Equal(t, "Bearer "+sdktest.APIKey, s.Requests()[2].Header.Get("Authorization"))
	})
}

// Each operation that changes something is known by its method and path, and
// sent as its class allows; reads and what the API does not know go to the base.
func TestTransportKnowsTheOperationsOfTheAPI(t *testing.T) {
	for _, op := range gen.Operations() {
		t.Run(string(op.ID), sdktest.BardgeTest(sdktest.Script{sdktest.Respond(503, "")}, func(t *testing.T, s *sdktest.Bardge) {
			c := ownCode(t, s, bardge.WithMaxAttempts(2))
			path := strings.NewReplacer("{", "x", "}", "y").Replace(op.Path)
			_, err := send(t.Context(), t, c, op.Method, s.URL()+sdktest.BasePath+path)
			sent := s.Requests()
			takesKey := op.Class == gen.RetryClassKeyed || op.Class == gen.RetryClassKeyUnverified
			require.NotEmpty(t, sent)
			assert.Equal(t, takesKey, sent[0].Key() != "")
			if op.Class == gen.RetryClassSafe {
				require.NoError(t, err, "the base's response")
				assert.Len(t, sent, 1)
				return
			}
			var e *bardge.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, string(op.ID), e.Operation)
			assert.Equal(t, bardge.OutcomeUnknown, e.Outcome)
			assert.Equal(t, 503, e.Response.StatusCode)
			assert.Len(t, sent, map[bool]int{true: 1, false: 2}[op.Class == gen.RetryClassKeyUnverified])
		}))
	}
}

func TestR20_TransportLeavesTheRestAlone(t *testing.T) {
	for name, row := range map[string]struct{ method, path string }{
		"another path":         {http.MethodPost, sdktest.BasePath + "/webhooks"},
		"another method":       {http.MethodPut, sdktest.BasePath + "/issued_passes"},
		"above the base URL":   {http.MethodPost, "/issued_passes"},
		"beside the base URL":  {http.MethodPost, sdktest.BasePath + "2/issued_passes"},
		"a dot segment within": {http.MethodPost, sdktest.BasePath + "/issued_passes/%2e%2e/expiry"},
	} {
		t.Run(name, sdktest.BardgeTest(sdktest.Script{sdktest.Respond(503, "")}, func(t *testing.T, s *sdktest.Bardge) {
			resp, err := send(t.Context(), t, ownCode(t, s), row.method, s.URL()+row.path)
			require.NoError(t, err)
			assert.Equal(t, 503, resp.StatusCode)
			require.Len(t, s.Requests(), 1)
			assert.Empty(t, s.Requests()[0].Key())
		}))
	}
}

func TestTransportOfCancellations(t *testing.T) {
	already := sdktest.Refuse(409, "invalid_request_error", "already_cancelled")
	const path = sdktest.BasePath + "/bookings/b1/cancel"
	sdktest.WithBardge(t, sdktest.Script{already}, func(t *testing.T, s *sdktest.Bardge) {
		resp, err := send(t.Context(), t, ownCode(t, s), http.MethodPost, s.URL()+path)
		require.NoError(t, err, "cancelled before, the server's own words")
		assert.Equal(t, 409, resp.StatusCode)
	})
	sdktest.WithBardge(t, sdktest.Script{sdktest.Lose, already}, func(t *testing.T, s *sdktest.Bardge) {
		_, err := send(t.Context(), t, ownCode(t, s), http.MethodPost, s.URL()+path)
		require.ErrorIs(t, err, bardge.ErrResponseLost, "cancelled by the attempt before, perhaps")
		assert.Equal(t, bardge.OutcomeDone, bardge.OutcomeOf(err))
		var e *bardge.AlreadyCancelledError
		require.ErrorAs(t, err, &e)
		assert.Equal(t, "b1", e.BookingID)
	})
}

func TestTransportResumesWithTheErrorsKey(t *testing.T) {
	sdktest.WithBardge(t, sdktest.Script{sdktest.Lose, sdktest.Essential}, func(t *testing.T, s *sdktest.Bardge) {
		c := ownCode(t, s, bardge.WithMaxAttempts(1))
		url := s.URL() + sdktest.BasePath + "/issued_passes"
		_, err := send(t.Context(), t, c, http.MethodPost, url)
		require.Equal(t, bardge.OutcomeUnknown, bardge.OutcomeOf(err))
		_, err = send(bardge.ContextWithKey(t.Context(), bardge.KeyOf(err)), t, c, http.MethodPost, url)
		require.NoError(t, err)
		require.Len(t, s.Requests(), 2)
		sdktest.OneKey(t, s.Requests())
	})
}

func TestTransportRefusesOptionsThatAreNotItsOwn(t *testing.T) {
	for name, opt := range map[string]bardge.Option{
		"a journal":       bardge.WithJournal(journal.NewMemory(), "acme"),
		"a user agent":    bardge.WithUserAgent("shop/1.0"),
		"a key's source":  bardge.WithAPIKeyProvider(func(context.Context) (string, error) { return "k", nil }),
		"an HTTP client":  bardge.WithHTTPClient(&http.Client{}),
		"a call's":        bardge.WithTimeout(1),
		"a bad base URL":  bardge.WithBaseURL("http://example.com"),
		"one that is bad": bardge.WithMaxAttempts(0),
	} {
		sdktest.WithBardge(t, sdktest.Script{sdktest.Essential}, func(t *testing.T, s *sdktest.Bardge) {
			_, err := send(t.Context(), t, ownCode(t, s, opt), http.MethodPost, s.URL()+sdktest.BasePath+"/issued_passes")
			require.ErrorAs(t, err, new(*bardge.InvalidError), name)
			assert.Equal(t, bardge.OutcomeNotSent, bardge.OutcomeOf(err), name)
			assert.Empty(t, s.Requests(), name)
		})
	}
}

func TestR23_TheTransportRedactsTheKeyOfItsRequest(t *testing.T) {
	rt := bardge.NewTransport(sdktest.Echo{}, bardge.WithMaxAttempts(1))
	_, err := send(t.Context(), t, &http.Client{Transport: rt}, http.MethodPost, bardge.DefaultBaseURL+"/issued_passes")
	require.ErrorAs(t, err, new(*bardge.Error))
	sdktest.Report(err, func(text string) { assert.NotContains(t, text, sdktest.APIKey) })
}

// An error of a transport below for another vendor stays as it is.
func TestTransportOverAnotherVendors(t *testing.T) {
	other, err := idem.NewTransport(
		idem.Profile{Vendor: "other", KeyHeader: "Idempotency-Key", KeyTTL: 1 << 40},
		func(*http.Request) (idem.Operation, bool) {
			return idem.Operation{Name: "Charge", Class: idem.Keyed, Success: []int{http.StatusCreated}}, true
		},
		func(c *idem.Config) { c.Transport, c.Policy.MaxAttempts = sdktest.Echo{}, 1 },
	)
	require.NoError(t, err)
	_, err = send(t.Context(), t, &http.Client{Transport: bardge.NewTransport(other)}, http.MethodPost, "https://pay.example/charges")
	var failed *idem.Failure
	require.ErrorAs(t, err, &failed)
	assert.Equal(t, "Charge", failed.Operation)
	assert.NotErrorAs(t, err, new(*bardge.Error))
}

func TestTransportsErrorsShowTheVendorsWordsOnRequest(t *testing.T) {
	reused := sdktest.Refuse(409, "idempotency_error", "idempotency_key_reused")
	for verbose, opts := range map[bool][]bardge.Option{false: nil, true: {bardge.WithVerboseErrors()}} {
		sdktest.WithBardge(t, sdktest.Script{reused}, func(t *testing.T, s *sdktest.Bardge) {
			_, err := send(t.Context(), t, ownCode(t, s, opts...), http.MethodPost, s.URL()+sdktest.BasePath+"/issued_passes")
			require.ErrorIs(t, err, bardge.ErrIdempotencyKeyReused)
			assert.Equal(t, bardge.OutcomeRejected, bardge.OutcomeOf(err))
			assert.Equal(t, verbose, strings.Contains(err.Error(), `"words for people"`), err.Error())
		})
	}
}
