package chaos

import (
	"hash/fnv"
	"math/rand/v2"
	"strconv"
	"time"
)

// plan decides what goes wrong. Each decision has a generator of its own,
// seeded by what is decided, so that it does not depend on what happened
// before.
type plan struct {
	seed   uint64
	faults Faults
	broken Broken
}

func newPlan(seed uint64, faults Faults, broken Broken) plan {
	if faults.Mix == nil {
		faults.Mix = DefaultMix()
	}
	return plan{seed: seed, faults: faults, broken: broken}
}

// dice returns the generator for the n-th decision of a sort about a subject.
func (p plan) dice(sort, subject string, n int) *rand.Rand {
	h := fnv.New64a()
	for _, part := range []string{sort, subject, strconv.Itoa(n)} {
		_, _ = h.Write([]byte(part))
		_, _ = h.Write([]byte{0})
	}
	return rand.New(rand.NewPCG(p.seed, h.Sum64()))
}

// request decides what strikes the n-th request of an operation, counted from
// 1: what an earlier fault left to it, or a fault of its own.
func (p plan) request(op string, n int) Fault {
	if f := p.strike(op, 1); n > 1 && ofTheOperation[f.Kind] {
		return f
	}
	for earlier := max(1, n-2); earlier < n; earlier++ {
		if f := p.strike(op, earlier); inARow[f.Kind] {
			return f
		}
	}
	return p.strike(op, n)
}

func (p plan) strike(op string, n int) Fault {
	dice := p.dice("request", op, n)
	chance, among := p.faults.First, kinds
	if n > 1 {
		chance = p.faults.Later
	}
	if p.dice("luck", op, 0).Float64() < p.faults.Unlucky {
		chance, among = 0.97, lasting
	}
	if dice.Float64() >= chance {
		return Fault{}
	}
	kind := p.kind(dice, among)
	if kind == ClockBack && p.monoMayStop() {
		kind = ClockForward
	}
	return Fault{
		Kind:    kind,
		After:   dice.IntN(2) == 1,
		Wait:    p.wait(kind, dice),
		Variant: dice.IntN(840), // divisible by every number of shapes, so that each is as likely
	}.sensible()
}

// kind picks one of several kinds by their shares; none if all of them are
// zero.
func (p plan) kind(dice *rand.Rand, among []Kind) Kind {
	total := 0
	for _, kind := range among {
		total += p.faults.Mix[kind]
	}
	if total == 0 {
		return ""
	}
	left := dice.IntN(total)
	for _, kind := range among {
		if left -= p.faults.Mix[kind]; left < 0 {
			return kind
		}
	}
	return ""
}

func (p plan) wait(kind Kind, dice *rand.Rand) time.Duration {
	switch kind {
	case LateRequest, LateAndLost:
		return between(dice, 0, Margin) + p.broken.LateBy
	case HeldRequest:
		return between(dice, time.Second, 110*time.Second) // a closed socket goes on delivering about as long
	case SlowBefore, SlowAfter, SlowResponse:
		if dice.IntN(2) == 0 {
			return between(dice, 0, 3*time.Second)
		}
		return between(dice, 16*time.Second, 40*time.Second) // longer than a client's usual attempt
	case Asleep:
		return between(dice, 95*time.Second, 4*time.Minute)
	case RollsBack:
		return between(dice, 16*time.Second, 40*time.Second)
	case ClockForward, ClockBack:
		return between(dice, 10*time.Second, 10*time.Minute)
	}
	return 0
}

func (p plan) dialing(op string, n int) Kind {
	dice := p.dice("dial", op, n)
	if dice.Float64() >= p.faults.Dial {
		return ""
	}
	if kind := p.kind(dice, dialKinds); kind != "" {
		return kind
	}
	return pick([]Kind{DialHangs, DialRefused, DialRefused, DialRefused}, dice.IntN(4))
}

func (p plan) callback(name, op string, n int) Kind {
	dice := p.dice("callback "+name, op, n)
	if dice.Float64() >= p.faults.Callback {
		return ""
	}
	return p.kind(dice, callbackKinds)
}

type pause struct {
	length               time.Duration
	monoStops, wallStops bool
}

func (p pause) String() string {
	s := p.length.Round(time.Second).String()
	if p.monoStops {
		s += ", the monotonic clock with it"
	}
	if p.wallStops {
		s += ", the wall clock with it"
	}
	return s
}

// pausing decides whether the machine is suspended at the n-th passage of a
// place. In one simulation it is always the same clock that may stop: two
// clocks that stop in turn would lose time as if both had (A3).
func (p plan) pausing(place, op string, n int) (pause, bool) {
	dice := p.dice(place, op, n)
	if dice.Float64() >= p.faults.Pause {
		return pause{}, false
	}
	length := between(dice, 5*time.Second, 30*time.Second)
	if dice.IntN(2) == 0 {
		length = between(dice, time.Minute, 4*time.Minute)
	}
	mono := p.monoMayStop()
	stops := dice.IntN(4) > 0
	return pause{
		length:    length,
		monoStops: stops && mono || p.broken.BothClocksStop,
		wallStops: stops && !mono || p.broken.BothClocksStop,
	}, true
}

// monoMayStop decides which of the client's clocks may stop in this simulation:
// seeds take turns.
func (p plan) monoMayStop() bool { return p.seed%2 == 1 }

func (p plan) refused(op string) (Refusal, bool) {
	dice := p.dice("refused", op, 0)
	if dice.Float64() >= p.faults.Refused {
		return Refusal{}, false
	}
	return pick([]Refusal{invalidInput, classFull, notFound}, dice.IntN(3)), true
}

func between(dice *rand.Rand, low, high time.Duration) time.Duration {
	return low + time.Duration(dice.Int64N(int64(high-low)))
}

func pick[T any](shapes []T, variant int) T { return shapes[variant%len(shapes)] }
