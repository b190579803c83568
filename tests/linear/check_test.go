package linear

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
)

var (
	seeds     = flag.Int("seeds", 100, "histories in virtual time of each test")
	firstSeed = flag.Uint64("seed", 1, "the first seed")
	histories = flag.Int("histories", 1, "histories in real time of each durable journal")
	html      = flag.Bool("html", false, "write a page of each illegal history into the temporary directory")
)

// checkTime bounds the check of one ref's history. An illegal one may take for
// ever.
const checkTime = 20 * time.Second

// check returns the refs whose history is illegal, or could not be checked in
// time.
func check(ops []operation) []string {
	var illegal []string
	for _, part := range partition(promising(ops)) {
		if porcupine.CheckOperationsTimeout(model(), part, checkTime) != porcupine.Ok {
			illegal = append(illegal, part[0].Input.(input).ref)
		}
	}
	return append(illegal, forgotten(ops)...)
}

// forgotten returns the refs that were resolved as executed, or erased when
// they were done, but are not done by the last call, which is made when no
// faults occur any more.
func forgotten(ops []operation) []string {
	kept, last := map[string]bool{}, map[string]operation{}
	for _, op := range ops {
		switch op.in.kind {
		case kindResolve, kindErase:
			kept[op.in.ref] = kept[op.in.ref] || op.returned != 0 && op.out.outcome == idem.OutcomeDone
		case kindCall:
			last[op.in.ref] = op
		}
	}
	var lost []string
	for _, ref := range slices.Sorted(maps.Keys(kept)) {
		if kept[ref] && last[ref].out.outcome != idem.OutcomeDone {
			lost = append(lost, ref)
		}
	}
	return lost
}

// draw writes Porcupine's page of a history.
func draw(t *testing.T, seed uint64, ops []operation) {
	t.Helper()
	if !*html {
		return
	}
	_, info := porcupine.CheckOperationsVerbose(model(), promising(ops), checkTime)
	path := filepath.Join(os.TempDir(), fmt.Sprintf("linear-%d.html", seed))
	require.NoError(t, porcupine.VisualizePath(model(), info, path))
	t.Log("the history is drawn in ", path)
}
