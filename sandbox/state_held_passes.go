package sandbox

import (
	"cmp"
	"slices"
	"time"

	"github.com/bardge/bardge-go/gen"
)

// heldPasses are a client's passes by their package, each list in the order of
// issue. What a pass covers depends on the package alone, so that one for a
// visit is found without a search through all of them.
type heldPasses map[*gen.Pass][]*issuedPass

func (h heldPasses) add(pass *issuedPass) {
	at, _ := slices.BinarySearchFunc(h[pass.pack], pass, byRank)
	h[pass.pack] = slices.Insert(h[pass.pack], at, pass)
}

func (h heldPasses) remove(pass *issuedPass) {
	at, _ := slices.BinarySearchFunc(h[pass.pack], pass, byRank)
	h[pass.pack] = slices.Delete(h[pass.pack], at, at+1)
}

func byRank(a, b *issuedPass) int { return cmp.Compare(a.rank, b.rank) }

// best returns the newest pass that covers a provider, else the newest, of
// those that have not ended; nil if all have. A nil provider is covered by all.
func (h heldPasses) best(at *provider, now time.Time) *issuedPass {
	var best *issuedPass
	bestCovers := false
	for pack, passes := range h {
		newest := newestOpen(passes, now)
		if newest == nil {
			continue
		}
		covers := at == nil || covering(pack, at) != nil
		if best == nil || covers && !bestCovers || covers == bestCovers && newest.rank > best.rank {
			best, bestCovers = newest, covers
		}
	}
	return best
}

func newestOpen(passes []*issuedPass, now time.Time) *issuedPass {
	for _, pass := range slices.Backward(passes) {
		if !pass.ended(now) {
			return pass
		}
	}
	return nil
}

// inOrder returns all passes in the order of issue.
func (h heldPasses) inOrder() []*issuedPass {
	var all []*issuedPass
	for _, passes := range h {
		all = append(all, passes...)
	}
	slices.SortFunc(all, byRank)
	return all
}
