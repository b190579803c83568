package control

import (
	"net/http"
	"time"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

const (
	maxWait   = 30 * time.Second      // for an expectation
	checkTime = 20 * time.Millisecond // between two looks at the ledger
)

// expectations are what the ledger is to prove.
type expectations struct {
	Expectations []fakeserver.Expectation `json:"expectations"`
	Wait         span                     `json:"wait"`
}

// sequence is what the ledger is to prove, one after the other.
type sequence struct {
	Steps []fakeserver.Match `json:"steps"`
	Wait  span               `json:"wait"`
}

// expect answers 200 if all expectations are met, and 406 if not.
func (a *API) expect(w http.ResponseWriter, r *http.Request) {
	in, err := decode[expectations](w, r)
	if err == nil && len(in.Expectations) == 0 {
		err = invalid("There are no expectations.")
	}
	for _, e := range in.Expectations {
		if err == nil {
			err = checkMatch(a.control, e.Match)
		}
	}
	a.prove(w, r, err, in.Wait, func() (fakeserver.Verdict, error) { return a.control.Expect(in.Expectations...) })
}

// expectSequence does the same for steps.
func (a *API) expectSequence(w http.ResponseWriter, r *http.Request) {
	in, err := decode[sequence](w, r)
	if err == nil && len(in.Steps) == 0 {
		err = invalid("There are no steps.")
	}
	for _, match := range in.Steps {
		if err == nil {
			err = checkMatch(a.control, match)
		}
	}
	a.prove(w, r, err, in.Wait, func() (fakeserver.Verdict, error) {
		return a.control.ExpectSequence(in.Steps...), nil
	})
}

// prove answers with the verdict, once it is met or the time is over.
func (a *API) prove(
	w http.ResponseWriter, r *http.Request, err error, wait span, check func() (fakeserver.Verdict, error),
) {
	if err == nil && (wait < 0 || time.Duration(wait) > maxWait) {
		err = invalid("The field \"wait\" is at most %v.", maxWait)
	}
	if err != nil {
		failWith(w, err)
		return
	}
	verdict, err := a.await(r, time.Duration(wait), check)
	switch {
	case err != nil:
		failWith(w, err)
	case verdict.Met:
		answer(w, http.StatusOK, verdict)
	default:
		answer(w, http.StatusNotAcceptable, verdict)
	}
}

// await checks until the verdict is met, it cannot be met any more, or the time
// is over. It checks now and then: an operation counts as executed before its
// request ends.
func (a *API) await(
	r *http.Request, d time.Duration, check func() (fakeserver.Verdict, error),
) (fakeserver.Verdict, error) {
	over, again := time.NewTimer(d), time.NewTicker(checkTime)
	defer over.Stop()
	defer again.Stop()
	for {
		verdict, err := check()
		if err != nil || verdict.Met || verdict.Dropped > 0 || d == 0 {
			return verdict, err
		}
		select {
		case <-again.C:
		case <-over.C:
			return check()
		case <-r.Context().Done():
			return verdict, nil
		case <-a.done:
			return verdict, nil
		}
	}
}
