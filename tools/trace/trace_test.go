package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/tools/trace/recorder"
)

const sample = `package sample // by hand

import "sync"

type list[T any] struct{ mu sync.Mutex }

func (l *list[T]) add(T) { l.mu.Lock(); defer l.mu.Unlock() }

var less = func(a, b int) bool { return a < b }

func written(int) int // in assembly

func all(yield func(int) bool) {
	once := func() { func() { yield(1) }() }
	once()
}
`

func TestEveryFunctionIsInstrumented(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sample.go")
	require.NoError(t, os.WriteFile(path, []byte(sample), 0o600))
	i := instrumenter{functions: make([]function, 10)}
	copied, err := i.instrument(path, "a/sample.go")
	require.NoError(t, err)

	assert.Equal(t, []function{
		{name: "list.add", file: "a/sample.go", line: 7},
		{name: "var.func", file: "a/sample.go", line: 9, short: true},
		{name: "all", file: "a/sample.go", line: 13},
		{name: "all.func", file: "a/sample.go", line: 14, short: true},
		{name: "all.func.func", file: "a/sample.go", line: 14, short: true},
	}, i.functions[10:])
	lines := strings.Split(string(copied), "\n")
	assert.Equal(t, `package sample; import recorder_ "github.com/bardge/bardge-go/tools/trace/recorder" // by hand`, lines[0])
	assert.Equal(t, `	once := func() {defer recorder_.Enter(13)(); func() {defer recorder_.Enter(14)(); yield(1) }() }`, lines[13])
	assert.Equal(t, strings.Count(sample, "\n"), strings.Count(string(copied), "\n"))
}

func TestFigures(t *testing.T) {
	traced := trace{
		functions: []function{{file: "a.go"}, {file: "b.go"}, {file: "b.go"}, {file: "c.gen.go"}},
		entries: []recorder.Entry{
			{Goroutine: 7, Function: 0},
			{Goroutine: 7, Function: 1, Depth: 1},
			{Goroutine: 9, Function: 3},
			{Goroutine: 7, Function: 2, Depth: 2},
			{Goroutine: 9, Function: 0, Depth: 1},
			{Goroutine: 7, Function: 0, Depth: 1},
		},
	}
	assert.Equal(t, figures{entries: 6, distinct: 4, files: 3, moves: 3}, traced.figures())
	assert.Equal(t, []int{7, 9}, traced.goroutines())
	assert.Equal(t, figures{entries: 4, distinct: 3, files: 2, moves: 2}, traced.of(7).figures())
	assert.Equal(t, figures{entries: 4, distinct: 2, files: 2, moves: 1}, traced.without(regexp.MustCompile("^b")).figures())
}

func TestLimits(t *testing.T) {
	f := figures{entries: 5, distinct: 3}
	for _, row := range []struct {
		name     string
		limits   figures
		exceeded string
	}{
		{name: "none"},
		{name: "reached", limits: figures{entries: 5, distinct: 3}},
		{name: "entries", limits: figures{entries: 4, distinct: 3}, exceeded: "5 entries, and 4 are allowed"},
		{name: "distinct", limits: figures{distinct: 2}, exceeded: "3 distinct functions, and 2 are allowed"},
	} {
		t.Run(row.name, func(t *testing.T) {
			err := f.exceeds(row.limits)
			if row.exceeded == "" {
				assert.NoError(t, err)
				return
			}
			assert.EqualError(t, err, row.exceeded)
		})
	}
}

func TestTheCallIsTracedFromItsFirstFunction(t *testing.T) {
	traced, err := run()
	require.NoError(t, err)
	first := traced.entries[0]
	assert.Equal(t, "IssuedPassesService.Issue", traced.functions[first.Function].name)
	assert.Zero(t, first.Depth)
	own, rounds := 0, 0
	for _, e := range traced.entries {
		if e.Goroutine == first.Goroutine && e.Depth == 0 {
			own++
		}
		if traced.functions[e.Function].name == "attempts.Attempt" {
			rounds++
		}
	}
	assert.Equal(t, 1, own, "functions that the program calls")
	assert.Equal(t, 2, rounds, "attempts")
}

// A call stays easy to follow. The reader of JSON is left out, as a client on
// encoding/json does not count it either. Lower the limits with the figures.
func TestTheCallStaysShort(t *testing.T) {
	traced, err := run()
	require.NoError(t, err)
	traced = traced.without(regexp.MustCompile("^internal/wire/"))
	assert.NoError(t, traced.figures().exceeds(figures{entries: 335, distinct: 191}))
}
