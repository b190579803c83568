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

type condition struct {
	key, dial error
	deaf      bool
	respond   http.HandlerFunc
}

// A retryRow is a row of the table in docs/retries.md, produced by real
// conditions.
type retryRow struct {
	condition
	cancel bool // the operation is a cancellation, otherwise an issue
	policy bardge.RetryPolicy
}

const (
	issuedBody = `{"object":"issued_pass","id":"brgpass_1","client_id":"c","pass_id":"p"}`
	errorBody  = `{"error":{"type":"invalid_request_error","code":"%s","message":"m","request_id":"r"}}`
)

var retryRows = map[string]retryRow{
	"1":  {condition: condition{key: errors.New("no key")}},
	"2":  {condition: condition{dial: &net.DNSError{Err: "no such host", Name: "localhost", IsNotFound: true}}},
	"3":  {condition: condition{dial: syscall.ECONNREFUSED}},
	"4":  {condition: condition{deaf: true}},
	"5":  {condition: condition{respond: drop}},
	"6":  {condition: condition{respond: answer(201, issuedBody)}},
	"7":  {condition: condition{respond: answer(201, `{"object":"issued_pass"}`)}},
	"8":  {condition: condition{respond: answer(200, `{"object":"booking","id":"b","status":"CONFIRMED"}`)}, cancel: true},
	"9":  {condition: condition{respond: answer(200, `{}`)}},
	"10": {condition: condition{respond: answer(600, issuedBody)}},
	"11": {condition: condition{respond: answer(302, "", "Location", "/elsewhere")}},
	"12": {condition: condition{respond: answer(500, fmt.Sprintf(errorBody, "api"), "X-Idempotent-Replayed", "true")}},
	"13": {condition: condition{respond: answer(501, "")}},
	"14": {condition: condition{respond: answer(500, "")}, policy: bardge.RetryPolicy{NoRetryOn500: true}},
	"15": {condition: condition{respond: answer(503, "")}},
	"16": {condition: condition{respond: answer(409, fmt.Sprintf(errorBody, "already_cancelled"))}, cancel: true},
	"17": {condition: condition{respond: answer(409, fmt.Sprintf(errorBody, "idempotency_key_reused"))}},
	"18": {condition: condition{respond: answer(404, fmt.Sprintf(errorBody, "pass_not_found"), "X-Idempotent-Replayed", "true")}},
	"19": {condition: condition{respond: answer(429, fmt.Sprintf(errorBody, "rate_limited"))}},
	"20": {condition: condition{respond: answer(407, "")}},
	"21": {condition: condition{respond: answer(404, fmt.Sprintf(errorBody, "pass_not_found"))}},
	"22": {condition: condition{respond: answer(408, "")}},
	"23": {condition: condition{respond: answer(404, "<html>not here</html>")}},
}

// The table in docs/retries.md matches the client: each row's verdict, and
// whether the operation is sent again, at first and in doubt.
func TestR15_TheRetryTable(t *testing.T) {
	rows := regexp.MustCompile(`(?m)^\| (\d+) \| .* \| (.*) \| (.*) \| (.*)\|$`).FindAllStringSubmatch(document(t, "docs/retries.md"), -1)
	require.Len(t, rows, len(retryRows))
	for i, cells := range rows {
		require.Equal(t, strconv.Itoa(i+1), cells[1])
		number, verdict, first, doubt := cells[1], cells[2], cells[3], strings.TrimSpace(cells[4])
		if doubt == "" {
			doubt = first
		}
		row := retryRows[number]
		t.Run(number+" at first", func(t *testing.T) {
			tries := row.tries(t, row.condition)
			assert.Equal(t, verdict, tries[0])
			assert.Equal(t, !strings.HasPrefix(first, "no"), len(tries) > 1, first)
		})
		t.Run(number+" in doubt", func(t *testing.T) {
			tries := row.tries(t, condition{respond: drop}, row.condition)
			assert.Equal(t, verdict, tries[1])
			assert.Equal(t, !strings.HasPrefix(doubt, "no"), len(tries) > 2, doubt)
		})
		if strings.HasSuffix(first, "twice") {
			t.Run(number+" twice", func(t *testing.T) {
				assert.Len(t, row.tries(t, row.condition, row.condition, row.condition, row.condition), 3)
			})
		}
	}
}

// tries makes a call that meets these steps, then a server that executes it. It
// returns the verdict of each try. A try whose key provider failed sent nothing
// and is no attempt.
func (r retryRow) tries(t *testing.T, steps ...condition) (verdicts []string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		listener := memnet.Listen()
		at := func(n int) condition {
			if n < len(steps) {
				return steps[n]
			}
			return condition{}
		}
		n := -1 // the attempt under way
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			w.Header().Set("Bardge-Request-Id", "req_1")
			switch respond := at(n).respond; {
			case req.Method == http.MethodGet || respond == nil && r.cancel:
				answer(200, `{"object":"booking","id":"b","status":"CANCELLED"}`)(w, req)
			case respond == nil:
				answer(201, issuedBody)(w, req)
			default:
				respond(w, req)
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
			bardge.WithHTTPClient(&http.Client{Transport: &http.Transport{DialContext: dial}}), bardge.WithRetryPolicy(r.policy))
		require.NoError(t, err)
		defer client.CloseIdleConnections()
		for _, attempt := range r.call(t, client).Attempts {
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

func (r retryRow) call(t *testing.T, client *bardge.Client) *bardge.Response {
	t.Helper()
	if r.cancel {
		_, resp, _ := client.Bookings.Cancel(t.Context(), "b")
		return resp
	}
	_, resp, _ := client.IssuedPasses.Issue(t.Context(), bardge.IssuePassParams{ClientID: "c", PassID: "p"})
	return resp
}

// A deaf connection accepts no byte.
type deaf struct{ net.Conn }

func (deaf) Write([]byte) (int, error) { return 0, syscall.ECONNRESET }

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
