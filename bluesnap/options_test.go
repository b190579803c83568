package bluesnap_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/journal"
)

func TestErrorsOfNewNameTheOption(t *testing.T) {
	var none *journal.Memory
	find := func(context.Context, bluesnap.PendingOperation) (bluesnap.ReconcileResult, error) {
		return bluesnap.ReconcileResult{}, nil
	}
	for want, opt := range map[string]bluesnap.Option{
		"bluesnap: WithBaseURL: base URL is not an absolute URL":                                       bluesnap.WithBaseURL("example"),
		`bluesnap: WithAPIVersion: API version is not of the form "3.0"`:                               bluesnap.WithAPIVersion("latest"),
		"bluesnap: WithReconciler: reconciler is nil":                                                  bluesnap.WithReconciler("CreatePlan", nil),
		"bluesnap: WithHTTPClient: HTTP client is nil":                                                 bluesnap.WithHTTPClient(nil),
		"bluesnap: WithHTTPClient: HTTP client has a Transport that is a nil pointer":                  bluesnap.WithHTTPClient(&http.Client{Transport: sdktest.RoundTripper(nil)}),
		"bluesnap: WithRetryPolicy: KeyTTL is longer than the 12h0m0s that the server remembers a key": bluesnap.WithRetryPolicy(bluesnap.RetryPolicy{KeyTTL: 1 << 60}),
		"bluesnap: WithTimeout(-1s): timeout is not positive":                                          bluesnap.WithTimeout(-time.Second),
		"bluesnap: WithMaxAttempts(0): MaxAttempts is less than 1":                                     bluesnap.WithMaxAttempts(0),
		`bluesnap: WithHeader("bluesnap_version"): header Bluesnap_version is set by the SDK`:          bluesnap.WithHeader("bluesnap_version", "2.0"),
		"bluesnap: WithHeader: header If-Match changes what the response to a repetition says":         bluesnap.WithHeader("If-Match", "v"),
		"bluesnap: WithJournalTimeout: journal timeout is not positive":                                bluesnap.WithJournalTimeout(0),
		"bluesnap: WithJournal: account is empty":                                                      bluesnap.WithJournal(journal.NewMemory(), ""),
		"bluesnap: WithRef: option is for one call":                                                    bluesnap.WithRef("order-17").(bluesnap.Option),
		"bluesnap: WithMerchantID: merchant id is not a number":                                        bluesnap.WithMerchantID("x"),
		"bluesnap: WithJournal: journal is nil":                                                        bluesnap.WithJournal(none, "acme"),
		"bluesnap: WithJournalSecret: journal secret has fewer than 16 bytes":                          bluesnap.WithJournalSecret(nil),
		"bluesnap: WithReconciler: reconciler names no operation":                                      bluesnap.WithReconciler("x", find),
		"bluesnap: WithUserAgent: user agent has a character that a header must not contain":           bluesnap.WithUserAgent("\n"),
	} {
		client, err := bluesnap.New(sdktest.Username, sdktest.Password, nil, opt)
		assert.Nil(t, client)
		require.EqualError(t, err, want)
		assert.ErrorAs(t, err, new(*bluesnap.InvalidError))
	}
	for want, row := range map[string]struct{ user, password string }{
		"bluesnap: username is empty":                                 {password: "p"},
		"bluesnap: password is empty":                                 {user: "u"},
		"bluesnap: username has a colon, which ends it in the header": {user: "a:b", password: "p"},
		"bluesnap: username or password has a control character":      {user: "u", password: "p\n"},
	} {
		_, err := bluesnap.New(row.user, row.password)
		assert.EqualError(t, err, want)
	}
	t.Setenv("BLUESNAP_USERNAME", sdktest.Username)
	t.Setenv("BLUESNAP_PASSWORD", sdktest.Password)
	t.Setenv("BLUESNAP_BASE_URL", "example")
	_, err := bluesnap.FromEnv()
	require.EqualError(t, err, "bluesnap: BLUESNAP_BASE_URL: base URL is not an absolute URL")
}

func TestR40_OptionsInDisguiseAreRefused(t *testing.T) {
	for field, opt := range map[string]bluesnap.CallOption{
		"header Idempotency_key":            bluesnap.WithHeader("Idempotency_Key", "v"),
		"header Bluesnap_version":           bluesnap.WithHeader("bluesnap_version", "2.0"),
		"header Content_length":             bluesnap.WithHeader("Content_Length", "1"),
		"header X-Http-Method-Override":     bluesnap.WithHeader("X-HTTP-Method-Override", "DELETE"),
		"header X-Original-Url":             bluesnap.WithHeader("X-Original-URL", "/"),
		"extra field CARD-TRANSACTION-TYPE": bluesnap.WithExtraField("CARD-TRANSACTION-TYPE", "v"),
		"extra field Amount":                bluesnap.WithExtraField("Amount", "1"),
		"extra field _method":               bluesnap.WithExtraField("_method", "DELETE"),
	} {
		t.Run("R40_"+field, sdktest.BlueSnapTest(sdktest.Script{sdktest.Pay}, func(t *testing.T, s *sdktest.BlueSnap) {
			params := sdktest.Payment()
			params.Extra = bluesnap.Extra{"card_transaction_type": "x"}
			value, resp, err := s.Client.Transactions.Create(t.Context(), params, opt)
			e := sdktest.BlueSnapErrorOf(t, value, resp, err)
			sdktest.Invalid(t, field, e)
			assert.Equal(t, bluesnap.OutcomeNotSent, e.Outcome)
			assert.Empty(t, s.Requests())
		}))
	}
	t.Run("R40_merchantTransactionId", sdktest.BlueSnapTest(sdktest.Script{sdktest.Pay}, func(t *testing.T, s *sdktest.BlueSnap) {
		_, _, err := s.Client.Transactions.Create(t.Context(), sdktest.Payment(), bluesnap.WithExtraField("MerchantTransactionID", "m-1"))
		assert.ErrorContains(t, err, "merchantTransactionId is set under a name in another case")
		assert.Empty(t, s.Requests())
	}))
	t.Run("R40_Extra", sdktest.BlueSnapTest(sdktest.Script{sdktest.Pay}, func(t *testing.T, s *sdktest.BlueSnap) {
		params := sdktest.Payment()
		params.CreditCard.Extra = bluesnap.Extra{"CardNumber": "1"}
		_, _, err := s.Client.Transactions.Create(t.Context(), params)
		assert.ErrorContains(t, err, "extra field CardNumber is set already")
		assert.Empty(t, s.Requests())
	}))
}

func TestR40_TheTransportRefusesHeadersInDisguise(t *testing.T) {
	for _, name := range []string{"Idempotency_Key", "X-HTTP-Method-Override", "Content_Length"} {
		sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Pay}, func(t *testing.T, s *sdktest.BlueSnap) {
			rt := bluesnap.NewTransport(s.Transport(), bluesnap.WithBaseURL(s.URL()))
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL()+"/services/2/transactions", http.NoBody)
			require.NoError(t, err)
			req.Header[name] = []string{"v"}
			resp, err := rt.RoundTrip(req)
			if err == nil {
				_ = resp.Body.Close()
			}
			require.ErrorAs(t, err, new(*bluesnap.InvalidError), name)
			assert.Empty(t, s.Requests())
		})
	}
}
