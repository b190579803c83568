package bardge

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/doctor"
	"github.com/bardge/bardge-go/internal/sdk"
)

// conclude makes the report. The error is why the check ended early, or a rejected
// write's.
func (r *checkRun) conclude(err error) *CheckReport {
	report := &CheckReport{
		Version: checkReportVersion, BaseURL: r.client.core.Engine().BaseURL(),
		Started: r.started.UTC().Round(0), Duration: time.Since(r.started),
		Operations: r.operations(), Write: r.write, Drift: r.drift,
	}
	report.Connection = r.connection(report.BaseURL)
	if err != nil {
		d := r.diagnose(err, report.BaseURL)
		report.Problem, report.Advice = d.Problem, d.Advice
	}
	return report
}

const checkReportVersion = 1

// diagnose explains why a check ended early.
func (r *checkRun) diagnose(err error, baseURL string) doctor.Diagnosis {
	e := asError(err)
	switch {
	case errors.Is(err, context.DeadlineExceeded) && e == nil:
		return doctor.Diagnosis{
			Problem: fmt.Sprintf("The check was not done in %v.", r.opts.Timeout),
			Advice:  "Give it more time, or send fewer samples.",
		}
	case e == nil:
		return doctor.Diagnosis{Problem: "The check was cancelled."}
	case e.Operation == string(gen.OpIssuePass) && e.Outcome == OutcomeUnknown:
		return doctor.Diagnosis{
			Problem: "IssuePass may have been executed: " + e.Err.Error() + ".",
			Advice:  "Resume it with the same parameters under its key until the time below; after that, check first.",
		}
	case e.Operation == string(gen.OpIssuePass) && e.Outcome == OutcomeDone:
		return r.writeDone(e)
	}
	d := doctor.Explain(r.failureOf(e, baseURL))
	if !r.endedEarly {
		d.Problem = string(gen.OpIssuePass) + ": " + d.Problem
		d.Advice = cmp.Or(d.Advice, correctRequest)
	}
	return d
}

// writeDone explains the error of a write that was executed: of its response, or
// of the repetition.
func (r *checkRun) writeDone(e *Error) doctor.Diagnosis {
	if r.write != nil && r.write.ID != "" {
		return doctor.Diagnosis{
			Problem: "IssuePass was executed; its repetition under the same key brought no pass: " +
				e.Err.Error() + ".",
			Advice: "The pass is the one with the id below. What a repetition does is not known.",
		}
	}
	return doctor.Diagnosis{
		Problem: "IssuePass was executed, but there is no value: " + e.Err.Error() + ".",
		Advice:  "A pass is issued, and must not be issued again. What its response lacks is below, at IssuePass.",
	}
}

// failureOf describes an error without what was sent.
func (r *checkRun) failureOf(e *Error, baseURL string) doctor.Failure {
	f := doctor.Failure{
		Status: e.Response.StatusCode, IsAPI: isOfAPI(e), Code: sdk.Printable(e.Code), Header: e.Response.Header,
		Host: doctor.HostPort(baseURL), Rejected: r.path.Path().Rejected,
		TimedOut: errors.Is(e, context.DeadlineExceeded), Executed: e.Outcome == OutcomeDone,
	}
	if n := len(e.Response.Attempts); n > 0 {
		f.Reason = e.Response.Attempts[n-1].Reason
	} else {
		f.Reason = e.Err.Error()
	}
	return f
}

func asError(err error) *Error {
	e, _ := errors.AsType[*Error](err)
	return e
}
