package scenarios

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/internal/sdktest"
)

var (
	secretPass  = sdktest.Respond(201, `{"id":"brgpass_1","passcode":"s3cret-pass","s3cret name":"field"}`, "X-Extra", "s3cret-header")
	secretError = sdktest.Respond(400, `{"error":{"type":"invalid_request_error","code":"validation_error","message":"s3cret name","s3cret 1":1}}`)
	secretCode  = sdktest.Respond(400, `{"error":{"type":"s3cret type","code":"s3cret code","message":"s3cret","request_id":"s3cret id"}}`)
	secretPage  = sdktest.Respond(403, `<html>s3cret</html>`, "Content-Type", "text/html", "Bardge-Request-Id", "s3cret page")
)

func TestR23_ResponsesErrorsAndLogsShowNoSecret(t *testing.T) {
	for name, step := range map[string]http.HandlerFunc{
		"R23_success":                       secretPass,
		"R23_the API's error":               secretError,
		"R23_an error with odd identifiers": secretCode,
		"R23_a proxy's page":                secretPage,
		"R23_an answer that was cut":        sdktest.Cut(201),
		"R23_no answer":                     sdktest.Lose,
		"R23_an answer that does not fit":   sdktest.Respond(201, `{"id":["s3cret"]}`),
		"R23_a success that holds an error": sdktest.Respond(201, `{"error":"s3cret"}`),
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			level := &slog.HandlerOptions{Level: slog.LevelDebug}
			observed := func(e bardge.Event) {
				fmt.Fprintf(&log, "%v %+v %#v\n", e, e, e)
			}
			sdktest.WithBardge(t, sdktest.Script{step}, func(t *testing.T, s *sdktest.Bardge) {
				client := s.NewClient(t, bardge.WithObserver(observed), bardge.WithLogger(slog.New(slog.NewJSONHandler(&log, level))))
				defer client.CloseIdleConnections()
				_, resp, err := client.IssuedPasses.Issue(t.Context(), bardge.IssuePassParams{ClientID: "s3cret-client", PassID: "p1", FirstName: "s3cret"},
					bardge.WithExtraField("note", "s3cret"), bardge.WithHeader("X-Note", "s3cret"),
					bardge.WithLookupToken("s3cret-token"), bardge.WithMaxAttempts(2))
				sdktest.Hides(t, resp)
				sdktest.Hides(t, *resp)
				sdktest.HidesAsJSON(t, "IssuePass", resp)
				sdktest.Hides(t, resp.Attempts)
				sdktest.Hides(t, resp.Timeline())
				sdktest.Hides(t, resp.Key)
				sdktest.Hides(t, struct{ Client *bardge.Client }{client})
				if e := (*bardge.Error)(nil); errors.As(err, &e) {
					sdktest.Hides(t, *e)
					sdktest.HidesAsJSON(t, "IssuePass", *e)
					sdktest.Hides(t, err)
					sdktest.HidesAsJSON(t, "IssuePass", err)
					sdktest.Hides(t, fmt.Errorf("wrapped: %w", err))
				}
				assert.NotEmpty(t, log.String())
				assert.NotContains(t, log.String(), sdktest.Leak)
				assert.NotContains(t, log.String(), sdktest.APIKey)
			})
		})
	}
}

func TestR23_RefusedInputIsNotRepeated(t *testing.T) {
	key, err := bardge.UnsentKey("s3cret\n")
	require.NoError(t, err)
	sdktest.WithBardge(t, sdktest.Script{sdktest.Lose}, func(t *testing.T, s *sdktest.Bardge) {
		for _, opt := range []bardge.CallOption{
			bardge.WithIdempotencyKey(key),
			bardge.WithHeader("X-Note", "s3cret\n"),
			bardge.WithLookupToken("s3cret\n"),
			bardge.WithExtraField("note", func() string { return "s3cret" }),
		} {
			_, _, err := s.Client.IssuedPasses.Issue(t.Context(), somePass, opt)
			require.Error(t, err)
			assert.NotContains(t, err.Error(), sdktest.Leak)
		}
		_, _, err := s.Client.IssuedPasses.Get(t.Context(), "s3cret/..")
		require.Error(t, err)
		sdktest.Hides(t, err)
		assert.Empty(t, s.Requests())
	})
	_, err = bardge.New("s3cret key")
	require.Error(t, err)
	sdktest.Hides(t, err)
}

// Where a transport or a source of keys fails, its words may hold anything.
func TestR23_ForeignErrorsAreFoundAndNotShown(t *testing.T) {
	broken := errors.New("proxy user:s3cret@host")
	client, err := bardge.New("", bardge.WithAPIKeyProvider(func(context.Context) (string, error) { return "s3cret", broken }))
	require.NoError(t, err)
	_, resp, err := client.IssuedPasses.Issue(t.Context(), somePass)
	assert.ErrorIs(t, err, broken)
	sdktest.Hides(t, resp)
	sdktest.Hides(t, err)
}

func TestR23_SecretsInValuesAreRedacted(t *testing.T) {
	var pass bardge.IssuedPass
	require.NoError(t, json.Unmarshal([]byte(`{"id":"brgpass_1","passcode":"s3cret"}`), &pass))
	assert.Equal(t, sdktest.Leak, string(pass.Passcode), "the text is there for who asks")
	for _, v := range []any{
		pass, &pass,
		bardge.AccessCode{Code: sdktest.Leak, QRCode: "data:s3cret"},
		&bardge.AccessCode{Code: sdktest.Leak, QRCode: "data:s3cret"},
		bardge.VerifiedLookup{Token: sdktest.Leak},
		&bardge.VerifiedLookup{Token: sdktest.Leak},
		bardge.VerifyLookupParams{AccessCode: sdktest.Leak},
		bardge.Secret(sdktest.Leak),
	} {
		sdktest.Hides(t, v)
	}
	assert.Contains(t, fmt.Sprintf("%+v", pass), "brgpass_1")
	assert.Contains(t, fmt.Sprintf("%+v", pass), "[redacted]")
}

func TestR23_AFieldThatIsNoJSONIsNotRepeated(t *testing.T) {
	client, err := bardge.New(sdktest.APIKey)
	require.NoError(t, err)
	_, _, err = client.IssuedPasses.Issue(t.Context(), somePass, bardge.WithExtraField("note", json.Number(sdktest.Leak)))
	require.Error(t, err)
	sdktest.Hides(t, err)
}

func TestR23_ADumpOfTheClientShowsNoProvidedKey(t *testing.T) {
	sdktest.WithBardge(t, sdktest.Script{sdktest.Respond(201, `{"object":"issued_pass","id":"brgpass_1"}`)}, func(t *testing.T, s *sdktest.Bardge) {
		source := func(context.Context) (string, error) { return sdktest.APIKey, nil }
		client, err := bardge.New("", bardge.WithAPIKeyProvider(source), bardge.WithBaseURL(s.URL()+sdktest.BasePath),
			bardge.WithHTTPClient(&http.Client{Transport: s.Transport()}))
		require.NoError(t, err)
		defer client.CloseIdleConnections()
		_, _, err = client.IssuedPasses.Issue(t.Context(), somePass)
		require.NoError(t, err)
		assert.Equal(t, "Bearer "+sdktest.APIKey, s.Requests()[0].Header.Get("Authorization"))
		sdktest.Dump(client, func(text string) { assert.NotContains(t, text, sdktest.APIKey) })
	})
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

func TestR23_ARequestIDOfASuccessIsRedacted(t *testing.T) {
	sdktest.WithBardge(t, sdktest.Script{sdktest.Respond(200, `{"object":"client","id":"c1"}`, "Bardge-Request-Id", sdktest.APIKey)}, func(t *testing.T, s *sdktest.Bardge) {
		_, resp, err := s.Client.Clients.Get(t.Context(), "c1")
		require.NoError(t, err)
		assert.Equal(t, "[redacted]", resp.RequestID)
	})
}
