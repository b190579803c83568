package fakeserver

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// Entry is the server's record of one request. It holds no body, key or other
// secret.
type Entry[Op ~string] struct {
	Time      time.Time // when the request arrived, by the server's clock
	RequestID string    // counted, "req_0001"; in the answer where the vendor has a header for it
	Account   string    // the sender; "" if it is unknown
	Operation Op        // of the request; or [UnknownRoute]
	Key       string    // a name for the idempotency key, "key_0001" for the account's first one; "" without a key
	Result    Result    // of the request
	Status    int       // of the response; 0: no response
	Fault     Fault     // what went wrong on purpose; "" if nothing did
	Resource  string    // id of what was made, changed or read; "" if nothing was
}

// Ledger lists requests in order of arrival.
type Ledger[Op ~string] []Entry[Op]

// String returns the ledger as aligned columns, without times, so that equal
// runs give equal text. The account is a column only where there are several,
// since each has its own names of keys.
func (l Ledger[Op]) String() string {
	var text strings.Builder
	columns := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	account := func(string) string { return "" }
	if l.severalAccounts() {
		account = func(name string) string { return name + "\t" }
	}
	_, _ = fmt.Fprintf(columns, "request\t%soperation\tkey\tresult\tstatus\tfault\tresource\n", account("account"))
	for _, e := range l {
		_, _ = fmt.Fprintf(columns, "%s\t%s%s\t%s\t%s\t%s\t%s\t%s\n", e.RequestID, account(dash(e.Account)),
			string(e.Operation), dash(e.Key), e.Result, dash(statusText(e.Status)), dash(string(e.Fault)),
			dash(e.Resource))
	}
	_ = columns.Flush() // a strings.Builder does not fail
	return text.String()
}

func (l Ledger[Op]) severalAccounts() bool {
	return slices.ContainsFunc(l, func(e Entry[Op]) bool { return e.Account != l[0].Account })
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

// entry shows a line to users of the vendor's own type.
func entry[Op ~string](line *Line) Entry[Op] {
	return Entry[Op]{
		Time: line.Time, RequestID: line.RequestID, Account: line.Account, Operation: Op(line.Operation),
		Key: line.KeyName, Result: line.Result, Status: line.Status, Fault: line.Fault, Resource: line.Resource,
	}
}

// Ledger returns the result of each request so far. It grows as long as the
// server lives, unless [WithLedgerLimit] bounds it. Requests for an unknown
// route are in it, too; their operation is [UnknownRoute].
func (s *Server[Op]) Ledger() Ledger[Op] { return ledger[Op](s.control) }

// Executed returns how often an operation was executed, including lost
// responses but not replays or rejections.
func (s *Server[Op]) Executed(op Op) int { return s.control.total(string(op)).Executed }

// Requests returns how many requests for an operation reached the server.
func (s *Server[Op]) Requests(op Op) int { return s.control.total(string(op)).Requests }
