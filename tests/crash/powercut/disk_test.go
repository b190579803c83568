package powercut

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

// disk is the disk at a power cut: what is durable, and what is under way.
type disk struct {
	inodes  map[int]*inode
	names   map[string]int // durable
	moves   []move         // of the directory, not synced yet
	ignored ignoredSyncs
}

// ignoredSyncs makes a disk ignore some fsyncs, as if the journal had not
// called them. The zero value ignores none.
type ignoredSyncs struct {
	file      func(name string) bool
	directory bool
}

type inode struct {
	name    string // as it was created
	durable []byte
	pending []change
}

type change struct {
	time   int
	offset int64
	data   []byte
}

// move is a change of the directory that is not synced. Inode 0 removes the
// name.
type move struct {
	time  int
	name  string
	inode int
}

func newDisk(ignored ignoredSyncs) *disk {
	return &disk{inodes: map[int]*inode{}, names: map[string]int{}, ignored: ignored}
}

func (d *disk) apply(time int, e *diskEvent) {
	switch e.Kind {
	case found:
		d.inodes[e.Inode] = &inode{name: e.Name, durable: slices.Clone(e.Data)}
		d.names[e.Name] = e.Inode
	case created:
		d.inodes[e.Inode] = &inode{name: e.Name}
		d.moves = append(d.moves, move{time: time, name: e.Name, inode: e.Inode})
	case removed:
		d.moves = append(d.moves, move{time: time, name: e.Name})
	case written:
		d.inodes[e.Inode].add(change{time: time, offset: e.Offset, data: e.Data})
	case resized:
		d.inodes[e.Inode].add(change{time: time, offset: e.Offset})
	case synced:
		d.sync(d.inodes[e.Inode], e.Began)
	case dirSynced:
		d.syncDirectory(e.Began)
	}
}

func (f *inode) add(c change) { f.pending = append(f.pending, c) }

// sync makes durable what was written before the fsync began.
func (d *disk) sync(f *inode, began int) {
	if d.ignored.file != nil && d.ignored.file(f.name) {
		return
	}
	covered := 0
	for covered < len(f.pending) && f.pending[covered].time < began {
		f.durable = f.pending[covered].applyTo(f.durable)
		covered++
	}
	f.pending = slices.Clone(f.pending[covered:])
}

func (d *disk) syncDirectory(began int) {
	if d.ignored.directory {
		return
	}
	covered := 0
	for covered < len(d.moves) && d.moves[covered].time < began {
		d.moves[covered].applyTo(d.names)
		covered++
	}
	d.moves = slices.Clone(d.moves[covered:])
}

func (m move) applyTo(names map[string]int) {
	if m.inode == 0 {
		delete(names, m.name)
	} else {
		names[m.name] = m.inode
	}
}

func (c change) applyTo(file []byte) []byte {
	if c.data == nil {
		return resize(file, c.offset, 0)
	}
	file = grow(file, c.end(), 0)
	copy(file[c.offset:], c.data)
	return file
}

func (c change) end() int64 { return c.offset + int64(len(c.data)) }

func grow(file []byte, size int64, fill byte) []byte {
	if int64(len(file)) >= size {
		return file
	}
	return resize(file, size, fill)
}

func resize(file []byte, size int64, fill byte) []byte {
	if size <= int64(len(file)) {
		return file[:size]
	}
	return append(file, slices.Repeat([]byte{fill}, int(size)-len(file))...)
}

func fill(value byte, offset int64, n int) *diskEvent {
	return &diskEvent{Kind: written, Inode: 1, Offset: offset, Data: bytes.Repeat([]byte{value}, n)}
}

// twoWrites is a disk with a durable write of ones, and one of twos over its
// end and beyond, not at a sector's boundary.
func twoWrites(t *testing.T) *disk {
	t.Helper()
	d := newDisk(ignoredSyncs{})
	for time, e := range []*diskEvent{
		{Kind: created, Name: "file", Inode: 1},
		fill(1, 0, 10_000),
		{Kind: synced, Inode: 1, Began: 2},
		{Kind: dirSynced, Began: 2},
		fill(2, 8_000, 9_000),
	} {
		d.apply(time, e)
	}
	return d
}

// TestSyncedBytesSurvive: a power cut changes only what an unsynced write has
// touched.
func TestSyncedBytesSurvive(t *testing.T) {
	for i := range 500 {
		dice := rand.New(rand.NewPCG(7, uint64(i)))
		file := twoWrites(t).image(dice, losses[i%len(losses)]).files["file"]
		require.GreaterOrEqual(t, len(file), 10_000)
		assert.Equal(t, bytes.Repeat([]byte{1}, 8_000), file[:8_000])
		assert.Equal(t, -1, bytes.IndexFunc(file[8_000:10_000], func(r rune) bool { return r != 1 && r != 2 }))
	}
}

func TestTornWrites(t *testing.T) {
	for _, row := range []struct {
		loss int
		size int
	}{{loss: 3, size: sector}, {loss: 4, size: page}, {loss: 5, size: sector}} {
		torn := 0
		for i := range 200 {
			dice := rand.New(rand.NewPCG(11, uint64(i)))
			file := twoWrites(t).image(dice, losses[row.loss]).files["file"]
			for at := 8_001; at < min(len(file), 10_000); at++ {
				if file[at] != file[at-1] {
					torn++
					require.Zero(t, at%row.size, "torn at %d", at)
				}
			}
		}
		assert.Positive(t, torn, losses[row.loss].name)
	}
}

func TestEachFaultIsReported(t *testing.T) {
	record := func(version int64, outcome journal.Outcome, text string) journal.Record {
		return plain(journal.Record{ID: "ref:a", Version: version, Outcome: outcome, Sealed: []byte(text)})
	}
	saved := func(version int64, outcome journal.Outcome, text string, status status) []event {
		return []event{
			{Begin: &call{Record: record(version-1, outcome, text)}},
			{End: &result{Status: status}},
		}
	}
	events := slices.Concat(
		saved(1, journal.OutcomeUnknown, "claim", acknowledged),
		saved(2, journal.OutcomeDone, "rival", refused),
		saved(2, journal.OutcomeDone, "response", acknowledged),
		[]event{{Begin: &call{Binding: []byte("account")}}, {End: &result{Status: acknowledged}}},
	)
	for time := range events {
		if events[time].End != nil {
			events[time].End.Began = time - 1
		}
	}
	h := historyOf(events)
	claim, done := record(1, journal.OutcomeUnknown, "claim"), record(2, journal.OutcomeDone, "response")
	account := []byte("account")
	rows := []struct {
		name               string
		cut                int
		records            []journal.Record
		binding            []byte
		problem            string
		lost, lies, damage int
	}{
		{name: "all there", cut: 8, records: []journal.Record{done}, binding: account},
		{name: "acknowledged later", cut: 5, records: []journal.Record{claim}},
		{name: "written before its acknowledgement", cut: 5, records: []journal.Record{done}},
		{name: "nothing was acknowledged", cut: 1},
		{name: "the record is lost", cut: 8, binding: account, lost: 1},
		{name: "the outcome is lost", cut: 8, records: []journal.Record{claim}, binding: account, lost: 1},
		{name: "the binding is lost", cut: 8, records: []journal.Record{done}, lost: 1},
		{name: "another binding", cut: 8, records: []journal.Record{done}, binding: []byte("other"), lies: 1},
		{name: "the refused write", cut: 8, records: []journal.Record{record(2, journal.OutcomeDone, "rival")}, binding: account, lies: 1},
		{name: "before it had begun", cut: 4, records: []journal.Record{done}, lies: 1},
		{name: "a later version", cut: 8, records: []journal.Record{record(3, journal.OutcomeDone, "response")}, binding: account, lies: 1},
		{name: "other bytes", cut: 8, records: []journal.Record{record(2, journal.OutcomeDone, "responsf")}, binding: account, lies: 1},
		{name: "a record that was never written", cut: 8, records: []journal.Record{done, {ID: "ref:b", Version: 1}}, binding: account, lies: 1},
		{name: "not opened", cut: 1, problem: "not a database", damage: 1},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			v := h.verify(row.cut, state{Records: row.records, Binding: row.binding, Problem: row.problem})
			assert.Len(t, v.lost, row.lost, v)
			assert.Len(t, v.lies, row.lies, v)
			assert.Len(t, v.damaged, row.damage, v)
			assert.Equal(t, row.lost+row.lies+row.damage == 0, v.good())
		})
	}
}
