package powercut

import "slices"

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
