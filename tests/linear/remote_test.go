package linear

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"

	"github.com/bardge/bardge-go/idem"
)

// Processes record their part of a history at their parent, over HTTP: an
// invocation before it is made, a result after it was returned. So one clock
// orders all of them, and what a killed process did not report has no result.

type report struct {
	Client  int            `json:"client"`
	Op      int            `json:"op"`    // an invocation's answer
	Since   int64          `json:"since"` // the moment before what was recovered
	Kind    kind           `json:"kind"`
	Ref     string         `json:"ref"`
	Call    string         `json:"call"`
	Outcome idem.Outcome   `json:"outcome"`
	Made    string         `json:"made"`
	Key     string         `json:"key"`
	Note    string         `json:"note"`
	Counts  map[string]int `json:"counts"`
}

func (r report) output() output { return output{outcome: r.Outcome, made: r.Made, key: r.Key} }

type recorder struct {
	history *history
	counts  *counts

	mu  sync.Mutex
	ops []*operation
}

func (rec *recorder) register(mux *http.ServeMux) {
	for path, take := range map[string]func(report) int64{
		"/history/moment":    func(report) int64 { return rec.history.moment() },
		"/history/invoked":   rec.invoked,
		"/history/answered":  rec.answered,
		"/history/recovered": rec.recovered,
	} {
		mux.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) {
			var got report
			if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
				http.Error(w, "not a report", http.StatusBadRequest)
				return
			}
			for what, n := range got.Counts {
				rec.counts.addN(what, n)
			}
			_ = json.NewEncoder(w).Encode(take(got))
		})
	}
}

func (rec *recorder) invoked(r report) int64 {
	op := rec.history.invoked(r.Client, input{kind: r.Kind, ref: r.Ref, call: r.Call})
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.ops = append(rec.ops, op)
	return int64(len(rec.ops) - 1)
}

func (rec *recorder) answered(r report) int64 {
	rec.mu.Lock()
	op := rec.ops[r.Op]
	rec.mu.Unlock()
	rec.history.answered(op, r.output(), r.Note)
	return 0
}

func (rec *recorder) recovered(r report) int64 {
	rec.history.recovered(r.Since, r.Ref, r.output(), r.Note)
	return 0
}

type remote struct {
	url    string
	client *http.Client
	counts *counts
}

func (h *remote) send(path string, r report) int64 {
	r.Counts = h.counts.take()
	body, err := json.Marshal(r)
	if err != nil {
		panic(err) // never: it is made of texts and numbers
	}
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, h.url+"/history/"+path, bytes.NewReader(body))
	if err != nil {
		panic(err)
	}
	var answer int64
	h.ask(req, &answer)
	return answer
}

func (h *remote) ask(req *http.Request, answer any) {
	resp, err := h.client.Do(req)
	if err != nil {
		panic(fmt.Errorf("the parent is gone: %w", err))
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(answer); err != nil {
		panic(err)
	}
}

func (h *remote) moment() int64 { return h.send("moment", report{}) }

func (h *remote) recovered(since int64, ref string, out output, note string) {
	h.send("recovered", report{Since: since, Ref: ref, Outcome: out.outcome, Made: out.made, Key: out.key, Note: note})
}

func (h *remote) record(client int, in input, act func() (output, string)) {
	op := h.send("invoked", report{Client: client, Kind: in.kind, Ref: in.ref, Call: in.call})
	out, words := act()
	h.send("answered", report{Op: int(op), Outcome: out.outcome, Made: out.made, Key: out.key, Note: words})
}

func (h *remote) made(ref string) string {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, h.url+"/truth/"+ref, nil)
	if err != nil {
		panic(err)
	}
	var made string
	h.ask(req, &made)
	return made
}
