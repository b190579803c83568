package fakeserver

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/bardge/bardge-go/internal/jsontree"
)

// SeedFile is a JSON document that describes what a sandbox holds at first,
// with the line of each value, so that errors can name it.
type SeedFile struct {
	data    []byte
	offsets map[string]int // by path, such as "clients[0].id"
}

// ReadSeed reads a JSON object into a struct. It rejects unknown and repeated
// fields, null, values of another type, what is not UTF-8, and what follows the
// object. Names are compared exactly.
func ReadSeed(data []byte, into any) (*SeedFile, error) {
	f := &SeedFile{data: data, offsets: map[string]int{}}
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, f.errorAt(0, "", errors.New("there is nothing: a seed is a JSON object, {} at least"))
	}
	tree, err := jsontree.Decode(data, into)
	if wrong, ok := errors.AsType[*jsontree.Error](err); ok {
		return nil, f.errorAt(wrong.Offset, wrong.Path, errors.New(wrong.Reason))
	}
	if err != nil {
		return nil, fmt.Errorf("seed: %w", err)
	}
	f.note("", tree)
	return f, nil
}

// UnknownAccountError is in the errors of seeds and faults for an account that
// the sandbox does not have.
type UnknownAccountError struct {
	// Name is the account's, as it was given.
	Name string
}

// Error names the account.
func (e *UnknownAccountError) Error() string { return fmt.Sprintf("no account is named %q", e.Name) }

// note keeps the place of a value, and of those in it.
func (f *SeedFile) note(path string, v jsontree.Value) {
	f.offsets[path] = v.Offset
	for i, one := range v.Items {
		f.note(fmt.Sprintf("%s[%d]", path, i), one)
	}
	for _, field := range v.Fields {
		f.note(strings.TrimPrefix(path+"."+field.Name, "."), field.Value)
	}
}

// Errorf returns an error about the value at a path, with its line. It wraps
// what the format wraps.
func (f *SeedFile) Errorf(path, format string, args ...any) error {
	return f.errorAt(f.offset(path), path, fmt.Errorf(format, args...))
}

// offset returns where the value at a path begins, or what surrounds it where
// the value is left out.
func (f *SeedFile) offset(path string) int {
	for {
		if offset, ok := f.offsets[path]; ok || path == "" {
			return offset
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
}

func (f *SeedFile) errorAt(offset int, path string, reason error) error {
	line := 1 + bytes.Count(f.data[:min(offset, len(f.data))], []byte("\n"))
	if path != "" {
		reason = fmt.Errorf("%s: %w", path, reason)
	}
	return fmt.Errorf("seed: line %d: %w", line, reason)
}
