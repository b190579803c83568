package doctor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
)

// conclude makes the report. The error is why the check ended early, or a
// rejected write's.
func (r *run) conclude(err error) *Report {
	report := &Report{
		BaseURL: r.BaseURL, Started: r.started.UTC().Round(0), Duration: time.Since(r.started),
		Connection: r.connection(), Operations: r.operations(), Write: r.write,
	}
	if err != nil {
		d := r.diagnose(err)
		report.Problem, report.Advice = d.Problem, d.Advice
	}
	return report
}

// connection lists what the calls have shown of network, clocks and headers.
func (r *run) connection() []Fact {
	path := r.path.Path()
	return []Fact{
		path.Route(r.BaseURL), path.TLS(r.BaseURL), path.HTTP(), r.headers.Between(), r.clock.Skew().Fact(),
		r.headers.RequestIDs(r.RequestIDHeader), r.errorFact(),
	}
}

// diagnose explains why a check ended early.
func (r *run) diagnose(err error) Diagnosis {
	e, isCall := errors.AsType[callError](err)
	switch {
	case !isCall && isTimeout(err):
		return Diagnosis{
			Problem: fmt.Sprintf("The check was not done in %v.", r.Timeout),
			Advice:  "Give it more time, or send fewer samples.",
		}
	case !isCall:
		return Diagnosis{Problem: "The check was cancelled."}
	case e.Operation == gen.OpIssuePass && e.Outcome == idem.OutcomeUnknown:
		return Diagnosis{
			Problem: "IssuePass may have been executed: " + e.Why.Error() + ".",
			Advice:  "Resume it with the same parameters under its key until the time below; after that, check first.",
		}
	case e.Operation == gen.OpIssuePass && e.Outcome == idem.OutcomeDone:
		return r.writeDone(e.Call)
	}
	d := r.explain(e.Call)
	if !r.endedEarly {
		d.Problem = string(gen.OpIssuePass) + ": " + d.Problem
		d.Advice = cmp.Or(d.Advice, correctRequest)
	}
	return d
}

func isTimeout(err error) bool { return errors.Is(err, context.DeadlineExceeded) }

// writeDone explains the error of a write that was executed: of its response, or
// of the repetition.
func (r *run) writeDone(c *Call) Diagnosis {
	if r.write.ID != "" {
		return Diagnosis{
			Problem: "IssuePass was executed; its repetition under the same key brought no pass: " +
				c.Why.Error() + ".",
			Advice: "The pass is the one with the id below. What a repetition does is not known.",
		}
	}
	return Diagnosis{
		Problem: "IssuePass was executed, but there is no value: " + c.Why.Error() + ".",
		Advice:  "A pass is issued, and must not be issued again. What its response lacks is below, at IssuePass.",
	}
}
