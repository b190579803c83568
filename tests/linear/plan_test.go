package linear

import (
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"time"
)

// faultKind is what happens to a request at the server or in front of it.
type faultKind string

const (
	faultNone         faultKind = "none"
	faultHangs        faultKind = "never answered, not executed"
	faultDropped      faultKind = "connection aborted, not executed"
	faultLimited      faultKind = "429 before the key check"
	faultForbidden    faultKind = "403 before the key check"
	faultUnavailable  faultKind = "503 before the key check"
	faultGateway      faultKind = "502 of a gateway, not executed"
	faultLost         faultKind = "executed, connection aborted"
	faultGatewayAfter faultKind = "executed, 504 of a gateway"
	faultStored       faultKind = "executed, 500 stored under the key"
	faultRefused      faultKind = "rejected, stored under the key"
	faultSlow         faultKind = "executed late, also without the client"
	faultRolledBack   faultKind = "executed late, rolled back if the client left"
	faultSlowAfter    faultKind = "executed, answered late"
)

// serverFaults are the faults of requests; repetition in the list raises the
// probability.
var serverFaults = []faultKind{
	faultHangs, faultDropped, faultUnavailable, faultGateway, faultGatewayAfter, faultStored, faultSlowAfter,
	faultLimited, faultLimited, faultForbidden, faultForbidden, faultForbidden,
	faultLost, faultLost, faultSlow, faultSlow, faultRolledBack, faultRolledBack,
	faultRefused, faultRefused, faultRefused,
}

// inFront are the faults in front of the server's own code.
var inFront = []faultKind{faultDropped, faultLimited, faultForbidden, faultUnavailable, faultGateway}

// serverFault is the fault of one request.
type serverFault struct {
	kind  faultKind
	ahead time.Duration // in front of the server's own code
	wait  time.Duration // in it, of the slow ones
}

// plan decides the faults, from a seed.
type plan struct {
	seed       uint64
	faultShare func() float64 // the share of requests that meet a fault
	slowest    time.Duration
}

// dice returns the same dice for the same seed and names.
func (p plan) dice(names ...string) *rand.Rand {
	h := fnv.New64a()
	for _, name := range names {
		_, _ = h.Write([]byte(name))
		_, _ = h.Write([]byte{0})
	}
	return rand.New(rand.NewPCG(p.seed, h.Sum64()))
}

// request returns the fault of the n-th request for a ref.
func (p plan) request(ref string, n int) serverFault {
	dice := p.dice("request", ref, string(rune(n)))
	if dice.Float64() >= p.faultShare() {
		return serverFault{kind: faultNone}
	}
	f := serverFault{kind: serverFaults[dice.IntN(len(serverFaults))]}
	f.wait = between(dice, 0, p.slowest)
	if slices.Contains(inFront, f.kind) && chance(dice, 0.5) {
		f.ahead = f.wait / 2
	}
	return f
}

func between(dice *rand.Rand, from, to time.Duration) time.Duration {
	return from + time.Duration(dice.Int64N(int64(to-from)+1))
}

// chance reports true with this probability.
func chance(dice *rand.Rand, p float64) bool { return dice.Float64() < p }
