package contract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/internal/memnet"
)

// A meets is what one attempt meets: a key provider or a dial that fails, a
// connection that takes no byte, or a response.
type meets struct {
	key, dial error
	deaf      bool
	respond   http.HandlerFunc
}

// A shown is a row of the table in docs/retries.md, made to happen.
type shown struct {
	meets
	cancel bool // the operation is a cancellation, otherwise an issue
	policy bardge.RetryPolicy
}

const (
	issuedBody = `{"object":"issued_pass","id":"brgpass_1","client_id":"c","pass_id":"p"}`
	errorBody  = `{"error":{"type":"invalid_request_error","code":"%s","message":"m","request_id":"r"}}`
)

// retryRows are the table's rows, by number.
var retryRows = map[string]shown{
	"1":  {meets: meets{key: errors.New("no key")}},
	"2":  {meets: meets{dial: &net.DNSError{Err: "no such host", Name: "localhost", IsNotFound: true}}},
	"3":  {meets: meets{dial: syscall.ECONNREFUSED}},
	"4":  {meets: meets{deaf: true}},
	"5":  {meets: meets{respond: drop}},
	"6":  {meets: meets{respond: answer(201, issuedBody)}},
	"7":  {meets: meets{respond: answer(201, `{"object":"issued_pass"}`)}},
	"8":  {meets: meets{respond: answer(200, `{"object":"booking","id":"b","status":"CONFIRMED"}`)}, cancel: true},
	"9":  {meets: meets{respond: answer(200, `{}`)}},
	"10": {meets: meets{respond: answer(600, issuedBody)}},
	"11": {meets: meets{respond: answer(302, "", "Location", "/elsewhere")}},
	"12": {meets: meets{respond: answer(500, fmt.Sprintf(errorBody, "api"), "X-Idempotent-Replayed", "true")}},
	"13": {meets: meets{respond: answer(501, "")}},
	"14": {meets: meets{respond: answer(500, "")}, policy: bardge.RetryPolicy{NoRetryOn500: true}},
	"15": {meets: meets{respond: answer(503, "")}},
	"16": {meets: meets{respond: answer(409, fmt.Sprintf(errorBody, "already_cancelled"))}, cancel: true},
	"17": {meets: meets{respond: answer(409, fmt.Sprintf(errorBody, "idempotency_key_reused"))}},
	"18": {meets: meets{respond: answer(404, fmt.Sprintf(errorBody, "pass_not_found"), "X-Idempotent-Replayed", "true")}},
	"19": {meets: meets{respond: answer(429, fmt.Sprintf(errorBody, "rate_limited"))}},
	"20": {meets: meets{respond: answer(407, "")}},
	"21": {meets: meets{respond: answer(404, fmt.Sprintf(errorBody, "pass_not_found"))}},
	"22": {meets: meets{respond: answer(408, "")}},
	"23": {meets: meets{respond: answer(404, "<html>not here</html>")}},
}

// The table in docs/retries.md is what the client does: each row's verdict, and
// whether the operation is sent again, at first and in doubt.
func TestR15_TheRetryTable(t *testing.T) {
	rows := regexp.MustCompile(`(?m)^\| (\d+) \| .* \| (.*) \| (.*) \| (.*)\|$`).FindAllStringSubmatch(document(t, "docs/retries.md"), -1)
	require.Len(t, rows, len(retryRows))
	for i, row := range rows {
		require.Equal(t, strconv.Itoa(i+1), row[1])
		verdict, first, doubt := row[2], row[3], strings.TrimSpace(row[4])
		if doubt == "" {
			doubt = first
		}
		shown := retryRows[row[1]]
		t.Run(row[1]+" at first", func(t *testing.T) {
			tries := shown.tries(t, shown.meets)
			assert.Equal(t, verdict, tries[0])
			assert.Equal(t, !strings.HasPrefix(first, "no"), len(tries) > 1, first)
		})
		t.Run(row[1]+" in doubt", func(t *testing.T) {
			tries := shown.tries(t, meets{respond: drop}, shown.meets)
			assert.Equal(t, verdict, tries[1])
			assert.Equal(t, !strings.HasPrefix(doubt, "no"), len(tries) > 2, doubt)
		})
		if strings.HasSuffix(first, "twice") {
			t.Run(row[1]+" twice", func(t *testing.T) {
				assert.Len(t, shown.tries(t, shown.meets, shown.meets, shown.meets, shown.meets), 3)
			})
		}
	}
}

// tries makes a call that meets these steps, and after them a server that
// executes it. It returns the verdict of each try. A try whose key provider
// failed is no attempt: it sent nothing.
func (s shown) tries(t *testing.T, steps ...meets) (verdicts []string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		listener := memnet.Listen()
		at := func(n int) meets {
			if n < len(steps) {
				return steps[n]
			}
			return meets{}
		}
		n := -1 // the attempt under way
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Bardge-Request-Id", "req_1")
			switch respond := at(n).respond; {
			case r.Method == http.MethodGet || respond == nil && s.cancel:
				answer(200, `{"object":"booking","id":"b","status":"CANCELLED"}`)(w, r)
			case respond == nil:
				answer(201, issuedBody)(w, r)
			default:
				respond(w, r)
			}
		})}
		go func() { _ = server.Serve(listener) }()
		defer func() { assert.NoError(t, server.Close()) }()
		dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
			if err := at(n).dial; err != nil {
				return nil, err
			}
			conn, err := listener.DialContext(ctx, network, listener.Addr().String())
			if at(n).deaf {
				conn = deaf{conn}
			}
			return conn, err
		}
		key := func(context.Context) (string, error) {
			n++
			return "a-key-of-the-reseller", at(n).key
		}
		client, err := bardge.New("", bardge.WithAPIKeyProvider(key), bardge.WithBaseURL("http://localhost"),
			bardge.WithHTTPClient(&http.Client{Transport: &http.Transport{DialContext: dial}}), bardge.WithRetryPolicy(s.policy))
		require.NoError(t, err)
		defer client.CloseIdleConnections()
		for _, attempt := range s.call(t, client).Attempts {
			verdicts = append(verdicts, attempt.Verdict.String())
		}
		for i, step := range steps {
			if step.key != nil {
				verdicts = slices.Insert(verdicts, i, bardge.VerdictNothingSent.String())
			}
		}
		require.GreaterOrEqual(t, len(verdicts), min(len(steps), 2))
	})
	return verdicts
}

func (s shown) call(t *testing.T, client *bardge.Client) *bardge.Response {
	t.Helper()
	if s.cancel {
		_, resp, _ := client.Bookings.Cancel(t.Context(), "b")
		return resp
	}
	_, resp, _ := client.IssuedPasses.Issue(t.Context(), bardge.IssuePassParams{ClientID: "c", PassID: "p"})
	return resp
}

// A deaf connection takes no byte.
type deaf struct{ net.Conn }

func (deaf) Write([]byte) (int, error) { return 0, syscall.ECONNRESET }

// drop ends the connection in place of a response.
func drop(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func answer(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = bytes.NewBuffer(nil).ReadFrom(r.Body)
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.Header().Set("Date", time.Now().UTC().Format(http.TimeFormat))
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}
