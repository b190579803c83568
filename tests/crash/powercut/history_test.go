package powercut

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"reflect"
	"time"

	"github.com/bardge/bardge-go/journal"
)

// history holds the acknowledged writes of each record, and of the binding,
// over the whole recording. It excludes rejected writes, which no cut may leave
// behind.
type history struct {
	records  map[string][]write
	adopters map[string]int // those that were left in doubt, and when they began
	bindings []write
}

// write may be in the store from its begin, and must be from its
// acknowledgement on.
type write struct {
	record      journal.Record // as stored
	began, ends int
}

// never is the acknowledgement's time of a doubtful write.
const never = math.MaxInt

// state is what the journal found in an image.
type state struct {
	Records []journal.Record
	Binding []byte
	// Problem describes another failure: the journal did not open, or the
	// database is damaged.
	Problem string
}

// verdict is the result of an image. All three are empty if the journal kept
// its promise.
type verdict struct {
	lost    []string // what was acknowledged is not there
	lies    []string // what is there was not written, or was refused
	damaged []string // the journal cannot be used
}

func (v verdict) String() string {
	return fmt.Sprintf("%d lost %q, %d lies %q, damage %q",
		len(v.lost), head(v.lost), len(v.lies), head(v.lies), v.damaged)
}

func (v verdict) good() bool { return len(v.lost)+len(v.lies)+len(v.damaged) == 0 }

func head(all []string) []string { return all[:min(len(all), 3)] }

func historyOf(events []event) *history {
	h := &history{records: map[string][]write{}, adopters: map[string]int{}}
	ends := map[int]int{}
	for at, e := range events {
		if e.End != nil {
			ends[e.End.Began] = at
		}
	}
	for began, e := range events {
		if e.Begin == nil {
			continue
		}
		end, ended := ends[began]
		r := &result{Status: doubtful}
		if ended {
			r = events[end].End
		}
		if r.Status == doubtful {
			end = never
		}
		if r.Status != refused {
			h.add(*e.Begin, r.Records, began, end)
		}
	}
	return h
}

func (h *history) add(c call, adopted []journal.Record, began, ends int) {
	switch {
	case c.Binding != nil:
		h.bindings = append(h.bindings, write{record: journal.Record{Sealed: c.Binding}, began: began, ends: ends})
	case c.Adopter != "" && ends == never:
		h.adopters[c.Adopter] = began
	case c.Adopter != "":
		for _, rec := range adopted {
			h.records[rec.ID] = append(h.records[rec.ID], write{record: plain(rec), began: began, ends: ends})
		}
	default:
		rec := plain(c.Record)
		rec.Version++
		h.records[rec.ID] = append(h.records[rec.ID], write{record: rec, began: began, ends: ends})
	}
}

func plain(rec journal.Record) journal.Record {
	rec.Lease, rec.Age = 0, 0
	rec.Since = rec.Since.UTC().Truncate(time.Microsecond)
	if rec.Sealed == nil {
		rec.Sealed = []byte{}
	}
	return rec
}

// verify compares what was found after a power cut at this time with what was
// acknowledged before it.
func (h *history) verify(cut int, s state) verdict {
	var v verdict
	if s.Problem != "" {
		v.damaged = append(v.damaged, s.Problem)
	}
	stored := map[string]journal.Record{}
	for _, rec := range s.Records {
		stored[rec.ID] = plain(rec)
	}
	for _, id := range sortedKeys(h.records) {
		h.verifyRecord(&v, cut, id, stored[id])
		delete(stored, id)
	}
	for _, id := range sortedKeys(stored) {
		v.lies = append(v.lies, id+" was never written")
	}
	h.verifyBinding(&v, cut, s.Binding)
	return v
}

func (h *history) verifyRecord(v *verdict, cut int, id string, rec journal.Record) {
	var promised int64
	for _, w := range h.records[id] {
		if w.ends < cut {
			promised = max(promised, w.record.Version)
		}
	}
	switch {
	case rec.Version < promised:
		v.lost = append(v.lost, fmt.Sprintf("%s: version %d was acknowledged, and %d (%s) is there",
			id, promised, rec.Version, rec.State()))
	case rec.Version > 0 && !h.wrote(cut, rec):
		v.lies = append(v.lies, fmt.Sprintf("%s: version %d (%s) was not written so", id, rec.Version, rec.State()))
	}
}

// wrote reports whether a write that had begun by then left the record in this
// state.
func (h *history) wrote(cut int, rec journal.Record) bool {
	for _, w := range h.records[rec.ID] {
		if w.began < cut && reflect.DeepEqual(w.record, rec) {
			return true
		}
	}
	began, adopted := h.adopters[rec.Owner]
	if !adopted || began >= cut {
		return false
	}
	for _, w := range h.records[rec.ID] {
		before := w.record
		before.Version, before.Owner = before.Version+1, rec.Owner
		if w.began < cut && reflect.DeepEqual(before, rec) {
			return true
		}
	}
	return false
}

// verifyBinding: the bindings replace one another in the order of their calls.
func (h *history) verifyBinding(v *verdict, cut int, binding []byte) {
	promised, stored := -1, -1
	for i, w := range h.bindings {
		if w.ends < cut {
			promised = i
		}
		if binding != nil && w.began < cut && bytes.Equal(w.record.Sealed, binding) {
			stored = i
		}
	}
	switch {
	case binding != nil && stored < 0:
		v.lies = append(v.lies, "the binding was not written so")
	case cmp.Less(stored, promised):
		v.lost = append(v.lost, "the binding")
	}
}
