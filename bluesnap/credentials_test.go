package bluesnap_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/journal"
)

var testBasic = base64.StdEncoding.EncodeToString([]byte(testUser + ":" + testPassword))

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
		text := make([]byte, 0, v.Len())
		for i := range v.Len() {
			if v.Index(i).Kind() == reflect.Uint8 {
				text = append(text, byte(v.Index(i).Uint()))
			} else {
				dump(v.Index(i), seen, f)
			}
		}
		f(string(text))
	}
}

func hidesCredentials(t *testing.T, text string) {
	t.Helper()
	assert.NotContains(t, text, testPassword)
	assert.NotContains(t, text, testBasic)
}

func TestR23_ADumpOfTheClientShowsNoCredentials(t *testing.T) {
	inWorld(t, steps(pays), func(t *testing.T, w *world) {
		_, _, err := w.client.Transactions.Create(t.Context(), curl())
		require.NoError(t, err)
		assert.Equal(t, "Basic "+testBasic, w.requests()[0].header.Get("Authorization"))
		texts := 0
		dump(reflect.ValueOf(w.client), map[unsafe.Pointer]bool{}, func(text string) {
			texts++
			hidesCredentials(t, text)
			assert.NotContains(t, text, "4263982640269299", "in a connection's buffer")
		})
		assert.Positive(t, texts)
	}, bluesnap.WithJournal(journal.NewMemory(), "acme"))
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

func TestR23_WhoRepeatsTheCredentialsIsRedacted(t *testing.T) {
	echo := says(401, `{"message":[{"errorName":"`+testBasic+`","code":"14002","description":"bad password `+testPassword+`"}]}`)
	inWorld(t, steps(echo), func(t *testing.T, w *world) {
		_, resp, err := w.client.Transactions.Create(t.Context(), curl(), bluesnap.WithMaxAttempts(1))
		var e *bluesnap.Error
		require.ErrorAs(t, err, &e)
		assert.Equal(t, "bad password [redacted]", e.Messages[0].Description)
		assert.Contains(t, err.Error(), `"bad password [redacted]"`)
		assert.Contains(t, string(resp.Raw), testPassword, "Raw is what came")
		e.Response.Raw, e.Response.Header = nil, nil
		reports(err, func(text string) { hidesCredentials(t, text) })
	}, bluesnap.WithVerboseErrors())

	client, err := bluesnap.New(testUser, testPassword, bluesnap.WithHTTPClient(&http.Client{Transport: echoing{}}))
	require.NoError(t, err)
	_, _, err = client.Transactions.Create(t.Context(), curl(), bluesnap.WithMaxAttempts(1))
	require.Error(t, err)
	reports(err, func(text string) { hidesCredentials(t, text) })
}

func TestR23_TheTransportRedactsTheCredentialsOfItsRequest(t *testing.T) {
	rt := bluesnap.NewTransport(echoing{}, bluesnap.WithRetryPolicy(bluesnap.RetryPolicy{MaxAttempts: 1}))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, bluesnap.ProductionURL+"/services/2/transactions", strings.NewReader("{}"))
	require.NoError(t, err)
	req.SetBasicAuth(testUser, testPassword)
	resp, err := rt.RoundTrip(req)
	if err == nil {
		_ = resp.Body.Close()
	}
	require.ErrorAs(t, err, new(*bluesnap.Error))
	reports(err, func(text string) { hidesCredentials(t, text) })
}

func TestVerboseErrorsShowTheDescriptionWithoutCards(t *testing.T) {
	for verbose, opts := range map[bool][]bluesnap.Option{false: nil, true: {bluesnap.WithVerboseErrors()}} {
		inWorld(t, steps(refuses(400, "14002", "DO_NOT_HONOR")), func(t *testing.T, w *world) {
			value, resp, err := w.client.Transactions.Create(t.Context(), curl())
			e := errorOf(t, value, resp, err)
			want := "bluesnap: CreateCardTransaction: rejected: 400 14002 DO_NOT_HONOR: re"
			if verbose {
				want = `bluesnap: CreateCardTransaction: rejected: 400 14002 DO_NOT_HONOR: "card [redacted] no": re`
			}
			assert.True(t, strings.HasPrefix(e.Error(), want), e.Error())
			assert.Equal(t, "card 4263982640269299 no", e.Messages[0].Description)
		}, opts...)
	}
}
