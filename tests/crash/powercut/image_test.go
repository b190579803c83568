package powercut

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

type image struct {
	files map[string][]byte
	how   string // in words
	// uncertain is how many changes of its files were not synced.
	uncertain int
}

// loss is how unsynced changes survive: all of them, none, or each by itself;
// whole, or in pieces.
type loss struct {
	name    string
	survive func(*rand.Rand, survivor, []byte, change) []byte
	moves   func(dice *rand.Rand, n int) int
	// ordered keeps the order of the changes. Otherwise they reach the disk in
	// any order.
	ordered bool
}

// survivor holds the common values of one file's changes.
type survivor struct {
	chance float64 // of each change, or piece of it, to survive
	fill   byte    // where a file has grown and its bytes were lost
	until  int     // of an interrupted sequence: the changes that survive
}

const sector, page = 512, 4096

var losses = []loss{
	{name: "nothing survives", survive: nothing, moves: none, ordered: true},
	{name: "everything survives", survive: everything, moves: all, ordered: true},
	{name: "whole writes survive", survive: whole, moves: some},
	{name: "sectors of 512 bytes survive", survive: pieces(sector), moves: some},
	{name: "pages of 4096 bytes survive", survive: pieces(page), moves: some},
	{name: "the sequence ends within a write", survive: interrupted, moves: some, ordered: true},
	{name: "lengths survive, and some of the bytes", survive: lengths, moves: some},
}

// destroying is the loss of disks without power-safe overwrite: they destroy
// the sector that they are writing, including its durable bytes. SQLite assumes
// better disks, unless the file is opened with psow=0, as the journal's is.
var destroying = loss{name: "sectors are destroyed", survive: destroy, moves: some, ordered: true}

var everyLoss = append(slices.Clone(losses), destroying)

func none(*rand.Rand, int) int        { return 0 }
func all(_ *rand.Rand, n int) int     { return n }
func some(dice *rand.Rand, n int) int { return dice.IntN(n + 1) }

func nothing(_ *rand.Rand, _ survivor, file []byte, _ change) []byte { return file }

func everything(_ *rand.Rand, _ survivor, file []byte, c change) []byte { return c.applyTo(file) }

func whole(dice *rand.Rand, s survivor, file []byte, c change) []byte {
	if dice.Float64() >= s.chance {
		return file
	}
	return c.applyTo(file)
}

// pieces lets each piece of a write survive by itself, at the boundaries of the
// disk's sectors or the kernel's pages.
func pieces(size int64) func(*rand.Rand, survivor, []byte, change) []byte {
	return func(dice *rand.Rand, s survivor, file []byte, c change) []byte {
		for _, piece := range c.split(size) {
			if dice.Float64() < s.chance {
				file = piece.applyTo(file)
			}
		}
		return file
	}
}

func interrupted(dice *rand.Rand, s survivor, file []byte, c change) []byte {
	switch {
	case c.time < s.until:
		return c.applyTo(file)
	case c.time > s.until:
		return file
	}
	whole := c.split(sector)
	for _, piece := range whole[:dice.IntN(len(whole)+1)] {
		file = piece.applyTo(file)
	}
	return file
}

// destroy lets the write survive, but half of the time not the sectors at its
// ends, which are the disk's or as large as a page.
func destroy(dice *rand.Rand, _ survivor, file []byte, c change) []byte {
	file = c.applyTo(file)
	if c.data == nil || dice.IntN(2) == 0 {
		return file
	}
	size := []int64{sector, page}[dice.IntN(2)]
	for _, at := range []int64{c.offset, c.end() - 1} {
		begin := at / size * size
		broken := file[begin:min(begin+size, int64(len(file)))]
		for i := range broken {
			broken[i] = 0x5a
		}
	}
	return file
}

// lengths lets the file grow, as on a file system that writes its own records
// before the file's bytes.
func lengths(dice *rand.Rand, s survivor, file []byte, c change) []byte {
	if c.data != nil {
		file = grow(file, c.end(), s.fill)
	}
	return pieces(sector)(dice, s, file, c)
}

func (c change) split(size int64) []change {
	if c.data == nil {
		return []change{c}
	}
	var pieces []change
	for data, offset := c.data, c.offset; len(data) > 0; {
		n := min(size-offset%size, int64(len(data)))
		pieces = append(pieces, change{time: c.time, offset: offset, data: data[:n]})
		data, offset = data[n:], offset+n
	}
	return pieces
}

func (d *disk) image(dice *rand.Rand, l loss) image {
	names := d.namesAfter(dice, l)
	im := image{files: map[string][]byte{}}
	for _, name := range sortedKeys(names) {
		f := d.inodes[names[name]]
		im.files[name] = f.after(dice, l)
		im.uncertain += len(f.pending)
	}
	im.how = fmt.Sprintf("%s of %d changes and %d of the directory", l.name, im.uncertain, len(d.moves))
	return im
}

// namesAfter returns the directory after a power cut: of each name, the first
// unsynced changes may have survived.
func (d *disk) namesAfter(dice *rand.Rand, l loss) map[string]int {
	of := map[string][]move{}
	for _, m := range d.moves {
		of[m.name] = append(of[m.name], m)
	}
	names := maps.Clone(d.names)
	for _, name := range sortedKeys(of) {
		for _, m := range of[name][:l.moves(dice, len(of[name]))] {
			m.applyTo(names)
		}
	}
	return names
}

func (f *inode) after(dice *rand.Rand, l loss) []byte {
	file := slices.Clone(f.durable)
	if len(f.pending) == 0 {
		return file
	}
	s := survivor{
		chance: []float64{0, 0.1, 0.5, 0.9, 1}[dice.IntN(5)],
		fill:   []byte{0, 0xa5}[dice.IntN(2)],
		until:  f.pending[dice.IntN(len(f.pending))].time,
	}
	pending := slices.Clone(f.pending)
	if !l.ordered && dice.IntN(2) == 0 {
		dice.Shuffle(len(pending), func(i, j int) { pending[i], pending[j] = pending[j], pending[i] })
	}
	for _, c := range pending {
		file = l.survive(dice, s, file, c)
	}
	return file
}

func (im image) addShm(dice *rand.Rand, database string) {
	shm := make([]byte, 32<<10)
	switch dice.IntN(3) {
	case 0:
		return
	case 1:
		for i := range shm {
			shm[i] = byte(dice.Uint32())
		}
	}
	im.files[database+"-shm"] = shm
}

func (im image) write(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for name, data := range im.files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func (im image) String() string {
	var b strings.Builder
	b.WriteString(im.how)
	for _, name := range sortedKeys(im.files) {
		fmt.Fprintf(&b, ", %s %d bytes", name, len(im.files[name]))
	}
	return b.String()
}
