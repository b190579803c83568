package scenarios

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/journal"
)

func TestR23_ADumpOfTheClientShowsNoCredentials(t *testing.T) {
	const journalSecret, gatewayToken = "a journal's secret of 32 bytes..", "token-of-a-gateway"
	source := func(context.Context) (string, error) { return sdktest.APIKey, nil }
	for name, made := range map[string]func(s *sdktest.Bardge) (*bardge.Client, error){
		"key": func(s *sdktest.Bardge) (*bardge.Client, error) {
			return bardge.New(sdktest.APIKey, bardge.WithBaseURL(s.URL()+sdktest.BasePath), bardge.WithHTTPClient(&http.Client{Transport: s.Transport()}),
				bardge.WithJournal(journal.NewMemory(), "acme"), bardge.WithJournalSecret([]byte(journalSecret)),
				bardge.WithHeader("X-Gateway", gatewayToken))
		},
		"source": func(s *sdktest.Bardge) (*bardge.Client, error) {
			return bardge.New("", bardge.WithAPIKeyProvider(source), bardge.WithBaseURL(s.URL()+sdktest.BasePath),
				bardge.WithHTTPClient(&http.Client{Transport: s.Transport()}))
		},
	} {
		t.Run("R23_"+name, func(t *testing.T) {
			sdktest.WithBardge(t, sdktest.Script{sdktest.Respond(201, `{"object":"issued_pass","id":"brgpass_1"}`)}, func(t *testing.T, s *sdktest.Bardge) {
				client, err := made(s)
				require.NoError(t, err)
				defer client.CloseIdleConnections()
				_, _, err = client.IssuedPasses.Issue(t.Context(), somePass)
				require.NoError(t, err)
				assert.Equal(t, "Bearer "+sdktest.APIKey, s.Requests()[0].Header.Get("Authorization"))
				sdktest.Dump(client, func(text string) {
					assert.NotContains(t, text, sdktest.APIKey)
					assert.NotContains(t, text, journalSecret)
					assert.NotContains(t, text, gatewayToken)
				})
				for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d"} {
					assert.NotContains(t, fmt.Sprintf(verb, client), gatewayToken)
				}
			})
		})
	}
}

func TestR23_AServerThatRepeatsTheAPIKeyIsRedacted(t *testing.T) {
	echo := sdktest.Respond(401, `{"error":{"type":"t `+sdktest.APIKey+`","code":"`+sdktest.APIKey+`","message":"no such key: `+sdktest.APIKey+`"}}`,
		"Bardge-Request-Id", sdktest.APIKey)
	sdktest.WithBardge(t, sdktest.Script{echo}, func(t *testing.T, s *sdktest.Bardge) {
		_, resp, err := s.Client.IssuedPasses.Issue(t.Context(), somePass)
		var e *bardge.Error
		require.ErrorAs(t, err, &e)
		assert.Equal(t, "no such key: [redacted]", e.Message)
		assert.Equal(t, "[redacted]", e.Code)
		assert.Equal(t, "t [redacted]", e.Type)
		assert.Equal(t, "[redacted]", resp.RequestID)
		assert.Contains(t, err.Error(), `: "no such key: [redacted]"`)
		assert.Contains(t, string(resp.Raw), sdktest.APIKey, "Raw is what came")
		e.Response.Raw, e.Response.Header = nil, nil
		sdktest.Report(err, func(text string) { assert.NotContains(t, text, sdktest.APIKey) })
	}, bardge.WithVerboseErrors(), bardge.WithRetryPolicy(bardge.RetryPolicy{MaxAttempts: 1}))
}

func TestR23_ATransportThatRepeatsTheAPIKeyIsRedacted(t *testing.T) {
	client, err := bardge.New(sdktest.APIKey, bardge.WithHTTPClient(&http.Client{Transport: sdktest.Echo{}}))
	require.NoError(t, err)
	_, _, err = client.IssuedPasses.Issue(t.Context(), somePass, bardge.WithMaxAttempts(1))
	require.Error(t, err)
	sdktest.Report(err, func(text string) { assert.NotContains(t, text, sdktest.APIKey) })
}

func TestR23_ARequestIDOfASuccessIsRedacted(t *testing.T) {
	sdktest.WithBardge(t, sdktest.Script{sdktest.Respond(200, `{"object":"client","id":"c1"}`, "Bardge-Request-Id", sdktest.APIKey)}, func(t *testing.T, s *sdktest.Bardge) {
		_, resp, err := s.Client.Clients.Get(t.Context(), "c1")
		require.NoError(t, err)
		assert.Equal(t, "[redacted]", resp.RequestID)
	})
}
