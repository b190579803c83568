package bluesnap

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
)

func TestWithoutCards(t *testing.T) {
	for text, want := range map[string]string{
		"card 4263982640269299 no": "card [redacted] no", "4263-9826 4026-9299": "[redacted]",
		"request 12345678901": "request 12345678901", "": "",
	} {
		assert.Equal(t, want, withoutCards(text))
	}
}

func TestTheSameWordsMeanTheOppositeForAnotherOperation(t *testing.T) {
	captured := []byte(`{"message":[{"code":"20010","errorName":"TRANSACTION_ALREADY_CAPTURED"}]}`)
	reversed := []byte(`{"message":[{"code":"14002","errorName":"AUTHORIZATION_AMOUNT_ALREADY_REVERSED"}]}`)
	capture, reversal := operations["CaptureTransaction"].engineOperation("https://ws.bluesnap.com"), operations["ReverseAuthorization"].engineOperation("https://ws.bluesnap.com")
	assert.Equal(t, idem.SignalAlreadyApplied, capture.Classify(400, nil, captured))
	assert.Equal(t, idem.SignalError, capture.Classify(400, nil, reversed))
	assert.Equal(t, idem.SignalAlreadyApplied, reversal.Classify(400, nil, reversed))
	assert.Equal(t, idem.SignalError, reversal.Classify(400, nil, captured))
	assert.Equal(t, idem.SignalError, classify(400, nil, captured))
	assert.Nil(t, operations["CreateCardTransaction"].engineOperation("https://ws.bluesnap.com").Classify)
}

func TestA401HasNotExecuted(t *testing.T) {
	w := httptest.NewTLSServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusUnauthorized) }))
	defer w.Close()
	client, err := New("u", "p", WithBaseURL(w.URL), WithHTTPClient(w.Client()))
	require.NoError(t, err)
	defer client.CloseIdleConnections()
	_, resp, err := client.Transactions.Create(t.Context(), CardTransactionParams{Amount: "1"})
	assert.Equal(t, OutcomeRejected, OutcomeOf(err), "also without a word")
	assert.Len(t, resp.Attempts, 1)
}
