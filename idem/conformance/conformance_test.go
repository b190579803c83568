package conformance_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/idem/conformance"
)

// TestEachFlawIsFoundByItsOwnCheck: a sound server passes all checks, and a
// server with one flaw fails at one check alone.
func TestEachFlawIsFoundByItsOwnCheck(t *testing.T) {
	for flaw, check := range map[flaw]string{
		sound:           "",
		ignoresKeys:     conformance.Repetition,
		forgets:         conformance.Memory,
		keepsNo500:      conformance.ServerError,
		stopsWithClient: conformance.LostResponse,
		lockedForGood:   conformance.LostResponse,
		noLock:          conformance.ConcurrentRequests,
		noAccounts:      conformance.AnotherAccount,
		anyBody:         conformance.AnotherBody,
		refusalForgets:  conformance.AnotherBody,
		anyPath:         conformance.AnotherPath,
		unmarked:        conformance.ReplayMark,
		marksAll:        conformance.ReplayMark,
		rebuilds:        conformance.StoredResponse,
		cutsKeys:        conformance.LongestKey,
		ignoresLongKeys: conformance.KeyTooLong,
		ignoresBadKeys:  conformance.KeyAlphabet,
		foldsCase:       conformance.LetterCase,
	} {
		t.Run(string(flaw), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, target := open(t, flaw)
				report, err := conformance.Run(t.Context(), target)
				require.NoError(t, err)
				var found []string
				for _, f := range report.With(conformance.Broken) {
					found = append(found, f.Check)
					assert.NotEmpty(t, f.Means)
				}
				if check == "" {
					assert.Empty(t, found)
					assert.Empty(t, report.With(conformance.NotTried))
				} else {
					assert.Equal(t, []string{check}, found)
				}
				assert.Empty(t, report.With(conformance.Differs))
				for _, f := range report {
					t.Log(f)
				}
			})
		})
	}
}

// TestOtherFormsOfKeys: a sound server passes, in whichever form it takes keys
// and answers repetitions.
func TestOtherFormsOfKeys(t *testing.T) {
	for name, row := range map[string]struct {
		form    form
		change  func(*idem.Profile)
		untried []string
	}{
		"in the body": {form: keyInBody, change: func(p *idem.Profile) { p.KeyHeader, p.KeyField = "", "key" }},
		"quoted":      {form: quotedKey, change: func(p *idem.Profile) { p.QuoteKey = true }},
		"repetitions are answered with \"exists already\"": {
			form: existsAlready, change: func(p *idem.Profile) { p.ReplayHeader = "" },
			untried: []string{conformance.StoredResponse, conformance.ReplayMark},
		},
		"marked by a function": {change: func(p *idem.Profile) {
			p.Replayed, p.ReplayHeader = func(h http.Header) bool { return h.Get("Replayed") != "" }, ""
		}},
		"of one length": {change: func(p *idem.Profile) { p.KeyMinLength, p.KeyMaxLength = maxKey, maxKey }},
		"in capitals": {
			change: func(p *idem.Profile) {
				p.KeyAlphabet = func(c byte) bool { return c != '!' && (c < 'a' || c > 'z') }
				p.MintKey = func(id [16]byte) string { return fmt.Sprintf("%X", id) }
			},
			untried: []string{conformance.LetterCase},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, target := open(t, sound)
				s.form = row.form
				row.change(&target.Profile)
				if target.Profile.KeyMinLength == maxKey {
					target.Profile.MintKey = func(id [16]byte) string { return fmt.Sprintf("%x%08x", id, id[12:]) }
				}
				report, err := conformance.Run(t.Context(), target)
				require.NoError(t, err)
				assert.Empty(t, report.With(conformance.Broken))
				assert.Empty(t, report.With(conformance.Differs))
				assert.Equal(t, row.untried, names(report.With(conformance.NotTried)))
			})
		})
	}
}

// TestWithoutACounterIDsDecide: what ids do not show is not tried.
func TestWithoutACounterIDsDecide(t *testing.T) {
	for _, row := range []struct {
		flaw            flaw
		broken, untried []string
	}{
		{flaw: sound},
		{flaw: unmarked, broken: []string{conformance.ReplayMark}, untried: []string{conformance.LostResponse, conformance.ServerError}},
		{flaw: keepsNo500, untried: []string{conformance.ServerError}},
		{flaw: stopsWithClient, untried: []string{conformance.LostResponse}},
		{flaw: noLock, broken: []string{conformance.ConcurrentRequests}},
		{flaw: forgets, broken: []string{conformance.Memory}},
	} {
		t.Run(string(row.flaw), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, target := open(t, row.flaw)
				target.Executed = nil
				report, err := conformance.Run(t.Context(), target)
				require.NoError(t, err)
				assert.Equal(t, row.broken, names(report.With(conformance.Broken)))
				assert.Equal(t, row.untried, names(report.With(conformance.NotTried)))
			})
		})
	}
}

// TestWhatIsNotGivenIsNotTried: each check that needs more of the target has its
// reason.
func TestWhatIsNotGivenIsNotTried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, target := open(t, sound)
		target.Second, target.Other, target.Failing, target.Refused = nil, nil, nil, nil
		report, err := conformance.Run(t.Context(), target)
		require.NoError(t, err)
		assert.Equal(t, []string{
			conformance.ServerError, conformance.AnotherPath, conformance.AnotherAccount, conformance.RefusedRequest,
		}, names(report.With(conformance.NotTried)))
		assert.Equal(t, conformance.Checks(), names(report))
	})
}

func TestWithin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, target := open(t, forgets)
		target.Within = time.Minute
		report, err := conformance.Run(t.Context(), target)
		require.NoError(t, err)
		memory := report.Find(conformance.Memory)
		assert.Equal(t, conformance.Holds, memory.Verdict, "what is not waited for is not found")
		assert.Equal(t, "remembered for 1m of 24h (tried at 15s, 30s, 45s, 1m); longer was not waited", memory.Seen)
	})
}

func TestRunFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, good := open(t, sound)
		for name, row := range map[string]struct {
			change func(*conformance.Target)
			want   string
		}{
			"no requests":   {func(g *conformance.Target) { g.Request = nil }, "Target.Request is nil"},
			"no witness":    {func(g *conformance.Target) { g.ResourceID, g.Executed = nil, nil }, "Target.ResourceID and Executed are nil: one is needed"},
			"a bad time":    {func(g *conformance.Target) { g.Within = -1 }, "Target.Within is negative"},
			"no profile":    {func(g *conformance.Target) { g.Profile = idem.Profile{} }, "Profile.KeyHeader and KeyField are both empty: nothing carries the key"},
			"refused":       {func(g *conformance.Target) { g.Request = g.Refused }, "conformance: the first request was not executed: status 400"},
			"failed":        {func(g *conformance.Target) { g.Request = g.Failing }, "conformance: the first request was not executed: status 500"},
			"no id":         {func(g *conformance.Target) { g.ResourceID = conformance.JSONMember("no") }, "conformance: the first request got status 201 without the id of a resource"},
			"a still count": {func(g *conformance.Target) { g.Executed = func(context.Context) (int, error) { return 1, nil } }, "conformance: the first request got status 201, and the counter of executions did not change"},
			"a failed count": {func(g *conformance.Target) {
				g.Executed = func(context.Context) (int, error) { return 0, io.ErrUnexpectedEOF }
			}, "conformance: the counter of executions: unexpected EOF"},
			"no request": {func(g *conformance.Target) {
				g.Request = func(int) (*http.Request, error) { return nil, io.ErrNoProgress }
			}, "conformance: no request: multiple Read calls return no data or error"},
			"a body without room for a key": {func(g *conformance.Target) {
				g.Profile.KeyHeader, g.Profile.KeyField = "", "key"
				g.Request = func(int) (*http.Request, error) {
					return http.NewRequest(http.MethodPost, "http://127.0.0.1/?secret", strings.NewReader("[]"))
				}
			}, "conformance: the body is no JSON object, to which a key could be added"},
			"nobody there": {func(g *conformance.Target) {
				g.Client = nil
				g.Request = func(int) (*http.Request, error) {
					return http.NewRequest(http.MethodPost, "nowhere://127.0.0.1/?secret", nil)
				}
			}, "conformance: the first request was not executed: no response (unsupported protocol scheme \"nowhere\")"},
		} {
			target := good
			row.change(&target)
			report, err := conformance.Run(t.Context(), target)
			assert.EqualError(t, err, row.want, name)
			assert.Empty(t, report)
		}
	})
}

// TestAnInterruptedRunKeepsItsFindings: what was found before is reported.
func TestAnInterruptedRunKeepsItsFindings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, target := open(t, sound)
		ctx, cancel := context.WithCancel(t.Context())
		target.Wait = func(context.Context, time.Duration) error {
			cancel()
			return context.Cause(ctx)
		}
		report, err := conformance.Run(ctx, target)
		require.ErrorIs(t, err, context.Canceled)
		assert.Equal(t, conformance.Checks()[:len(conformance.Checks())-1], names(report))
	})
}

// TestALongResponseIsNotRead: a body over the limit is no response.
func TestALongResponseIsNotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		url, client := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			for range 5 {
				_, _ = w.Write(make([]byte, 1<<20))
			}
		}))
		_, err := conformance.Run(t.Context(), conformance.Target{
			Profile: profile(), Client: client, ResourceID: conformance.JSONMember("id"),
			Request: post(url, `{"n":%d}`, func(*http.Request) {}),
		})
		var failed *conformance.NotExecutedError
		require.ErrorAs(t, err, &failed)
		assert.Equal(t, "was not executed: no response (longer than 4 MiB)", failed.Reason)
	})
}

func TestResourceIDs(t *testing.T) {
	for path, want := range map[string]string{
		"id": "a", ".id": "a", "data.1.n": "7", "data.2.n": "", "data.x": "", "none": "", "data": "", "id.x": "", "big": "12345678901234567890",
	} {
		got := conformance.JSONMember(path)(200, nil, []byte(`{"id":"a","data":[{"n":6},{"n":7}],"big":12345678901234567890}`))
		assert.Equal(t, want, got, path)
	}
	assert.Empty(t, conformance.JSONMember("id")(200, nil, []byte("<html>")))
	assert.Equal(t, "/orders/1", conformance.Header("location")(201, http.Header{"Location": {"/orders/1"}}, nil))
}

// recorder is a test that is not to end this one.
type recorder struct {
	*testing.T

	failures []string
}

func (r *recorder) Errorf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}
func (r *recorder) Fatalf(format string, args ...any) { r.Errorf(format, args...) }

func TestTestFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, target := open(t, anyBody)
		r := &recorder{T: t}
		conformance.Test(r, target)
		require.Len(t, r.failures, 1)
		assert.Equal(t, "another body: broken: a key, then the same key with another body: status 201 with the first request's "+
			"result, nothing executed. A client takes the response of one request for the response of another one, which is "+
			"never executed.", r.failures[0])

		r.failures, target.Request = nil, nil
		conformance.Test(r, target)
		assert.Equal(t, []string{"Target.Request is nil"}, r.failures)
	})
}
