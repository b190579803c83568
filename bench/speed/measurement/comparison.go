package measurement

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"time"
)

// Plan is the amount of measuring.
type Plan struct {
	Passes int              // repetitions of the whole
	Blocks int              // how often each workload runs in a pass
	Calls  int              // made in one block, which should include its garbage collection
	Now    func() time.Time // nil: time.Now
}

// Medians are a workload's times of a call in nanoseconds, one for each pass.
type Medians []float64

func Compare(workloads []Workload, p Plan) ([]Medians, error) {
	if p.Now == nil {
		p.Now = time.Now
	}
	medians := make([]Medians, len(workloads))
	order := rand.New(rand.NewPCG(1, 2)) // any order, as long as it changes
	for range p.Passes {
		times := make([][]float64, len(workloads))
		for range p.Blocks {
			for _, i := range order.Perm(len(workloads)) {
				t, err := p.block(workloads[i])
				if err != nil {
					return nil, fmt.Errorf("%s: %w", workloads[i].Name, err)
				}
				times[i] = append(times[i], t)
			}
		}
		for i := range workloads {
			medians[i] = append(medians[i], Median(times[i]))
		}
	}
	return medians, nil
}

// block returns the time of a call, less the time of a call by Less.
func (p Plan) block(c Workload) (nanos float64, err error) {
	less := 0.
	if c.Less != nil {
		if less, err = p.time(c.Less); err != nil {
			return 0, err
		}
	}
	nanos, err = p.time(c.Run)
	return nanos - less, err
}

// time begins with a clean heap: no workload pays for the garbage of another.
func (p Plan) time(run func(calls int) error) (nanos float64, err error) {
	runtime.GC()
	start := p.Now()
	err = run(p.Calls)
	return float64(p.Now().Sub(start)) / float64(p.Calls), err
}

// Median returns the middle value; of an even number the middle two's mean.
func Median(values []float64) float64 {
	v := slices.Sorted(slices.Values(values))
	n := len(v)
	return (v[(n-1)/2] + v[n/2]) / 2
}

type Timing struct {
	Nanos float64 `json:"nanos"` // the median of the passes' medians
	// Ratio is the median of the passes' ratios. A pass has medians of
	// alternating blocks, so that a slow phase of the machine affects both.
	Ratio float64 `json:"ratio"`
	// Low and High are the least and the greatest of the passes' ratios.
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

func (m Medians) Timing(reference Medians) Timing {
	ratios := make([]float64, len(m))
	for pass := range m {
		ratios[pass] = m[pass] / reference[pass]
	}
	return Timing{
		Nanos: Median(m),
		Ratio: Median(ratios),
		Low:   slices.Min(ratios),
		High:  slices.Max(ratios),
	}
}

// String returns the time, the ratio and its spread.
func (t Timing) String() string {
	return fmt.Sprintf("%.1f µs, x%.2f (%.2f-%.2f)", t.Nanos/1e3, t.Ratio, t.Low, t.High)
}
