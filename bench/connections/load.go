package connections

import (
	"errors"
	"slices"
	"time"
)

// work is how much is called, and how.
type work struct {
	load    Load
	callers int
	rounds  int // calls of each caller
	pause   time.Duration
}

// sample is what one pass of a work has brought.
type sample struct {
	calls   int
	busy    time.Duration // while calls were made
	took    []time.Duration
	cpu     time.Duration
	started int64 // handshakes
}

// run lets all callers make their calls.
func (w work) run(call func() error) (sample, error) {
	s := sample{calls: w.callers * w.rounds}
	began := cpuTime()
	var err error
	if w.load == Bursts {
		for range w.rounds {
			err = errors.Join(err, together(&s, w.callers, 1, call))
			time.Sleep(w.pause)
		}
	} else {
		err = together(&s, w.callers, w.rounds, call)
	}
	s.cpu = cpuTime() - began
	slices.Sort(s.took)
	return s, err
}

// together lets the callers begin at the same time, and make so many calls each, which it adds to the sample.
func together(s *sample, callers, rounds int, call func() error) error {
	took := make([][]time.Duration, callers)
	ended := make(chan error, callers)
	start := make(chan struct{})
	for i := range callers {
		took[i] = make([]time.Duration, 0, rounds)
		go func() {
			<-start
			ended <- calls(rounds, call, &took[i])
		}()
	}
	began := time.Now()
	close(start)
	var failed error
	for range callers {
		failed = errors.Join(failed, <-ended)
	}
	s.busy += time.Since(began)
	s.took = append(s.took, slices.Concat(took...)...)
	return failed
}

// calls makes so many calls one after the other, and notes the time of each.
func calls(rounds int, call func() error, took *[]time.Duration) error {
	for range rounds {
		began := time.Now()
		if err := call(); err != nil {
			return err
		}
		*took = append(*took, time.Since(began))
	}
	return nil
}

// rate is the number of calls in a second.
func (s sample) rate() float64 { return float64(s.calls) / s.busy.Seconds() }

// cpuPerCall is in nanoseconds.
func (s sample) cpuPerCall() float64 { return float64(s.cpu) / float64(s.calls) }

// handshakes is for a call.
func (s sample) handshakes() float64 { return float64(s.started) / float64(s.calls) }

// percentile is the time in nanoseconds that p percent of the calls did not exceed.
func (s sample) percentile(p int) float64 { return float64(s.took[(p*len(s.took)-1)/100]) }
