package bluesnap_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/journal"
)

var testBasic = base64.StdEncoding.EncodeToString([]byte(sdktest.Username + ":" + sdktest.Password))

func hidesCredentials(t *testing.T, text string) {
	t.Helper()
	assert.NotContains(t, text, sdktest.Password)
	assert.NotContains(t, text, testBasic)
}

func TestR23_ADumpOfTheClientShowsNoCredentials(t *testing.T) {
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Pay}, func(t *testing.T, s *sdktest.BlueSnap) {
		_, _, err := s.Client.Transactions.Create(t.Context(), sdktest.Payment())
		require.NoError(t, err)
		assert.Equal(t, "Basic "+testBasic, s.Requests()[0].Header.Get("Authorization"))
		texts := 0
		sdktest.Dump(s.Client, func(text string) {
			texts++
			hidesCredentials(t, text)
			assert.NotContains(t, text, "4263982640269299", "in a connection's buffer")
		})
		assert.Positive(t, texts)
	}, bluesnap.WithJournal(journal.NewMemory(), "acme"))
}

func TestR23_WhoRepeatsTheCredentialsIsRedacted(t *testing.T) {
	echo := sdktest.Respond(401, `{"message":[{"errorName":"`+testBasic+`","code":"14002","description":"bad password `+sdktest.Password+`"}]}`)
	sdktest.WithBlueSnap(t, sdktest.Script{echo}, func(t *testing.T, s *sdktest.BlueSnap) {
		_, resp, err := s.Client.Transactions.Create(t.Context(), sdktest.Payment(), bluesnap.WithMaxAttempts(1))
		var e *bluesnap.Error
		require.ErrorAs(t, err, &e)
		assert.Equal(t, "bad password [redacted]", e.Messages[0].Description)
		assert.Contains(t, err.Error(), `"bad password [redacted]"`)
		assert.Contains(t, string(resp.Raw), sdktest.Password, "Raw is what came")
		e.Response.Raw, e.Response.Header = nil, nil
		sdktest.Report(err, func(text string) { hidesCredentials(t, text) })
	}, bluesnap.WithVerboseErrors())

	client, err := bluesnap.New(sdktest.Username, sdktest.Password, bluesnap.WithHTTPClient(&http.Client{Transport: sdktest.Echo{}}))
	require.NoError(t, err)
	_, _, err = client.Transactions.Create(t.Context(), sdktest.Payment(), bluesnap.WithMaxAttempts(1))
	require.Error(t, err)
	sdktest.Report(err, func(text string) { hidesCredentials(t, text) })
}

func TestR23_TheTransportRedactsTheCredentialsOfItsRequest(t *testing.T) {
	rt := bluesnap.NewTransport(sdktest.Echo{}, bluesnap.WithRetryPolicy(bluesnap.RetryPolicy{MaxAttempts: 1}))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, bluesnap.ProductionURL+"/services/2/transactions", strings.NewReader("{}"))
	require.NoError(t, err)
	req.SetBasicAuth(sdktest.Username, sdktest.Password)
	resp, err := rt.RoundTrip(req)
	if err == nil {
		_ = resp.Body.Close()
	}
	require.ErrorAs(t, err, new(*bluesnap.Error))
	sdktest.Report(err, func(text string) { hidesCredentials(t, text) })
}

func TestVerboseErrorsShowTheDescriptionWithoutCards(t *testing.T) {
	for verbose, opts := range map[bool][]bluesnap.Option{false: nil, true: {bluesnap.WithVerboseErrors()}} {
		sdktest.WithBlueSnap(t, sdktest.Script{sdktest.RefuseWith(400, "14002", "DO_NOT_HONOR")}, func(t *testing.T, s *sdktest.BlueSnap) {
			value, resp, err := s.Client.Transactions.Create(t.Context(), sdktest.Payment())
			e := sdktest.BlueSnapErrorOf(t, value, resp, err)
			want := "bluesnap: CreateCardTransaction: rejected: 400 14002 DO_NOT_HONOR: re"
			if verbose {
				want = `bluesnap: CreateCardTransaction: rejected: 400 14002 DO_NOT_HONOR: "card [redacted] no": re`
			}
			assert.True(t, strings.HasPrefix(e.Error(), want), e.Error())
			assert.Equal(t, "card 4263982640269299 no", e.Messages[0].Description)
		}, opts...)
	}
}
