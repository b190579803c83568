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
		otherStatus:     conformance.StoredResponse,
		cutsKeys:        conformance.LongestKey,
		ignoresLongKeys: conformance.KeyTooLong,
		ignoresBadKeys:  conformance.KeyAlphabet,
		foldsCase:       conformance.LetterCase,
	} {
		t.Run(string(flaw), bubbleTest(func(t *testing.T) {
			_, target := open(t, flaw)
			report := run(t, target)
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
		}))
	}
}

// TestASoundServer: all that is found of it, in words.
func TestASoundServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, target := open(t, sound)
		report := run(t, target)
		var lines []string
		for _, f := range report {
			lines = append(lines, f.String())
		}
		assert.Equal(t, []string{
			"without a key: noted: the same request twice without a key: status 201 and status 201, both executed",
			"repetition: holds: a request and its repetition: status 201 and status 201, executed once",
			"stored response: holds: status and body are equal, byte by byte; headers that differ: Replayed",
			"replay mark: holds: the first response is not marked, the repetition's is",
			"concurrent requests: holds: 3 times 8 requests with one key at once: executed once; 1 got the response, 7 were refused for now",
			"lost response: holds: a request whose client closes the connection, and its repetition: executed once",
			"server error: holds: an executed request with status 500, and its repetition with status 500: executed once",
			"another body: holds: a key, then the same key with another body: refused with status 422, nothing executed",
			"another path: holds: a key, then the same key with another path or method: refused with status 422, nothing executed",
			"another account: holds: a key, then the same key with the credentials of another account: status 201, executed for that account",
			"longest key: holds: two keys of 40 bytes that differ in the last one: both requests were executed",
			"key too long: holds: a key of 41 bytes: refused with status 400, nothing executed",
			"key outside the alphabet: holds: a key with the character !: refused with status 400, nothing executed",
			"letter case: holds: two keys that differ in the case of their letters: both requests were executed",
			"refused request: noted: a refused request with status 400, and its repetition with status 400; then another body " +
				"with the same key: status 422, not executed: the refusal is stored, and a corrected request needs a key of its own",
			"memory: holds: remembered for 22h48m of 24h (tried at 5h42m, 11h24m, 17h6m, 22h48m)",
		}, lines)
	})
}

// TestAThrottledRunIsComplete: what comes too soon is sent again.
func TestAThrottledRunIsComplete(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, target := open(t, throttles)
		start := time.Now()
		target.Within = time.Minute
		report := run(t, target)
		assert.Empty(t, report.With(conformance.Broken))
		assert.Empty(t, report.With(conformance.Differs))
		assert.Empty(t, report.With(conformance.NotTried))
		assert.Greater(t, time.Since(start), time.Minute+20*time.Second, "it has waited as long as it was told")
	})
}

// TestWhatElseIsFound: verdicts and words about servers that are not sound, or
// not like their profile.
func TestWhatElseIsFound(t *testing.T) {
	says := func(words string, s idem.Signal) func(*conformance.Target) {
		return func(g *conformance.Target) {
			classify := g.Profile.Classify
			g.Profile.Classify = func(status int, h http.Header, body []byte) idem.Signal {
				if strings.Contains(string(body), words) {
					return s
				}
				return classify(status, h, body)
			}
		}
	}
	uncounted := func(g *conformance.Target) { g.Executed = nil }
	for _, row := range []struct {
		name    string
		flaw    flaw
		change  func(*conformance.Target)
		check   string
		verdict conformance.Verdict
		seen    string
	}{
		{flaw: needsKey, check: conformance.WithoutKey, verdict: conformance.Noted, seen: "one request without a key: status 400"},
		{flaw: comparesOrders, check: conformance.WithoutKey, verdict: conformance.Noted, seen: "the same request twice without a key: executed once"},
		{flaw: freesRefusals, check: conformance.RefusedRequest, verdict: conformance.Noted, seen: "status 201, executed: a refusal leaves the key free"},
		{flaw: refusesRepetition, check: conformance.Repetition, verdict: conformance.Broken, seen: "the repetition of an executed request: status 409"},
		{flaw: expiresLoudly, check: conformance.Memory, verdict: conformance.Broken, seen: "a repetition at the age of 11h24m of 24h: status 410"},
		{flaw: sharesKeys, check: conformance.AnotherAccount, verdict: conformance.Broken, seen: "another account: status 422"},
		{flaw: failsLongKeys, check: conformance.KeyTooLong, verdict: conformance.Differs, seen: "a key of 41 bytes: status 500 instead of a refusal"},
		{flaw: refusesCapitals, check: conformance.LetterCase, verdict: conformance.Differs, seen: "the second request got status 400, and was not executed"},
		{flaw: foldsCase, check: conformance.LetterCase, verdict: conformance.Broken, seen: "the second request got the first one's result"},
		{flaw: otherStatus, check: conformance.StoredResponse, verdict: conformance.Broken, seen: "the first response has status 201, the repetition's status 200"},
		{flaw: rebuilds, check: conformance.StoredResponse, verdict: conformance.Broken, seen: "the bodies of the first response and of the repetition's differ"},
		{flaw: worksSlowly, check: conformance.LostResponse, verdict: conformance.Holds, seen: "and its repetition: executed once"},
		{flaw: works, check: conformance.LostResponse, verdict: conformance.NotTried, seen: "the server answers faster than a client can leave"},
		{flaw: stopsWithClient, check: conformance.LostResponse, verdict: conformance.Broken, seen: "and its repetition: executed 2 times"},
		{flaw: noLock, check: conformance.ConcurrentRequests, verdict: conformance.Broken, seen: "8 requests with one key at once: executed 8 times"},
		{flaw: failsReuse, check: conformance.AnotherBody, verdict: conformance.Differs, seen: "status 500 instead of a refusal, nothing executed"},
		{flaw: failsReuse, check: conformance.AnotherPath, verdict: conformance.Differs, seen: "status 500 instead of a refusal, nothing executed"},
		{flaw: failsFirst, check: conformance.ServerError, verdict: conformance.NotTried, seen: "the request that should be executed and fail was not executed: status 500"},
		{
			name: "in progress, in other words", change: says("in progress", idem.SignalError),
			check: conformance.ConcurrentRequests, verdict: conformance.Differs,
			seen: "executed once, but one was answered with status 409, which the profile does not take for a request in progress",
		},
		{
			name: "in progress, as a state of its own", change: says("in progress", idem.SignalRetryable),
			check: conformance.ConcurrentRequests, verdict: conformance.Holds, seen: "1 got the response, 7 were refused for now",
		},
		{
			name: "reused, in other words", change: says("key reused", idem.SignalError),
			check: conformance.AnotherBody, verdict: conformance.Differs,
			seen: "refused with status 422, which the profile does not take for a used key",
		},
		{
			name: "no words at all", change: func(g *conformance.Target) { g.Profile.Classify = nil },
			check: conformance.AnotherBody, verdict: conformance.Holds, seen: "refused with status 422, nothing executed",
		},
		{
			name: "keys are longer", change: func(g *conformance.Target) { g.Profile.KeyMaxLength = maxKey - 1 },
			check: conformance.KeyTooLong, verdict: conformance.Differs, seen: "a key of 40 bytes: accepted, and honoured",
		},
		{
			name: "keys are shorter", change: func(g *conformance.Target) { g.Profile.KeyMaxLength = maxKey + 1 },
			check: conformance.LongestKey, verdict: conformance.Differs, seen: "a key of 41 bytes: the request was not executed: status 400",
		},
		{
			name: "no limit is stated", change: func(g *conformance.Target) { g.Profile.KeyMaxLength = 0 },
			check: conformance.LongestKey, verdict: conformance.Differs, seen: "a key of 255 bytes: the request was not executed: status 400",
		},
		{
			name: "more characters", change: func(g *conformance.Target) { g.Profile.KeyAlphabet = func(c byte) bool { return c != '#' } },
			check: conformance.KeyAlphabet, verdict: conformance.Differs, seen: "a key with the character #: accepted, and honoured",
		},
		{
			name: "paths have keys of their own", change: func(g *conformance.Target) { g.Other = g.Second },
			check: conformance.AnotherPath, verdict: conformance.Noted, seen: "status 201, executed: each path has keys of its own",
		},
		{
			name: "the second account is none", change: func(g *conformance.Target) { g.Second = g.Refused },
			check: conformance.AnotherAccount, verdict: conformance.NotTried,
			seen: "with the second account's credentials, a request with a key of its own was not executed: status 400",
		},
		{
			name: "failures are forgotten", flaw: keepsNo500, change: func(g *conformance.Target) { g.Profile.ForgetsFailed = true },
			check: conformance.ServerError, verdict: conformance.Noted,
			seen: "executed twice, as the profile states: clients do not repeat it",
		},
		{
			name: "nothing fails", change: func(g *conformance.Target) { g.Failing = g.Request },
			check: conformance.ServerError, verdict: conformance.NotTried, seen: "the request that should fail with a 5xx got status 201",
		},
		{
			name: "nothing is refused", change: func(g *conformance.Target) { g.Refused = g.Request },
			check: conformance.RefusedRequest, verdict: conformance.NotTried, seen: "the request that should be refused got status 201",
		},
		{
			name: "a lost response, uncounted", change: uncounted, check: conformance.LostResponse,
			verdict: conformance.Holds, seen: "its repetition: the repetition got the stored response",
		},
		{
			name: "a 500, uncounted", flaw: unmarked, change: uncounted, check: conformance.ServerError,
			verdict: conformance.NotTried, seen: "whether it was executed again needs a counter of executions",
		},
		{
			name: "a 500 that is not stored, uncounted", flaw: keepsNo500, check: conformance.ServerError,
			change: func(g *conformance.Target) {
				g.Executed = nil
				failing, sent := g.Failing, 0
				g.Failing = func(n int) (*http.Request, error) {
					sent++
					if sent > 1 {
						return g.Request(n)
					}
					return failing(n)
				}
			},
			verdict: conformance.NotTried, seen: "the first response is not stored",
		},
	} {
		t.Run(string(row.flaw)+row.name, bubbleTest(func(t *testing.T) {
			_, target := open(t, row.flaw)
			if row.change != nil {
				row.change(&target)
			}
			report := run(t, target)
			found := report.Find(row.check)
			assert.Equal(t, row.verdict, found.Verdict, "%v", found)
			assert.Contains(t, found.Seen, row.seen)
			assert.Equal(t, row.verdict == conformance.Broken || row.verdict == conformance.Differs, found.Means != "")
		}))
	}
	assert.Zero(t, conformance.Report{}.Find(conformance.Memory))
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
		t.Run(name, bubbleTest(func(t *testing.T) {
			s, target := open(t, sound)
			s.form = row.form
			row.change(&target.Profile)
			if target.Profile.KeyMinLength == maxKey {
				target.Profile.MintKey = func(id [16]byte) string { return fmt.Sprintf("%x%08x", id, id[12:]) }
			}
			report := run(t, target)
			assert.Empty(t, report.With(conformance.Broken))
			assert.Empty(t, report.With(conformance.Differs))
			assert.Equal(t, row.untried, names(report.With(conformance.NotTried)))
		}))
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
		t.Run(string(row.flaw), bubbleTest(func(t *testing.T) {
			_, target := open(t, row.flaw)
			target.Executed = nil
			report := run(t, target)
			assert.Equal(t, row.broken, names(report.With(conformance.Broken)))
			assert.Equal(t, row.untried, names(report.With(conformance.NotTried)))
		}))
	}
}

// TestACounterAloneDecides: responses need not name what was made.
func TestACounterAloneDecides(t *testing.T) {
	for _, row := range []struct {
		flaw   flaw
		broken []string
	}{
		{flaw: sound},
		{flaw: ignoresKeys, broken: []string{conformance.Repetition}},
		{flaw: noLock, broken: []string{conformance.ConcurrentRequests}},
		{flaw: cutsKeys, broken: []string{conformance.LongestKey}},
		{flaw: noAccounts, broken: []string{conformance.AnotherAccount}},
		{flaw: forgets, broken: []string{conformance.Memory}},
	} {
		t.Run(string(row.flaw), bubbleTest(func(t *testing.T) {
			_, target := open(t, row.flaw)
			target.ResourceID = nil
			report := run(t, target)
			assert.Equal(t, row.broken, names(report.With(conformance.Broken)))
		}))
	}
}

// TestWhatIsNotGivenIsNotTried: each check that needs more of the target has its
// reason.
func TestWhatIsNotGivenIsNotTried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, target := open(t, sound)
		target.Second, target.Other, target.Failing, target.Refused = nil, nil, nil, nil
		report := run(t, target)
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
		report := run(t, target)
		memory := report.Find(conformance.Memory)
		assert.Equal(t, conformance.Holds, memory.Verdict, "what is not waited for is not found")
		assert.Equal(t, "remembered for 1m of 24h (tried at 15s, 30s, 45s, 1m); longer was not waited", memory.Seen)

		target.Within = 3*time.Second + time.Millisecond
		report = run(t, target)
		assert.Equal(t, "remembered for 3s of 24h (tried at 750.25ms, 1.5s, 2.3s, 3s); longer was not waited",
			report.Find(conformance.Memory).Seen)
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
			"moved":         {func(g *conformance.Target) { g.Request = elsewhere(g.Request, "/moved") }, "conformance: the first request was not executed: status 303"},
			"no id":         {func(g *conformance.Target) { g.ResourceID = conformance.JSONMember("no") }, "conformance: the first request got status 201 without the id of a resource"},
			"a still count": {func(g *conformance.Target) { g.Executed = func(context.Context) (int, error) { return 1, nil } }, "conformance: the first request got status 201, and the counter of executions did not change"},
			"a failed count": {func(g *conformance.Target) {
				g.Executed = func(context.Context) (int, error) { return 0, io.ErrUnexpectedEOF }
			}, "conformance: the counter of executions: unexpected EOF"},
			"no request": {func(g *conformance.Target) {
				g.Request = func(int) (*http.Request, error) { return nil, io.ErrNoProgress }
			}, "conformance: no request: multiple Read calls return no data or error"},
			"one request for all numbers": {func(g *conformance.Target) {
				request := g.Request
				g.Request = func(int) (*http.Request, error) { return request(1) }
			}, "Target.Request makes the same request for 1 and 2"},
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
			}, "conformance: the first request got no response (unsupported protocol scheme \"nowhere\")"},
		} {
			target := good
			row.change(&target)
			report, err := conformance.Run(t.Context(), target)
			assert.EqualError(t, err, row.want, name)
			assert.Empty(t, report)
		}
	})
}

// elsewhere changes the path of requests.
func elsewhere(requests conformance.Requests, path string) conformance.Requests {
	return func(n int) (*http.Request, error) {
		r, err := requests(n)
		if err == nil {
			r.URL.Path = path
		}
		return r, err
	}
}

// TestEachRequestHasAConnectionOfItsOwn: net/http would repeat a keyed request
// by itself on another one when a connection that was used before breaks.
func TestEachRequestHasAConnectionOfItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, target := open(t, sound)
		_, err := conformance.Run(t.Context(), target)
		require.NoError(t, err)
		clients := 0
		s.clients.Range(func(any, any) bool {
			clients++
			return true
		})
		assert.EqualValues(t, s.requests.Load(), clients)
		assert.Greater(t, clients, 50)
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
		assert.Equal(t, "got no response (longer than 4 MiB)", failed.Reason)
	})
}

func TestResourceIDs(t *testing.T) {
	for path, want := range map[string]string{
		"id": "a", ".id": "a", "data.0.n": "6", "data.1.n": "7", "data.-1.n": "", "data.2.n": "", "data.x": "", "none": "", "data": "", "id.x": "", "big": "12345678901234567890",
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

// A profile that puts the key elsewhere is the first suspect.
func TestABrokenRepetitionNamesWhatCarriedTheKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, target := open(t, sound)
		for carrier, change := range map[string]func(*idem.Profile){
			"member key":   func(p *idem.Profile) { p.KeyHeader, p.KeyField = "", "key" },
			"header X-Key": func(p *idem.Profile) { p.KeyHeader = "X-Key" },
		} {
			other := target
			change(&other.Profile)
			report := run(t, other)
			require.Len(t, report.With(conformance.Broken), 1)
			assert.Contains(t, report.With(conformance.Broken)[0].Seen, "with the same "+carrier+":")
		}
	})
}

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
