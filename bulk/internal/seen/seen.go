// Package seen is a set of strings of any size in little memory: beyond a few
// megabytes it is in a temporary file, which holds hashes alone.
package seen

import (
	"encoding/binary"
	"errors"
	"hash/maphash"
	"os"
)

const (
	entrySize = 16
	pageSize  = 4096
	perPage   = pageSize / entrySize
	// memoryPages is how many pages are kept in memory: 4 MB.
	memoryPages = 1024
)

// Set maps strings to the positions at which they were added first. It is not
// safe for concurrent use. The zero value is empty.
//
// It is a table of open addressing that doubles when it is half full. An entry
// is 88 bits of a hash, of which two in five million strings are the same with a
// probability of 10^-14, and 40 bits of the position.
type Set struct {
	seeds [2]maphash.Seed
	table table
	count int
}

// Add adds a string with its position, from 1 to 2^40. If the string is there
// already, it returns the first position, else 0.
func (s *Set) Add(text string, position int64) (first int64, err error) {
	if s.table.pages == 0 {
		s.seeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}
		s.table.open(1)
	}
	if 2*s.count >= s.table.pages*perPage {
		if err := s.double(); err != nil {
			return 0, err
		}
	}
	e := entry{
		high: maphash.String(s.seeds[0], text),
		low:  maphash.String(s.seeds[1], text)<<40 | uint64(position),
	}
	first, err = s.table.add(e)
	if err == nil && first == 0 {
		s.count++
	}
	return first, err
}

// Close removes the file.
func (s *Set) Close() error { return s.table.close() }

// double copies the entries into a table of twice the size. They are in the
// order of their hashes, so that the copy is sequential.
func (s *Set) double() error {
	var next table
	next.open(2 * s.table.pages)
	for i := range s.table.pages {
		page, err := s.table.page(i)
		if err != nil {
			return errors.Join(err, next.close())
		}
		for at := 0; at < pageSize; at += entrySize {
			if e := decode(page[at:]); e.low != 0 {
				if _, err := next.add(e); err != nil {
					return errors.Join(err, next.close())
				}
			}
		}
	}
	err := s.table.close()
	s.table = next
	return err
}

const positionMask = 1<<40 - 1

// entry is a string's hash and position. One without a position is free.
type entry struct {
	high uint64
	low  uint64 // 24 bits of the hash, and the position
}

func decode(b []byte) entry {
	return entry{binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])}
}

func (e entry) encode(b []byte) {
	binary.LittleEndian.PutUint64(b, e.high)
	binary.LittleEndian.PutUint64(b[8:], e.low)
}

func (e entry) same(other entry) bool {
	return e.high == other.high && e.low&^positionMask == other.low&^positionMask
}

// table is in memory while it is small, else in a file, of which one page is in
// memory.
type table struct {
	pages  int // a power of two
	memory []byte

	file    *os.File
	current []byte
	number  int // of the current page; -1: none
	dirty   bool
}

func (t *table) open(pages int) {
	*t = table{pages: pages, number: -1}
	if pages <= memoryPages {
		t.memory = make([]byte, pages*pageSize)
	}
}

// page returns a page, which is valid until the next call.
func (t *table) page(i int) ([]byte, error) {
	switch {
	case t.memory != nil:
		return t.memory[i*pageSize:][:pageSize], nil
	case i == t.number:
		return t.current, nil
	case t.file == nil:
		if err := t.create(); err != nil {
			return nil, err
		}
	}
	if err := t.flush(); err != nil {
		return nil, err
	}
	t.number = -1
	if _, err := t.file.ReadAt(t.current, int64(i)*pageSize); err != nil {
		return nil, err
	}
	t.number = i
	return t.current, nil
}

func (t *table) create() (err error) {
	if t.file, err = os.CreateTemp("", "bulk-refs-*"); err != nil {
		return err
	}
	_ = os.Remove(t.file.Name()) // close does so where a file in use cannot be removed
	t.current = make([]byte, pageSize)
	return t.file.Truncate(int64(t.pages) * pageSize)
}

func (t *table) flush() error {
	if !t.dirty {
		return nil
	}
	t.dirty = false
	_, err := t.file.WriteAt(t.current, int64(t.number)*pageSize)
	return err
}

// add stores an entry, or returns the position of the one that is there.
func (t *table) add(e entry) (first int64, err error) {
	slots := uint64(t.pages) * perPage
	slot := e.high >> 32 * slots >> 32 // in the order of the hashes
	for {
		page, err := t.page(int(slot / perPage))
		if err != nil {
			return 0, err
		}
		at := page[slot%perPage*entrySize:]
		switch there := decode(at); {
		case there.low&positionMask == 0:
			e.encode(at)
			t.dirty = true
			return 0, nil
		case there.same(e):
			return int64(there.low & positionMask), nil
		}
		slot = (slot + 1) % slots
	}
}

func (t *table) close() error {
	if t.file == nil {
		return nil
	}
	err := t.file.Close()
	_ = os.Remove(t.file.Name()) // it may be gone
	t.file = nil
	return err
}
