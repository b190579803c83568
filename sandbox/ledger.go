package sandbox

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"sync"
	"text/tabwriter"
	"time"
)

// Result tells what became of a request on the server.
type Result string

const (
	// ResultPending: the request is still running.
	ResultPending Result = "pending"
	// ResultExecuted: the operation was executed by this request.
	ResultExecuted Result = "executed"
	// ResultReplayed: the answer of an earlier request with the same key was given again. Nothing was executed.
	ResultReplayed Result = "replayed"
	// ResultRefused: an error, or a proxy's page, was the answer. Nothing was executed.
	ResultRefused Result = "refused"
	// ResultDropped: the connection was closed. Nothing was executed.
	ResultDropped Result = "dropped"
)

// Entry is what the server knows of one request that reached it. It holds no body, key or other secret.
type Entry struct {
	Time      time.Time // when the request arrived, by the sandbox's clock
	RequestID string    // as in the answer's Bardge-Request-Id
	Operation Operation // what was asked for
	Key       string    // a name for the idempotency key, "key_0001" for the first one seen; "" without a key
	Result    Result    // what became of it
	Status    int       // status that was sent; 0 if none was
	Fault     Fault     // what went wrong on purpose; "" if nothing did
	Resource  string    // id of what was made, changed or read; "" if nothing was
}

// Ledger is a list of requests, in the order in which they arrived.
type Ledger []Entry

// String returns the ledger as lines with aligned columns. They leave out the times, so that equal runs read equal.
func (l Ledger) String() string {
	var text strings.Builder
	columns := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(columns, "request\toperation\tkey\tresult\tstatus\tfault\tresource")
	for _, e := range l {
		_, _ = fmt.Fprintf(columns, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", e.RequestID, e.Operation,
			dash(e.Key), e.Result, dash(statusText(e.Status)), dash(string(e.Fault)), dash(e.Resource))
	}
	_ = columns.Flush() // a strings.Builder takes everything
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

// book is the ledger while it is being written.
type book struct {
	mu      sync.Mutex
	entries []*Entry
	keys    map[fingerprint]string // names of keys, by their digest
	ids     counters
}

func newBook() *book { return &book{keys: map[fingerprint]string{}, ids: counters{}} }

// open starts the entry of a call and reports whether its key, if any, was seen before.
func (b *book) open(c *call, e Entry, key string) (known bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if key != "" {
		digest := sha256.Sum256([]byte(key))
		if known = b.keys[digest] != ""; !known {
			b.keys[digest] = b.ids.next("key")
		}
		e.Key = b.keys[digest]
	}
	c.entry = &e
	b.entries = append(b.entries, &e)
	return known
}

// requestID returns the next request's id.
func (b *book) requestID() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ids.next("req")
}

// note changes the entry of a call.
func (b *book) note(c *call, change func(*Entry)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	change(c.entry)
}

// count counts the entries of an operation that pass.
func (b *book) count(op Operation, passes func(*Entry) bool) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for _, e := range b.entries {
		if e.Operation == op && passes(e) {
			n++
		}
	}
	return n
}

func (b *book) copy() Ledger {
	b.mu.Lock()
	defer b.mu.Unlock()
	entries := make(Ledger, len(b.entries))
	for i, e := range b.entries {
		entries[i] = *e
	}
	return entries
}

// Ledger returns what became of each request so far, unknown routes aside. It grows as long as the sandbox lives.
func (s *Sandbox) Ledger() Ledger { return s.book.copy() }

// Executed returns how often an operation was truly executed: answers that were lost count, replays and refusals do
// not.
func (s *Sandbox) Executed(op Operation) int {
	return s.book.count(op, func(e *Entry) bool { return e.Result == ResultExecuted })
}

// Requests returns how many requests for an operation reached the server.
func (s *Sandbox) Requests(op Operation) int {
	return s.book.count(op, func(*Entry) bool { return true })
}
