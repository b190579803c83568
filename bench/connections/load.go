package connections

import (
	"errors"
	"slices"
	"time"
)

type work struct {
	load    Load
	callers int
	rounds  int // calls of each caller
	pause   time.Duration
}

type sample struct {
	calls   int
	busy    time.Duration // while calls were made
	took    []time.Duration
	cpu     time.Duration
	started int64 // handshakes
}

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

// together starts the callers at the same time, each with that many calls, and
// adds the results to the sample.
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

// calls makes calls one after the other, and notes the time of each.
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

func (s sample) rate() float64 { return float64(s.calls) / s.busy.Seconds() }

func (s sample) cpuPerCall() float64 { return float64(s.cpu) / float64(s.calls) }

func (s sample) handshakes() float64 { return float64(s.started) / float64(s.calls) }

// percentile returns nanoseconds.
func (s sample) percentile(p int) float64 { return float64(s.took[(p*len(s.took)-1)/100]) }
