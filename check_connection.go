package bardge

import "github.com/bardge/bardge-go/internal/doctor"

// connection lists what the calls have shown of network, clocks and headers.
func (r *checkRun) connection(baseURL string) []CheckFinding {
	path := r.path.Path()
	facts := []doctor.Fact{
		path.Route(baseURL), path.TLS(baseURL), path.HTTP(), r.headers.Between(), r.clock.Skew().Fact(),
		r.headers.RequestIDs(requestIDHeader),
	}
	all := make([]CheckFinding, 0, len(facts)+1)
	for _, f := range facts {
		v := checkGrades[f.Grade]
		all = append(all, CheckFinding{Verdict: v, Subject: f.Subject, Seen: f.Seen, Advice: f.Advice})
	}
	return append(all, r.errorFinding())
}

var checkGrades = map[doctor.Grade]CheckVerdict{
	doctor.Fine: CheckConfirmed, doctor.Noted: CheckNoted, doctor.Amiss: CheckDiffers, doctor.Unknown: CheckNotTried,
}
