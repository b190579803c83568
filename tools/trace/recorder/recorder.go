// Package recorder records which functions an instrumented program enters.
package recorder

import (
	"bytes"
	"runtime"
	"strconv"
	"sync"
)

type Entry struct {
	Goroutine int `json:"goroutine"` // its number in the Go runtime
	Depth     int `json:"depth"`     // number of active functions that are recorded
	Function  int `json:"function"`  // its number in the traced copy
}

var (
	mu      sync.Mutex
	on      bool
	entries []Entry
	depths  = map[int]int{} // by goroutine
)

func Start() {
	mu.Lock()
	defer mu.Unlock()
	on = true
}

// Stop ends the recording and returns what was entered since Start.
func Stop() []Entry {
	mu.Lock()
	defer mu.Unlock()
	on = false
	return entries
}

// Enter records an entry of the function; leave records its end.
func Enter(function int) (leave func()) {
	mu.Lock()
	defer mu.Unlock()
	g := goroutine()
	if on {
		entries = append(entries, Entry{Goroutine: g, Depth: depths[g], Function: function})
	}
	depths[g]++
	return func() {
		mu.Lock()
		defer mu.Unlock()
		depths[g]--
	}
}

// goroutine returns the calling goroutine's number, which the runtime shows
// only in the first line of a stack trace: "goroutine 18 [running]:".
func goroutine() int {
	first := make([]byte, 64)
	first = first[:runtime.Stack(first, false)]
	n, err := strconv.Atoi(string(bytes.Fields(first)[1]))
	if err != nil {
		panic("recorder: " + string(first))
	}
	return n
}
