package main

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/bardge/bardge-go/tools/trace/recorder"
)

type trace struct {
	functions []function
	entries   []recorder.Entry
}

type figures struct{ entries, distinct, files, moves int }

// figures counts. A move is an entry in another file than the goroutine's last.
func (t trace) figures() figures {
	distinct, files, last := map[int]bool{}, map[string]bool{}, map[int]string{}
	moves := 0
	for _, e := range t.entries {
		file := t.functions[e.Function].file
		if before, ok := last[e.Goroutine]; ok && before != file {
			moves++
		}
		distinct[e.Function], files[file], last[e.Goroutine] = true, true, file
	}
	return figures{entries: len(t.entries), distinct: len(distinct), files: len(files), moves: moves}
}

// without leaves out the functions of the files that match.
func (t trace) without(files *regexp.Regexp) trace {
	t.entries = slices.DeleteFunc(slices.Clone(t.entries), func(e recorder.Entry) bool {
		return files.MatchString(t.functions[e.Function].file)
	})
	return t
}

func (t trace) of(goroutine int) trace {
	t.entries = slices.DeleteFunc(slices.Clone(t.entries), func(e recorder.Entry) bool {
		return e.Goroutine != goroutine
	})
	return t
}

func (t trace) report(calls, functions bool) string {
	var w strings.Builder
	t.reportFigures(&w)
	if calls {
		t.reportCalls(&w)
	}
	if functions {
		t.reportFunctions(&w)
	}
	return w.String()
}

var generated = regexp.MustCompile(`\.gen\.go$`)

func (t trace) reportFigures(w *strings.Builder) {
	fmt.Fprintf(w, "%-28s %8s %9s %6s %6s\n", "", "entries", "distinct", "files", "moves")
	row := func(name string, t trace) {
		f := t.figures()
		fmt.Fprintf(w, "%-28s %8d %9d %6d %6d\n", name, f.entries, f.distinct, f.files, f.moves)
	}
	row("all", t)
	row("without generated functions", t.without(generated))
	row("on the call's own goroutine", t.of(t.goroutines()[0]))
}

// goroutines are ordered by their first entries: the call's own comes first.
func (t trace) goroutines() []int {
	var order []int
	for _, e := range t.entries {
		if !slices.Contains(order, e.Goroutine) {
			order = append(order, e.Goroutine)
		}
	}
	return order
}

// reportCalls reports the entries of each goroutine, indented by depth.
func (t trace) reportCalls(w *strings.Builder) {
	for n, g := range t.goroutines() {
		fmt.Fprintf(w, "\ngoroutine %d\n", n+1)
		for _, e := range t.of(g).entries {
			f := t.functions[e.Function]
			fmt.Fprintf(w, "%s%s  %s\n", strings.Repeat("  ", e.Depth+1), f.name, f.place())
		}
	}
}

// reportFunctions reports functions by number of entries. A + has one
// statement.
func (t trace) reportFunctions(w *strings.Builder) {
	counts := map[int]int{}
	for _, e := range t.entries {
		counts[e.Function]++
	}
	order := slices.SortedFunc(maps.Keys(counts), func(a, b int) int {
		return cmp.Or(counts[b]-counts[a], a-b)
	})
	fmt.Fprintln(w)
	for _, n := range order {
		f, mark := t.functions[n], " "
		if f.short {
			mark = "+"
		}
		fmt.Fprintf(w, "%4d %s %s  %s\n", counts[n], mark, f.name, f.place())
	}
}
