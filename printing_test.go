package bardge_test

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
	"github.com/bardge/bardge-go/internal/leaks"
)

// Everything that must not be shown has this in it.
const leak = "s3cret"

// printed returns v as everybody's loggers would show it.
func printed(t *testing.T, v any) string {
	t.Helper()
	var b bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		fmt.Fprintf(&b, verb+"\n", v)
	}
	for _, verb := range []string{"%s", "%q", "%d", "%x", "%t"} { // whether it fits or not
		fmt.Fprintf(&b, verb+"\n", struct{ V any }{v})
	}
	fmt.Fprintln(&b, v, []any{v}, struct{ V any }{v})
	fmt.Fprintf(&b, "%+v %#v\n", []any{v}, struct{ V any }{v})
	for _, h := range []slog.Handler{slog.NewTextHandler(&b, nil), slog.NewJSONHandler(&b, nil)} {
		slog.New(h).Info("printed", "v", v, slog.Group("g", "v", v))
	}
	return b.String()
}

// hides checks that a value shows none of what must not be shown, neither as
// text nor in the encodings in which bytes are printed.
func hides(t *testing.T, v any) {
	t.Helper()
	assert.Empty(t, leaks.Find(printed(t, v), leak), "%T", v)
}

// hidesAsJSON checks a value that is logged inside of another, which many loggers
// encode as JSON.
func hidesAsJSON(t *testing.T, v any) {
	t.Helper()
	text, err := json.Marshal(map[string]any{"v": v})
	require.NoError(t, err)
	assert.Contains(t, string(text), "IssuePass")
	assert.Empty(t, leaks.Find(string(text), leak))
}

// A response full of secrets, as value and as error.
var (
	secretPass  = says(201, `{"id":"brgpass_1","passcode":"s3cret-pass","s3cret":"field"}`, "X-Extra", "s3cret-header")
	secretError = says(400, `{"error":{"type":"invalid_request_error","code":"validation_error","message":"s3cret name","s3cret":1}}`)
	secretCode  = says(400, `{"error":{"type":"s3cret type","code":"s3cret code","message":"s3cret","request_id":"s3cret id"}}`)
	secretPage  = says(403, `<html>s3cret</html>`, "Content-Type", "text/html", "Bardge-Request-Id", "s3cret page")
)

func TestR23_ResponsesErrorsAndLogsShowNoSecret(t *testing.T) {
	for name, step := range map[string]http.HandlerFunc{
		"R23_success":                       secretPass,
		"R23_the API's error":               secretError,
		"R23_an error with odd identifiers": secretCode,
		"R23_a proxy's page":                secretPage,
		"R23_an answer that was cut":        cuts(201),
		"R23_no answer":                     loses,
		"R23_an answer that does not fit":   says(201, `{"id":["s3cret"]}`),
		"R23_a success that holds an error": says(201, `{"error":"s3cret"}`),
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			level := &slog.HandlerOptions{Level: slog.LevelDebug}
			observed := func(e bardge.Event) {
				fmt.Fprintf(&log, "%v %+v %#v\n", e, e, e)
			}
			inWorld(t, steps(step), func(t *testing.T, w *world) {
				client := w.newClient(t, bardge.WithObserver(observed), bardge.WithLogger(slog.New(slog.NewJSONHandler(&log, level))))
				defer client.CloseIdleConnections()
				_, resp, err := client.IssuedPasses.Issue(t.Context(), bardge.IssuePassParams{ClientID: "s3cret-client", PassID: "p1", FirstName: "s3cret"},
					bardge.WithExtraField("note", "s3cret"), bardge.WithHeader("X-Note", "s3cret"),
					bardge.WithLookupToken("s3cret-token"), bardge.WithMaxAttempts(2))
				hides(t, resp)
				hides(t, *resp)
				hidesAsJSON(t, resp)
				hides(t, resp.Attempts)
				hides(t, resp.Timeline())
				hides(t, resp.Key)
				hides(t, struct{ Client *bardge.Client }{client})
				if e := (*bardge.Error)(nil); errors.As(err, &e) {
					hides(t, *e)
					hidesAsJSON(t, *e)
					hides(t, err)
					hidesAsJSON(t, err)
					hides(t, fmt.Errorf("wrapped: %w", err))
				}
				assert.NotEmpty(t, log.String())
				assert.NotContains(t, log.String(), leak)
				assert.NotContains(t, log.String(), testKey)
			})
		})
	}
}

func TestR23_RefusedInputIsNotRepeated(t *testing.T) {
	key, err := bardge.UnsentKey("s3cret\n")
	require.NoError(t, err)
	inWorld(t, steps(loses), func(t *testing.T, w *world) {
		for _, opt := range []bardge.CallOption{
			bardge.WithIdempotencyKey(key),
			bardge.WithHeader("X-Note", "s3cret\n"),
			bardge.WithLookupToken("s3cret\n"),
			bardge.WithExtraField("note", func() string { return "s3cret" }),
		} {
			_, _, err := w.client.IssuedPasses.Issue(t.Context(), somePass, opt)
			require.Error(t, err)
			assert.NotContains(t, err.Error(), leak)
		}
		_, _, err := w.client.IssuedPasses.Get(t.Context(), "s3cret/..")
		require.Error(t, err)
		hides(t, err)
		assert.Empty(t, w.requests())
	})
	_, err = bardge.New("s3cret key")
	require.Error(t, err)
	hides(t, err)
}

// Where a transport or a source of keys fails, its words may hold anything.
func TestR23_ForeignErrorsAreFoundAndNotShown(t *testing.T) {
	broken := errors.New("proxy user:s3cret@host")
	client, err := bardge.New("", bardge.WithAPIKeyProvider(func(context.Context) (string, error) { return "s3cret", broken }))
	require.NoError(t, err)
	_, resp, err := client.IssuedPasses.Issue(t.Context(), somePass)
	assert.ErrorIs(t, err, broken)
	hides(t, resp)
	hides(t, err)
}

func TestR23_SecretsInValuesAreRedacted(t *testing.T) {
	var pass bardge.IssuedPass
	require.NoError(t, json.Unmarshal([]byte(`{"id":"brgpass_1","passcode":"s3cret"}`), &pass))
	assert.Equal(t, leak, string(pass.Passcode), "the text is there for who asks")
	for _, v := range []any{
		pass, &pass,
		bardge.AccessCode{Code: leak, QRCode: "data:s3cret"},
		bardge.VerifiedLookup{Token: leak},
		bardge.VerifyLookupParams{AccessCode: leak},
		bardge.Secret(leak),
	} {
		hides(t, v)
	}
	assert.Contains(t, fmt.Sprintf("%+v", pass), "brgpass_1")
	assert.Contains(t, fmt.Sprintf("%+v", pass), "[redacted]")
}

func TestR23_AFieldThatIsNoJSONIsNotRepeated(t *testing.T) {
	client, err := bardge.New(testKey)
	require.NoError(t, err)
	_, _, err = client.IssuedPasses.Issue(t.Context(), somePass, bardge.WithExtraField("note", json.Number(leak)))
	require.Error(t, err)
	hides(t, err)
}
