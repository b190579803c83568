package fakeserver

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"sync"
	"text/tabwriter"
	"time"
)

// Result is the result of a request on the server.
type Result string

const (
	// ResultPending: the request is still running.
	ResultPending Result = "pending"
	// ResultExecuted: the operation was executed by this request.
	ResultExecuted Result = "executed"
	// ResultReplayed: the stored response of an earlier request with the same
	// key was sent. Nothing was executed.
	ResultReplayed Result = "replayed"
	// ResultRejected: the response was an error, or a proxy's page. Nothing was
	// executed.
	ResultRejected Result = "rejected"
	// ResultDropped: the connection was closed. Nothing was executed.
	ResultDropped Result = "dropped"
)

// Entry is the server's record of one request. It holds no body, key or other
// secret.
type Entry[Op ~string] struct {
	Time      time.Time // when the request arrived, by the server's clock
	RequestID string    // counted, "req_0001"; in the answer where the vendor has a header for it
	Operation Op        // of the request
	Key       string    // a name for the idempotency key, "key_0001" for the first one seen; "" without a key
	Result    Result    // of the request
	Status    int       // of the response; 0: no response
	Fault     Fault     // what went wrong on purpose; "" if nothing did
	Resource  string    // id of what was made, changed or read; "" if nothing was
}

// Ledger lists requests in order of arrival.
type Ledger[Op ~string] []Entry[Op]

// String returns the ledger as aligned columns, without times, so that equal
// runs give equal text.
func (l Ledger[Op]) String() string {
	var text strings.Builder
	columns := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(columns, "request\toperation\tkey\tresult\tstatus\tfault\tresource")
	for _, e := range l {
		_, _ = fmt.Fprintf(columns, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", e.RequestID, string(e.Operation),
			dash(e.Key), e.Result, dash(statusText(e.Status)), dash(string(e.Fault)), dash(e.Resource))
	}
	_ = columns.Flush() // a strings.Builder does not fail
	return text.String()
}

func dash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

func statusText(status int) string {
	if status == 0 {
		return ""
	}
	return fmt.Sprint(status)
}

// book is the ledger of a running server.
type book[Op ~string] struct {
	mu      sync.Mutex
	entries Ledger[Op]
	keys    map[fingerprint]string // names of keys, by their digest
	ids     Counters
}

func newBook[Op ~string]() *book[Op] {
	return &book[Op]{keys: map[fingerprint]string{}, ids: Counters{}}
}

// open adds an entry. It returns its line, and whether its key was seen before.
func (b *book[Op]) open(e Entry[Op], key string) (line int, known bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if key != "" {
		digest := sha256.Sum256([]byte(key))
		if known = b.keys[digest] != ""; !known {
			b.keys[digest] = b.ids.Next("key")
		}
		e.Key = b.keys[digest]
	}
	b.entries = append(b.entries, e)
	return len(b.entries) - 1, known
}

func (b *book[Op]) requestID() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ids.Next("req")
}

func (b *book[Op]) note(line int, change func(*Entry[Op])) {
	b.mu.Lock()
	defer b.mu.Unlock()
	change(&b.entries[line])
}

func (b *book[Op]) count(op Op, passes func(*Entry[Op]) bool) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for i := range b.entries {
		if b.entries[i].Operation == op && passes(&b.entries[i]) {
			n++
		}
	}
	return n
}

func (b *book[Op]) copy() Ledger[Op] {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append(Ledger[Op]{}, b.entries...)
}

// Ledger returns the result of each request so far, except for unknown routes.
// It grows as long as the server lives.
func (s *Server[Op]) Ledger() Ledger[Op] { return s.book.copy() }

// Executed returns how often an operation was executed, including lost
// responses but not replays or rejections.
func (s *Server[Op]) Executed(op Op) int {
	return s.book.count(op, func(e *Entry[Op]) bool { return e.Result == ResultExecuted })
}

// Requests returns how many requests for an operation reached the server.
func (s *Server[Op]) Requests(op Op) int {
	return s.book.count(op, func(*Entry[Op]) bool { return true })
}
