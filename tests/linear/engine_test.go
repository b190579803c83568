package linear

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
)

var operations = map[string]idem.Operation{
	"keyed": {Name: "keyed", Class: idem.Keyed, Success: []int{http.StatusCreated}},
	"once":  {Name: "once", Class: idem.NonIdempotent, Success: []int{http.StatusCreated}},
}

func profile(window time.Duration) idem.Profile {
	return idem.Profile{
		Vendor:          "vendor",
		KeyHeader:       keyHeader,
		KeyTTL:          window,
		ReplayHeader:    replayed,
		ReplayValue:     "true",
		RequestIDHeader: requestID,
		Classify: func(_ int, _ http.Header, body []byte) idem.Signal {
			if strings.HasPrefix(string(body), `{"error":`) {
				return idem.SignalError
			}
			return idem.SignalNone
		},
	}
}

func config(url string, j journal.Journal, window time.Duration) idem.Config {
	return idem.Config{
		Profile:        profile(window),
		BaseURL:        url,
		Journal:        j,
		Account:        "account",
		JournalSecrets: [][]byte{[]byte("a secret of 32 bytes for journals")},
		Resource:       func(_ string, body []byte) string { return idOf(body) },
		Scope:          func(r idem.Request) string { return scopeOf(r.Body) },
	}
}

func idOf(body []byte) string {
	var p product
	_ = json.Unmarshal(body, &p)
	return p.ID
}

func scopeOf(body []byte) string {
	var o order
	_ = json.Unmarshal(body, &o)
	return o.Scope
}

func ask(ref, call string) idem.Call {
	operation, scope := attributes(ref)
	body, err := json.Marshal(order{Scope: scope})
	if err != nil {
		panic(err) // never: it is a string
	}
	return idem.Call{
		Ref: ref,
		Request: idem.Request{
			Operation: operations[operation],
			Method:    http.MethodPost,
			Path:      "/" + operation + "/" + ref,
			Header:    http.Header{callHeader: {call}},
			Body:      body,
		},
	}
}

// pattern holds the operations of each eight refs, and which of them share the
// scope of the previous one, so that either may have made the resource.
var pattern = [8]struct {
	operation string
	twin      bool
}{
	{operation: "keyed"},
	{operation: "keyed", twin: true},
	{operation: "once"},
	{operation: "once", twin: true},
	{operation: "keyed"},
	{operation: "once"},
	{operation: "once", twin: true},
	{operation: "keyed"},
}

func refName(n int) string { return fmt.Sprintf("%s-%d", pattern[n%len(pattern)].operation, n) }

func attributes(ref string) (operation, scope string) {
	operation, number, _ := strings.Cut(ref, "-")
	var n int
	_, _ = fmt.Sscan(number, &n)
	if pattern[n%len(pattern)].twin {
		n--
	}
	return operation, fmt.Sprint("scope-", n)
}

func outputOf(r idem.Result) output {
	out := output{outcome: r.Outcome, key: r.Key.String()}
	if r.Outcome == idem.OutcomeDone && r.Response != nil {
		out.made = idOf(r.Response.Body)
	}
	return out
}

func note(r idem.Result) string {
	words := []string{r.Verdict.String(), fmt.Sprint(len(r.Attempts), " attempts")}
	for word, is := range map[string]bool{"from the journal": r.FromJournal, "recovered": r.Recovered, "replayed": r.Replayed} {
		if is {
			words = append(words, word)
		}
	}
	if r.Err != nil {
		words = append(words, r.Err.Error())
	}
	if r.RecordErr != nil {
		words = append(words, r.RecordErr.Error())
	}
	return strings.Join(words, ", ")
}

// recovery reads the resources in the scope of an operation. One item is a
// match, which all operations of the scope may have made.
func recovery(e *idem.Engine) idem.Recovery {
	return idem.Recovery{
		Operation: func(name string) (idem.Operation, bool) {
			op, ok := operations[name]
			return op, ok
		},
		Reconcile: func(ctx context.Context, o idem.PendingOperation) (idem.ReconcileResult, error) {
			scope := scopeOf(o.Request.Body)
			r := e.Do(ctx, idem.Call{Request: idem.Request{
				Operation: idem.Operation{Name: "list", Class: idem.Safe, Success: []int{http.StatusOK}},
				Method:    http.MethodGet,
				Path:      "/made/" + scope,
			}})
			if r.Err != nil {
				return idem.ReconcileResult{}, r.Err
			}
			var l listing
			if err := json.Unmarshal(r.Response.Body, &l); err != nil {
				return idem.ReconcileResult{}, err
			}
			if len(l.Items) != 1 {
				return idem.ReconcileResult{}, nil
			}
			return idem.ReconcileResult{
				Done:     true,
				Response: &idem.Response{Status: http.StatusCreated, Body: []byte(thing(l.Items[0])), Reconstructed: true},
				Resource: l.Items[0],
				Scopes:   []string{scope},
			}, nil
		},
	}
}

type recordsRecovery interface {
	moment() int64
	recovered(since int64, ref string, out output, note string)
}

// recoverSome runs Recover, for at most that many records, and records what it
// yields. Open records may be yielded again.
func recoverSome(ctx context.Context, h recordsRecovery, e *idem.Engine, most int, gone func() bool) error {
	since := h.moment() // of all: what is recoveredOutput last may have ended first
	for one, err := range e.Recover(ctx, recovery(e)) {
		if gone() {
			return nil
		}
		if err != nil {
			return err
		}
		h.recovered(since, one.Pending.Ref, recoveredOutput(one), fmt.Sprint(one.Action, ": ", note(one.Result), " ", one.Evidence))
		most--
		if most == 0 {
			return nil
		}
	}
	return nil
}

// recoveredOutput is outputOf, but for a reserved operation whose sending was
// not begun: it stays reserved, and its key is used later.
func recoveredOutput(one idem.RecoveryResult) output {
	out := outputOf(one.Result)
	if one.Action == idem.ActionSend && out.outcome == idem.OutcomeNotSent && len(one.Result.Attempts) == 0 {
		out.key = ""
	}
	return out
}

var errJournalFault = errors.New("the journal fails")
