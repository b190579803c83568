package bardge_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/journal"
)

// dump walks everything that reflection reaches from v, fields that are not exported
// included, as spew.Dump does, and calls f with each text and run of bytes.
func dump(v reflect.Value, seen map[unsafe.Pointer]bool, f func(string)) {
	switch v.Kind() {
	case reflect.String:
		f(v.String())
	case reflect.Pointer:
		if !v.IsNil() && !seen[v.UnsafePointer()] {
			seen[v.UnsafePointer()] = true
			dump(v.Elem(), seen, f)
		}
	case reflect.Interface:
		if !v.IsNil() {
			dump(v.Elem(), seen, f)
		}
	case reflect.Struct:
		for _, field := range v.Fields() {
			dump(field, seen, f)
		}
	case reflect.Map:
		for at := v.MapRange(); at.Next(); {
			dump(at.Key(), seen, f)
			dump(at.Value(), seen, f)
		}
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			text := make([]byte, v.Len())
			for i := range text {
				text[i] = byte(v.Index(i).Uint())
			}
			f(string(text))
			return
		}
		for i := range v.Len() {
			dump(v.Index(i), seen, f)
		}
	}
}

func TestDumpFindsWhatIsNotExported(t *testing.T) {
	var found []string
	v := struct {
		all map[string][]any
		raw []byte
	}{map[string][]any{"a": {&[]string{"b"}}}, []byte("c")}
	dump(reflect.ValueOf(v), map[unsafe.Pointer]bool{}, func(s string) { found = append(found, s) })
	assert.Equal(t, []string{"a", "b", "c"}, found)
}

func TestR23_ADumpOfTheClientShowsNoCredentials(t *testing.T) {
	const journalSecret, gatewayToken = "a journal's secret of 32 bytes..", "token-of-a-gateway"
	source := func(context.Context) (string, error) { return testKey, nil }
	for name, made := range map[string]func(w *world) (*bardge.Client, error){
		"key": func(w *world) (*bardge.Client, error) {
			return bardge.New(testKey, bardge.WithBaseURL(w.url()), bardge.WithHTTPClient(&http.Client{Transport: w.transport()}),
				bardge.WithJournal(journal.NewMemory(), "acme"), bardge.WithJournalSecret([]byte(journalSecret)),
				bardge.WithHeader("X-Gateway", gatewayToken))
		},
		"source": func(w *world) (*bardge.Client, error) {
			return bardge.New("", bardge.WithAPIKeyProvider(source), bardge.WithBaseURL(w.url()),
				bardge.WithHTTPClient(&http.Client{Transport: w.transport()}))
		},
	} {
		t.Run("R23_"+name, func(t *testing.T) {
			inWorld(t, steps(says(201, `{"object":"issued_pass","id":"brgpass_1"}`)), func(t *testing.T, w *world) {
				client, err := made(w)
				require.NoError(t, err)
				defer client.CloseIdleConnections()
				_, _, err = client.IssuedPasses.Issue(t.Context(), somePass)
				require.NoError(t, err)
				assert.Equal(t, "Bearer "+testKey, w.requests()[0].header.Get("Authorization"))
				dump(reflect.ValueOf(client), map[unsafe.Pointer]bool{}, func(text string) {
					assert.NotContains(t, text, testKey)
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

// reports is what an error reporter shows: each error of the tree, as text and as a dump.
func reports(err error, f func(string)) {
	dump(reflect.ValueOf(err), map[unsafe.Pointer]bool{}, f)
	f(fmt.Sprintf("%v %+v %#v", err, err, err))
	switch e := err.(type) { //nolint:errorlint // each on its way is reported
	case interface{ Unwrap() error }:
		if next := e.Unwrap(); next != nil {
			reports(next, f)
		}
	case interface{ Unwrap() []error }:
		for _, next := range e.Unwrap() {
			reports(next, f)
		}
	}
}

// echoing is a transport whose error repeats the request.
type echoing struct{}

func (echoing) RoundTrip(r *http.Request) (*http.Response, error) {
	_, _ = io.Copy(io.Discard, r.Body)
	return nil, errors.New("malformed: Authorization: " + r.Header.Get("Authorization"))
}

func TestR23_AServerThatRepeatsTheAPIKeyIsRedacted(t *testing.T) {
	echo := says(401, `{"error":{"type":"t `+testKey+`","code":"`+testKey+`","message":"no such key: `+testKey+`"}}`,
		"Bardge-Request-Id", testKey)
	inWorld(t, steps(echo), func(t *testing.T, w *world) {
		_, resp, err := w.client.IssuedPasses.Issue(t.Context(), somePass)
		var e *bardge.Error
		require.ErrorAs(t, err, &e)
		assert.Equal(t, "no such key: [redacted]", e.Message)
		assert.Equal(t, "[redacted]", e.Code)
		assert.Equal(t, "t [redacted]", e.Type)
		assert.Equal(t, "[redacted]", resp.RequestID)
		assert.Contains(t, err.Error(), `: "no such key: [redacted]"`)
		assert.Contains(t, string(resp.Raw), testKey, "Raw is what came")
		e.Response.Raw, e.Response.Header = nil, nil
		reports(err, func(text string) { assert.NotContains(t, text, testKey) })
	}, bardge.WithVerboseErrors(), bardge.WithRetryPolicy(bardge.RetryPolicy{MaxAttempts: 1}))
}

func TestR23_ATransportThatRepeatsTheAPIKeyIsRedacted(t *testing.T) {
	client, err := bardge.New(testKey, bardge.WithHTTPClient(&http.Client{Transport: echoing{}}))
	require.NoError(t, err)
	_, _, err = client.IssuedPasses.Issue(t.Context(), somePass, bardge.WithMaxAttempts(1))
	require.Error(t, err)
	reports(err, func(text string) { assert.NotContains(t, text, testKey) })
}

func TestR23_ARequestIDOfASuccessIsRedacted(t *testing.T) {
	inWorld(t, steps(says(200, `{"object":"client","id":"c1"}`, "Bardge-Request-Id", testKey)), func(t *testing.T, w *world) {
		_, resp, err := w.client.Clients.Get(t.Context(), "c1")
		require.NoError(t, err)
		assert.Equal(t, "[redacted]", resp.RequestID)
	})
}
