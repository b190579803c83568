package pace

import (
	"context"
	"flag"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"go.uber.org/goleak"

	"github.com/bardge/bardge-go/bench/speed/measurement"
)

var jsonFile = flag.String("json", "", "measure at length, and write the report to this `file`")

func TestMain(m *testing.M) {
	measurement.Serve()
	goleak.VerifyTestMain(m)
}

// TestPace measures at length only with -json. It always checks that all calls
// were done, never how fast.
func TestPace(t *testing.T) {
	report := Report{Callers: 40, Calls: 80, Rate: 200, Burst: 10}
	if *jsonFile != "" {
		report = Report{Callers: 400, Calls: 2000, Rate: 50, Burst: 10}
	}
	report.Ideal = time.Duration((float64(report.Calls) - report.Burst) / report.Rate * float64(time.Second))
	for _, p := range policies {
		report.Rows = append(report.Rows, measure(report, p))
	}
	t.Log("\n" + report.Markdown())
	for _, row := range report.Rows {
		assert.Equal(t, report.Calls, row.Done, row.Policy)
		assert.Equal(t, report.Calls, row.Requests-row.Rejected, row.Policy)
	}
	measurement.WriteReport(t, *jsonFile, report)
}

func measure(r Report, p policy) Row {
	s := &limited{rate: r.Rate, burst: r.Burst}
	server := httptest.NewServer(s)
	defer server.Close()
	call, end := p.make(server.URL, r.Rate)
	defer end()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()

	var done atomic.Int64
	var all sync.WaitGroup
	start := time.Now()
	for range r.Callers {
		all.Go(func() {
			for range r.Calls / r.Callers {
				if call(ctx) == nil {
					done.Add(1)
				}
			}
		})
	}
	all.Wait()
	return Row{
		Policy: p.name, Done: int(done.Load()), Requests: s.requests, Rejected: s.rejected, Took: time.Since(start),
	}
}
