package powercut

import (
	"encoding/gob"
	"errors"
	"io"
	"os"
	"sync"

	"github.com/bardge/bardge-go/journal"
)

// event is one step of a recording. Its place in the recording is its time: a
// power cut at n leaves the events before n. Exactly one field is set.
type event struct {
	Disk  *diskEvent
	Begin *call
	End   *result
	Phase string // a part of the load begins
}

// diskKind is the kind of a disk event.
type diskKind uint8

const (
	found     diskKind = iota + 1 // a file was there, durably, when the recording began
	created                       // a name was given to a new file
	removed                       // a name was taken away
	written                       // bytes were written
	resized                       // the length was set
	synced                        // fsync of a file has returned
	dirSynced                     // fsync of the directory has returned
)

// diskEvent is SQLite's change of one file, or of the directory.
type diskEvent struct {
	Kind   diskKind
	Name   string // of found, created and removed
	Inode  int
	Offset int64 // of written: where; of resized: the length
	Data   []byte
	// Began is when the fsync began: it covers the events before.
	Began int
}

// call is a call of the journal that writes.
type call struct {
	Record  journal.Record // of Save, as passed
	Adopter string         // of Adopt: the owner
	Binding []byte         // of Bind
}

// result ends a call.
type result struct {
	Began   int // the event of the call
	Status  status
	Records []journal.Record // of Adopt: what it returned
}

// status is what the journal acknowledged.
type status uint8

const (
	// acknowledged: the journal returned success.
	acknowledged status = iota + 1
	refused
	// doubtful: the journal returned an error that leaves the write in doubt.
	doubtful
)

func statusOf(ok bool, err error) status {
	switch {
	case errors.Is(err, journal.ErrNotCommitted), err == nil && !ok:
		return refused
	case err != nil:
		return doubtful
	default:
		return acknowledged
	}
}

// trace is a recording under way.
type trace struct {
	mu     sync.Mutex
	events []event
	out    *gob.Encoder // of each event at once; nil: none
}

// add appends an event, and returns its time.
func (t *trace) add(e event) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.append(e)
}

func (t *trace) append(e event) int {
	t.events = append(t.events, e)
	if t.out != nil {
		if err := t.out.Encode(e); err != nil {
			panic(err) // the test cannot verify what it did not write down
		}
	}
	return len(t.events) - 1
}

// now is the time of the next event.
func (t *trace) now() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.events)
}

func writeEvents(path string, events []event) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	out := gob.NewEncoder(f)
	for _, e := range events {
		if err := out.Encode(e); err != nil {
			return err
		}
	}
	return nil
}

// readEvents reads a recording, up to where its writer was killed.
func readEvents(path string) ([]event, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var events []event
	for in := gob.NewDecoder(f); ; {
		var e event
		err := in.Decode(&e)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return events, nil
		}
		if err != nil {
			return nil, err
		}
		events = append(events, e)
	}
}
