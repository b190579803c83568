package measurement

import (
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
)

// The server's responses, after the vendor's example.
const (
	answer = `{"object":"issued_pass","id":"` + answerID + `","passcode":"ABC12345","status":"ACTIVE",` +
		`"categories":[{"type":"SPA","duration":"MONTHLY","credit_allocated":20,"visits_allowed":4}],` +
		`"created":1746700000000,"message":"Pass issued successfully","client_id":"client_abc123",` +
		`"transaction_id":"txn_abc123","tx_ref":"FLW-TXN-ABCDEFGH","pass_id":"pass_abc123",` +
		`"pass_name":"Premium Wellness Pass","start_date":1746700000000,"expires_at":1777636800000}`
	answerID  = "brgpass_abc123"
	requestID = "req_01H8XYZABCDE"

	unavailable = `{"error":{"type":"api_error","code":"service_unavailable",` +
		`"message":"Try again later.","request_id":"` + requestID + `"}}`
)

// MemoryTransport is a RoundTripper that reads each request and responds at
// once, without a network. Like net/http's own it reports to httptrace, so that
// clients which use that pay for it. It is safe for concurrent use.
type MemoryTransport struct {
	// Unavailable returns 503 to every other request, starting with the first:
	// consecutive calls take two attempts each.
	Unavailable bool
	Hold        func() // if not nil, called before each response

	requests atomic.Int64
}

func (t *MemoryTransport) Requests() int { return int(t.requests.Load()) }

func (t *MemoryTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	traceConn(req)
	_, err := io.Copy(io.Discard, req.Body)
	_ = req.Body.Close()
	if err != nil {
		return nil, err
	}
	if t.Hold != nil {
		t.Hold()
	}
	if n := t.requests.Add(1); t.Unavailable && n%2 == 1 {
		return respond(req, http.StatusServiceUnavailable, unavailable), nil
	}
	return respond(req, http.StatusCreated, answer), nil
}

func traceConn(req *http.Request) {
	trace := httptrace.ContextClientTrace(req.Context())
	if trace == nil {
		return
	}
	if trace.GetConn != nil {
		trace.GetConn(req.URL.Host)
	}
	if trace.GotConn != nil {
		trace.GotConn(httptrace.GotConnInfo{Reused: true})
	}
}

func respond(req *http.Request, status int, body string) *http.Response {
	return &http.Response{
		Status:        http.StatusText(status),
		StatusCode:    status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        http.Header{"Content-Type": {"application/json"}, "Bardge-Request-Id": {requestID}},
		Body:          io.NopCloser(strings.NewReader(body)),
		ContentLength: int64(len(body)),
		Request:       req,
	}
}
