package idem_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/chaos"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/journal/journaltest"
)

var seeds = flag.Int("seeds", 8, "worlds per property test")

// bardgeProfile is the first vendor's: 90 s, a replay mark, 409 on mismatch.
func bardgeProfile() idem.Profile {
	return idem.Profile{
		Vendor:          "bardge",
		KeyHeader:       "Idempotency-Key",
		KeyTTL:          90 * time.Second,
		ReplayHeader:    "X-Idempotent-Replayed",
		ReplayValue:     "true",
		RequestIDHeader: "Bardge-Request-Id",
		Classify: func(_ int, _ http.Header, body []byte) idem.Signal {
			var b struct {
				Error *struct {
					Code string `json:"code"`
				} `json:"error"`
			}
			if json.Unmarshal(body, &b) != nil || b.Error == nil {
				return idem.SignalNone
			}
			switch b.Error.Code {
			case "idempotency_key_reused":
				return idem.SignalKeyReused
			case "already_cancelled":
				return idem.SignalAlreadyApplied
			default:
				return idem.SignalError
			}
		},
	}
}

// secondProfile is another vendor's, so that the engine stays general: 24 h,
// letters, digits and hyphens, "in progress" instead of waiting, an echoed key
// and no mark.
func secondProfile() idem.Profile {
	return idem.Profile{
		Vendor:          "bluesnap",
		KeyHeader:       "Idempotency-Key",
		KeyTTL:          24 * time.Hour,
		MaxElapsedTime:  10 * time.Minute,
		KeyMaxLength:    64,
		RequestIDHeader: "Bardge-Request-Id",
		KeyAlphabet: func(b byte) bool {
			return b == '-' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
		},
		Classify: func(_ int, _ http.Header, body []byte) idem.Signal {
			var b struct {
				Message []struct {
					ErrorName string `json:"errorName"`
					Code      string `json:"code"`
				} `json:"message"`
			}
			if json.Unmarshal(body, &b) != nil || len(b.Message) == 0 {
				return idem.SignalNone
			}
			switch {
			case b.Message[0].Code == "60101":
				return idem.SignalKeyReused
			case b.Message[0].Code == "60102":
				return idem.SignalInProgress
			case strings.EqualFold(b.Message[0].ErrorName, "already_cancelled"):
				return idem.SignalAlreadyApplied
			default:
				return idem.SignalError
			}
		},
	}
}

type wrapped struct{ http.RoundTripper }

type silent struct{ base http.RoundTripper }

func (s silent) RoundTrip(r *http.Request) (*http.Response, error) {
	return s.base.RoundTrip(r.WithContext(blind{r.Context()}))
}

type blind struct{ context.Context }

func (blind) Value(any) any { return nil }

func client(t *testing.T, w *chaos.Simulation, c idem.Config) chaos.Client {
	t.Helper()
	return clientWith(t, w, c, c.Journal != nil)
}

func clientWith(t *testing.T, w *chaos.Simulation, c idem.Config, refs bool) chaos.Client {
	t.Helper()
	c.BaseURL, c.WallClock, c.SleptClock = w.URL, w.Clock.ClientWall, w.Clock.Slept
	if c.Authorize == nil {
		c.Authorize = credentials(w)
	}
	e, err := idem.New(c)
	require.NoError(t, err)
	return func(ctx context.Context, op chaos.Op) chaos.Claim {
		call := idem.Call{
			Key: keyOf(t, op, refs),
			Ref: refOf(op, refs),
			Request: idem.Request{
				Operation: operationOf(op.Class),
				Method:    op.Method,
				Path:      op.Path,
				Body:      op.Body,
			},
			Refetch:  func(ctx context.Context) (*idem.Response, idem.State) { return reread(ctx, e, op) },
			Confirms: confirms[op.Class],
		}
		if op.Invalid {
			refuse(&call)
		}
		outcome := e.Do(ctx, call).Outcome
		if outcome == idem.OutcomeNotSent && call.Ref != "" && laterGeneration(c.Journal, call.Ref) {
			// The model knows operations, not generations: of the ref as a
			// whole an earlier one was sent, and rejected.
			outcome = idem.OutcomeRejected
		}
		return claimOf[outcome]
	}
}

func credentials(w *chaos.Simulation) func(context.Context, http.Header) error {
	return func(_ context.Context, h http.Header) error {
		h.Set("Authorization", w.Credentials())
		return nil
	}
}

var errArgument = errors.New("a bad argument")

// refuse makes a call one that is refused before anything is sent: above the
// engine or, by a header of the engine's own, in it.
func refuse(call *idem.Call) {
	if len(call.Request.Path)%2 == 0 {
		call.Invalid = errArgument
		return
	}
	call.Request.Header = http.Header{"Idempotency-Key": {"another"}}
}

// settling is the client of a person who reads what is in doubt, and resolves
// it as soon as the engine allows for that. What was not executed is sent
// once more.
func settling(t *testing.T, w *chaos.Simulation, c idem.Config) chaos.Client {
	t.Helper()
	c.BaseURL, c.WallClock = w.URL, w.Clock.ClientWall
	e, err := idem.New(c)
	require.NoError(t, err)
	do := client(t, w, c)
	return func(ctx context.Context, op chaos.Op) chaos.Claim {
		if op.Class == chaos.Safe {
			return do(ctx, op)
		}
		op.Key = cmp.Or(op.Key, "order-"+op.ID)
		claim := do(ctx, op)
		ctx = context.WithoutCancel(ctx)
		for claim == chaos.Unknown {
			executed := w.Ledger.Executed(op.ID) > 0
			recorded, err := e.Get(ctx, journal.RefID(op.Key), idem.Recovery{})
			if err == nil {
				err = e.Resolve(ctx, recorded.ID, idem.Resolution{
					Executed: executed, Generation: recorded.Generation,
					Class: func(string) idem.Class { return classOf[op.Class] },
				})
			}
			switch {
			case err == nil && executed:
				return chaos.Done
			case err == nil, errors.Is(err, idem.ErrOperationNotFound):
				claim = do(ctx, op)
			default:
				time.Sleep(time.Second)
			}
		}
		return claim
	}
}

func laterGeneration(j journal.Journal, ref string) bool {
	rec, _, err := kept(j).Load(context.Background(), "ref:"+ref)
	return err == nil && rec.Generation > 1
}

var classOf = map[chaos.Class]idem.Class{
	chaos.Safe: idem.Safe, chaos.Keyed: idem.Keyed, chaos.Idempotent: idem.Idempotent, chaos.KeyUnverified: idem.KeyUnverified,
}

var claimOf = map[idem.Outcome]chaos.Claim{
	idem.OutcomeUnknown: chaos.Unknown, idem.OutcomeNotSent: chaos.NotSent, idem.OutcomeRejected: chaos.Rejected, idem.OutcomeDone: chaos.Done,
}

func refOf(op chaos.Op, isJournal bool) string {
	if !isJournal {
		return ""
	}
	return op.Key
}

func keyOf(t *testing.T, op chaos.Op, isJournal bool) idem.Key {
	t.Helper()
	if op.Key == "" || isJournal {
		return idem.Key{}
	}
	k, err := idem.UnsentKey(op.Key)
	if !op.SentSince.IsZero() {
		k, err = idem.SentKey(op.Key, op.SentSince)
	}
	require.NoError(t, err)
	return k
}

func reread(ctx context.Context, e *idem.Engine, op chaos.Op) (*idem.Response, idem.State) {
	r := e.Do(ctx, idem.Call{Request: idem.Request{
		Operation: operationOf(chaos.Safe),
		Method:    http.MethodGet,
		Path:      "/read/" + op.ID,
	}})
	if r.Err != nil {
		return &idem.Response{Status: 200, Body: []byte(`{"status":"cancelled"}`)}, idem.StateUnread
	}
	if !strings.Contains(string(r.Response.Body), `"cancelled"`) {
		return nil, idem.StateDiffers
	}
	return r.Response, idem.StateHolds
}

func operationOf(class chaos.Class) idem.Operation {
	return idem.Operation{Name: string(class), Class: classOf[class], Success: []int{200, 201}, Prove: prove(class)}
}

var confirms = map[chaos.Class]func(*idem.Response) bool{
	chaos.Idempotent: func(a *idem.Response) bool { return strings.Contains(string(a.Body), `"cancelled"`) },
}

func ownTransport(w *chaos.Simulation) http.RoundTripper {
	return &http.Transport{DialContext: w.DialContext}
}

// withoutHeld is the mix for transports of others. They do not close with
// linger 0: a request which is held back and given up arrives at any time there
// (A1). And none but the engine's own connections know a response that lay
// there before (A8).
func withoutHeld() chaos.Faults {
	f := chaos.DefaultFaults()
	f.Mix = chaos.DefaultMix()
	delete(f.Mix, chaos.HeldRequest)
	delete(f.Mix, chaos.ExtraResponse)
	return f
}

// TestProperty_ZeroDuplicatesZeroLies works operations of all classes through a
// server that knows the truth, under faults at every point, sleeping clocks,
// restarts, keys that several calls and clients share, and a journal in
// trouble.
func TestProperty_ZeroDuplicatesZeroLies(t *testing.T) {
	for name, row := range map[string]struct {
		profile   idem.Profile
		rules     chaos.Rules
		faults    chaos.Faults
		transport func(*chaos.Simulation) http.RoundTripper
		policy    idem.Policy
		journal   bool
	}{
		"own transport": {bardgeProfile(), chaos.BardgeRules(), chaos.DefaultFaults(), ownTransport, idem.Policy{}, false},
		"three attempts": {
			bardgeProfile(), chaos.BardgeRules(), chaos.DefaultFaults(), ownTransport,
			idem.Policy{MaxAttempts: 3, AttemptTimeout: 30 * time.Second, DisableRetryBudget: true},
			false,
		},
		"foreign transport": {
			bardgeProfile(), chaos.BardgeRules(), withoutHeld(),
			func(w *chaos.Simulation) http.RoundTripper { return wrapped{ownTransport(w)} },
			idem.Policy{},
			false,
		},
		"foreign transport that does not trace": {
			bardgeProfile(), chaos.BardgeRules(), withoutHeld(),
			func(w *chaos.Simulation) http.RoundTripper { return silent{ownTransport(w)} },
			idem.Policy{},
			false,
		},
		"second vendor": {secondProfile(), chaos.SecondRules(), chaos.DefaultFaults(), ownTransport, idem.Policy{}, false},
		"refs and a journal that fails": {
			bardgeProfile(), chaos.BardgeRules(), chaos.DefaultFaults(), ownTransport, idem.Policy{}, true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			var sum chaos.Report
			for seed := range uint64(*seeds) {
				t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						var j journal.Journal
						if row.journal {
							j = journaltest.NewFaulty(rand.New(rand.NewPCG(seed, 1)))
						}
						cfg := chaos.Config{Seed: seed, Rules: row.rules, Faults: row.faults}
						r := chaos.Run(cfg, chaos.DefaultLoad(), func(w *chaos.Simulation) chaos.Client {
							return client(t, w, idem.Config{
								Profile: row.profile, Policy: row.policy, Transport: row.transport(w), Journal: j,
							})
						})
						assert.Zero(t, r.Duplicates, r)
						assert.Zero(t, r.Lies, r)
						sum.Add(r)
					})
				})
			}
			t.Log(sum)
			assert.Greater(t, sum.Success(), 0.6, "enough is done for the zeros to mean something: %s", sum)
		})
	}
}

// TestProperty_SettledByHand is the same with a person who resolves what is in
// doubt, and a server that is mostly away, so that much is sent late.
func TestProperty_SettledByHand(t *testing.T) {
	for name, policy := range map[string]idem.Policy{
		"defaults": {}, "long attempts": {AttemptTimeout: time.Minute, DisableRetryBudget: true},
	} {
		t.Run(name, func(t *testing.T) {
			var sum chaos.Report
			for seed := range uint64(*seeds) {
				t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						j := journaltest.NewFaulty(rand.New(rand.NewPCG(seed, 2)))
						load := chaos.DefaultLoad()
						load.ForeignKeys = 0 // whose record it settles would not be known
						load.Restarts, load.Calm = []time.Duration{60 * time.Second, 80 * time.Second}, 20*time.Second
						cfg := chaos.Config{Seed: seed, Rules: chaos.BardgeRules(), Faults: chaos.DefaultFaults()}
						r := chaos.Run(cfg, load, func(w *chaos.Simulation) chaos.Client {
							return settling(t, w, idem.Config{
								Profile: bardgeProfile(), Policy: policy, Transport: ownTransport(w), Journal: j,
							})
						})
						assert.Zero(t, r.Duplicates, r)
						assert.Zero(t, r.Lies, r)
						sum.Add(r)
					})
				})
			}
			t.Log(sum)
			assert.Greater(t, sum.Success(), 0.6, "enough is done for the zeros to mean something: %s", sum)
		})
	}
}
