package bluesnap_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/journal"
)

// crash pays in a process that dies before it hears the answer, and returns the
// merchantTransactionId that it sent.
func crash(t *testing.T, w *world, params bluesnap.CardTransactionParams) string {
	t.Helper()
	_, resp, err := w.client.Transactions.Create(t.Context(), params, bluesnap.WithRef("order-17"), bluesnap.WithMaxAttempts(1),
		bluesnap.WithHeader("X-Lane", "7"))
	assert.Equal(t, bluesnap.OutcomeUnknown, bluesnap.OutcomeOf(err))
	return resp.MerchantTransactionID
}

func recovered(t *testing.T, w *world) *bluesnap.RecoveryResult {
	t.Helper()
	var all []*bluesnap.RecoveryResult
	for r, err := range w.client.Recover(t.Context()) {
		require.NoError(t, err)
		all = append(all, r)
	}
	require.Len(t, all, 1)
	return all[0]
}

func withJournal() bluesnap.Option { return bluesnap.WithJournal(journal.NewMemory(), "acme") }

func TestTheSDKNamesAPaymentByItsKeyOrRef(t *testing.T) {
	inWorld(t, steps(pays), func(t *testing.T, w *world) {
		pay := func(params bluesnap.CardTransactionParams, opts ...bluesnap.CallOption) string {
			_, resp, err := w.client.Transactions.Create(t.Context(), params, opts...)
			require.NoError(t, err)
			all := w.requests()
			var sent struct {
				Tag string `json:"merchantTransactionId"`
			}
			require.NoError(t, json.Unmarshal([]byte(all[len(all)-1].body), &sent))
			assert.Equal(t, sent.Tag, resp.MerchantTransactionID)
			return sent.Tag
		}
		own := curl()
		own.MerchantTransactionID = "order-17"
		assert.Equal(t, "order-17", pay(own))

		key := bluesnap.NewKey()
		first := pay(curl(), bluesnap.WithIdempotencyKey(key))
		assert.Regexp(t, `^bluesnap-go-[0-9a-f]{32}$`, first)
		assert.Equal(t, first, pay(curl(), bluesnap.WithIdempotencyKey(key)), "the same key, the same bytes")
		assert.NotEqual(t, first, pay(curl()))
		assert.NotEqual(t, pay(curl(), bluesnap.WithRef("a")), pay(curl(), bluesnap.WithRef("b")))
	}, withJournal())
}

func TestJ4_RecoverPaysWithin12Hours(t *testing.T) {
	inWorld(t, steps(loses, pays), func(t *testing.T, w *world) {
		crash(t, w, curl())
		time.Sleep(11 * time.Hour)
		r := recovered(t, w)
		assert.Equal(t, bluesnap.OutcomeDone, r.Outcome)
		require.NoError(t, r.Err)
		require.Len(t, w.requests(), 2)
		w.oneKey(t)

		value, resp, err := w.client.Transactions.Create(t.Context(), curl(), bluesnap.WithRef("order-17"))
		require.NoError(t, err)
		assert.True(t, resp.FromJournal)
		assert.Equal(t, bluesnap.ID("38504888"), value.TransactionID)
		assert.Len(t, w.requests(), 2)
	}, withJournal())
}

func TestJ11_AfterTheWindowRecoverLooksThePaymentUp(t *testing.T) {
	const ours = `{"transactionId":"5","amount":11,"currency":"USD","merchantTransactionId":"%s","processingInfo":{"processingStatus":"%s"}}`
	for name, row := range map[string]struct {
		found    string
		status   int
		tag      string // of the answer; empty: the one that was sent
		own      string // the caller's merchantTransactionId
		opts     []bluesnap.Option
		done     bool
		evidence string
		reads    int
	}{
		"found":            {found: "SUCCESS", done: true, evidence: "transaction 5 has its merchantTransactionId", reads: 1},
		"found, pending":   {found: "PENDING", done: true, evidence: "transaction 5 has its merchantTransactionId", reads: 1},
		"found, failed":    {found: "FAIL", evidence: "transaction 5 has failed", reads: 1},
		"another's":        {found: "SUCCESS", tag: "x", evidence: "transaction 5 does not tell that merchantTransactionId", reads: 1},
		"several":          {status: 400, evidence: "several transactions have its merchantTransactionId", reads: 1},
		"none, perhaps":    {status: 403, evidence: "no transaction with its merchantTransactionId is to be seen", reads: 1},
		"unreadable":       {status: 404, evidence: "", reads: 1},
		"the caller's own": {own: "order-17", evidence: "its merchantTransactionId is the caller's own, and may be that of another payment"},
		"the caller's own, which is unique": {
			found: "SUCCESS", own: "order-17", opts: []bluesnap.Option{bluesnap.WithUniqueTransactionIDs()},
			done: true, evidence: "transaction 5 has its merchantTransactionId", reads: 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			var tag string
			look := func(w http.ResponseWriter, r *http.Request) {
				assert.True(t, strings.HasSuffix(r.URL.EscapedPath(), tag+",400111"))
				switch row.status {
				case 0:
					said := tag
					if row.tag != "" {
						said = row.tag
					}
					says(200, fmt.Sprintf(ours, said, row.found))(w, r)
				case 400:
					refuses(400, "20002", "MULTIPLE_TRANSACTIONS_FOUND")(w, r)
				default:
					refuses(row.status, "1", "X")(w, r)
				}
			}
			inWorld(t, steps(loses, look), func(t *testing.T, w *world) {
				params := curl()
				params.MerchantTransactionID = row.own
				tag = crash(t, w, params)
				time.Sleep(13 * time.Hour)
				r := recovered(t, w)
				assert.Equal(t, row.evidence, r.Evidence)
				assert.Len(t, w.requests(), 1+row.reads, "never sent again")
				for _, read := range w.requests() {
					assert.Equal(t, "7", read.header.Get("X-Lane"), "with the call's own headers")
				}
				assert.Equal(t, tag, r.Response.MerchantTransactionID)
				if !row.done {
					assert.Equal(t, bluesnap.OutcomeUnknown, r.Outcome)
					assert.ErrorIs(t, r.Err, bluesnap.ErrKeyExpired)
					return
				}
				assert.Equal(t, bluesnap.OutcomeDone, r.Outcome)
				require.NoError(t, r.Err)
				value, resp, err := w.client.Transactions.Create(t.Context(), params, bluesnap.WithRef("order-17"))
				require.NoError(t, err)
				assert.True(t, resp.FromJournal)
				assert.Equal(t, bluesnap.ID("5"), value.TransactionID)
			}, append([]bluesnap.Option{withJournal(), bluesnap.WithMerchantID("400111")}, row.opts...)...)
		})
	}
}

func TestJ11_APaymentOfAnotherAmountProvesNothing(t *testing.T) {
	for name, found := range map[string]string{
		"amount":   `{"transactionId":"5","amount":12,"currency":"USD","merchantTransactionId":"%s"}`,
		"currency": `{"transactionId":"5","amount":11,"currency":"EUR","merchantTransactionId":"%s"}`,
		"no id":    `{"amount":11,"currency":"USD","merchantTransactionId":"%s"}`,
	} {
		t.Run(name, func(t *testing.T) {
			var tag string
			look := func(w http.ResponseWriter, r *http.Request) { says(200, fmt.Sprintf(found, tag))(w, r) }
			inWorld(t, steps(loses, look), func(t *testing.T, w *world) {
				tag = crash(t, w, curl())
				time.Sleep(13 * time.Hour)
				assert.Equal(t, bluesnap.OutcomeUnknown, recovered(t, w).Outcome)
			}, withJournal(), bluesnap.WithMerchantID("400111"))
		})
	}
}

func TestWithoutTheMerchantIDNothingIsLookedUp(t *testing.T) {
	inWorld(t, steps(loses), func(t *testing.T, w *world) {
		crash(t, w, curl())
		time.Sleep(13 * time.Hour)
		r := recovered(t, w)
		assert.Equal(t, "the merchant id is needed to look for it", r.Evidence)
		assert.Len(t, w.requests(), 1)
		assert.NotContains(t, fmt.Sprintf("%+v", r), "4263982640269299")
	}, withJournal())
}

func TestAnAltTransactionIsLookedUpAmongItsOwnKind(t *testing.T) {
	inWorld(t, steps(loses, says(403, "")), func(t *testing.T, w *world) {
		_, _, err := w.client.AltTransactions.Create(t.Context(), bluesnap.AltTransactionParams{Amount: "1", Currency: "USD"},
			bluesnap.WithRef("order-17"), bluesnap.WithMaxAttempts(1))
		require.Error(t, err)
		time.Sleep(13 * time.Hour)
		assert.Equal(t, bluesnap.OutcomeUnknown, recovered(t, w).Outcome)
		assert.Contains(t, w.requests()[1].path, "/services/2/alt-transactions/bluesnap-go-")
	}, withJournal(), bluesnap.WithMerchantID("400111"))
}

func TestACaptureIsTakenUpAtAnyTime(t *testing.T) {
	captured := says(200, `{"cardTransactionType":"CAPTURE","transactionId":7}`)
	inWorld(t, steps(loses, refuses(404, "1", "GONE"), refuses(400, "20010", "TRANSACTION_ALREADY_CAPTURED"), captured), func(t *testing.T, w *world) {
		_, _, err := w.client.Transactions.Capture(t.Context(), bluesnap.CaptureParams{TransactionID: "7"},
			bluesnap.WithRef("order-17"), bluesnap.WithMaxAttempts(1), bluesnap.WithHeader("X-Lane", "7"))
		require.Error(t, err)
		time.Sleep(48 * time.Hour)
		r := recovered(t, w)
		assert.Equal(t, bluesnap.OutcomeDone, r.Outcome)
		assert.True(t, r.Response.Recovered)
		assert.Equal(t, "/services/2/transactions/7", w.requests()[3].path)
		assert.Equal(t, "7", w.requests()[3].header.Get("X-Lane"))
	}, withJournal())
}

// The same ref of a part that may have been captured is not sent again, by nobody.
func TestAPartIsNeverTakenUp(t *testing.T) {
	part := bluesnap.CaptureParams{TransactionID: "7", Amount: "5"}
	inWorld(t, steps(loses), func(t *testing.T, w *world) {
		for range 2 {
			_, _, err := w.client.Transactions.Capture(t.Context(), part, bluesnap.WithRef("order-17"))
			assert.Equal(t, bluesnap.OutcomeUnknown, bluesnap.OutcomeOf(err))
		}
		assert.Equal(t, bluesnap.OutcomeUnknown, recovered(t, w).Outcome)
		assert.Len(t, w.requests(), 1)
	}, withJournal())
}

func TestACallersReconcilerIsAsked(t *testing.T) {
	var asked bluesnap.PendingOperation
	books := func(_ context.Context, o bluesnap.PendingOperation) (bluesnap.ReconcileResult, error) {
		asked = o
		return bluesnap.ReconcileResult{Done: true, ID: "9", Evidence: "the books"}, nil
	}
	inWorld(t, steps(loses), func(t *testing.T, w *world) {
		plan := bluesnap.PlanParams{Name: "Gold"}
		_, _, err := w.client.Subscriptions.CreatePlan(t.Context(), plan, bluesnap.WithRef("plan-1"), bluesnap.WithMaxAttempts(1))
		require.Error(t, err)
		time.Sleep(13 * time.Hour)
		r := recovered(t, w)
		assert.Equal(t, bluesnap.OutcomeDone, r.Outcome)
		assert.Equal(t, "the books", r.Evidence)
		assert.Equal(t, "CreatePlan", asked.Operation)
		assert.JSONEq(t, `{"name":"Gold"}`, string(asked.Body))
		value, _, err := w.client.Subscriptions.CreatePlan(t.Context(), plan, bluesnap.WithRef("plan-1"))
		require.NoError(t, err)
		assert.Equal(t, bluesnap.ID("9"), value.PlanID)
	}, withJournal(), bluesnap.WithReconciler("CreatePlan", books))

	lost := func(context.Context, bluesnap.PendingOperation) (bluesnap.ReconcileResult, error) {
		return bluesnap.ReconcileResult{}, errors.New("no books")
	}
	inWorld(t, steps(loses), func(t *testing.T, w *world) {
		crash(t, w, curl())
		time.Sleep(13 * time.Hour)
		assert.Equal(t, bluesnap.OutcomeUnknown, recovered(t, w).Outcome)
	}, withJournal(), bluesnap.WithReconciler("CreateCardTransaction", lost))
}

func TestResolve(t *testing.T) {
	inWorld(t, steps(loses), func(t *testing.T, w *world) {
		crash(t, w, curl())
		require.ErrorIs(t, w.client.Resolve(t.Context(), "order-17", bluesnap.NotExecuted()), bluesnap.ErrMayBeExecuting)
		require.ErrorIs(t, w.client.Resolve(t.Context(), "order-17", bluesnap.Executed("5")), bluesnap.ErrNotVerified, "it cannot be read")
		require.NoError(t, w.client.Resolve(t.Context(), "order-17", bluesnap.Executed("5").Unverified()))
		require.ErrorIs(t, w.client.Resolve(t.Context(), "order-17", bluesnap.NotExecuted()), bluesnap.ErrMayBeExecuting)
		value, resp, err := w.client.Transactions.Create(t.Context(), curl(), bluesnap.WithRef("order-17"))
		require.NoError(t, err)
		assert.Equal(t, bluesnap.ID("5"), value.TransactionID)
		assert.True(t, resp.FromJournal)

		_, _, err = w.client.Vendors.Create(t.Context(), bluesnap.VendorParams{}, bluesnap.WithMaxAttempts(1))
		var e *bluesnap.Error
		require.ErrorAs(t, err, &e)
		require.NoError(t, w.client.ResolveID(t.Context(), "key:"+e.Key.String(), bluesnap.Executed("6")))
		vendor, _, err := w.client.Vendors.Create(t.Context(), bluesnap.VendorParams{}, bluesnap.WithIdempotencyKey(e.Key))
		require.NoError(t, err)
		assert.Equal(t, bluesnap.ID("6"), vendor.VendorID)

		for name, bad := range map[string]error{
			"no ref":        w.client.Resolve(t.Context(), "", bluesnap.NotExecuted()),
			"no id":         w.client.ResolveID(t.Context(), "", bluesnap.NotExecuted()),
			"no word":       w.client.Resolve(t.Context(), "order-17", bluesnap.Resolution{}),
			"no operation":  w.client.Resolve(t.Context(), "order-18", bluesnap.Executed("5")),
			"taken already": settleTaken(t, w),
		} {
			assert.Error(t, bad, name)
		}
	}, withJournal())
	inWorld(t, steps(pays), func(t *testing.T, w *world) {
		assert.Error(t, w.client.Resolve(t.Context(), "order-17", bluesnap.NotExecuted()), "without a journal")
		for _, err := range w.client.Recover(t.Context()) {
			assert.Error(t, err)
		}
	})
}

// settleTaken says of another operation that it made transaction 5 too.
func settleTaken(t *testing.T, w *world) error {
	t.Helper()
	_, _, err := w.client.Transactions.Create(t.Context(), curl(), bluesnap.WithRef("order-19"), bluesnap.WithMaxAttempts(1))
	require.Error(t, err)
	err = w.client.Resolve(t.Context(), "order-19", bluesnap.Executed("5").Unverified())
	require.ErrorIs(t, err, bluesnap.ErrResourceTaken)
	return err
}

// A ref that was done stays so, whatever a later call is refused for.
func TestR21_ABadArgumentSaysNothingOfItsRef(t *testing.T) {
	inWorld(t, steps(loses), func(t *testing.T, w *world) {
		for name, refused := range map[string]func(bluesnap.CallOption) error{
			"no document": func(ref bluesnap.CallOption) error {
				_, _, err := w.client.Documents.CreateOrder(t.Context(), nil, ref)
				return err
			},
			"no transaction": func(ref bluesnap.CallOption) error {
				_, _, err := w.client.Transactions.Capture(t.Context(), bluesnap.CaptureParams{}, ref)
				return err
			},
			"a bad option": func(ref bluesnap.CallOption) error {
				_, _, err := w.client.Documents.CreateOrder(t.Context(), []byte("<order/>"), ref, bluesnap.WithMaxAttempts(-1))
				return err
			},
		} {
			err := refused(bluesnap.WithRef("order-1"))
			assert.ErrorAs(t, err, new(*bluesnap.InvalidError), name)
			assert.Equal(t, bluesnap.OutcomeUnknown, bluesnap.OutcomeOf(err), name)
		}
	}, withJournal())
}

// A part is asked for once: looking does not send it.
func TestJ10_APartCanBeSettledAfterRecoverHasLooked(t *testing.T) {
	inWorld(t, steps(loses), func(t *testing.T, w *world) {
		_, _, err := w.client.Transactions.Capture(t.Context(),
			bluesnap.CaptureParams{TransactionID: "5", Amount: "1.00"}, bluesnap.WithRef("order-1"))
		require.Equal(t, bluesnap.OutcomeUnknown, bluesnap.OutcomeOf(err))
		time.Sleep(48 * time.Hour)
		recovered(t, w)
		assert.NoError(t, w.client.Resolve(t.Context(), "order-1", bluesnap.NotExecuted()))
	}, withJournal())
}

// Twelve hours are for what a key protects.
func TestJ10_NotExecutedWaitsForTheWindowOfAKeyAlone(t *testing.T) {
	for name, row := range map[string]struct {
		lose func(t *testing.T, w *world)
		wait time.Duration
	}{
		"a payment": {func(t *testing.T, w *world) { t.Helper(); crash(t, w, curl()) }, 12*time.Hour + 12*time.Minute + 10*time.Second},
		"a part": {func(t *testing.T, w *world) {
			t.Helper()
			_, _, err := w.client.Transactions.Capture(t.Context(), bluesnap.CaptureParams{TransactionID: "7", Amount: "5.00"},
				bluesnap.WithRef("order-17"))
			require.Error(t, err)
		}, 130 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, steps(loses), func(t *testing.T, w *world) {
				row.lose(t, w)
				time.Sleep(row.wait - time.Second)
				settle := func() error { return w.client.Resolve(t.Context(), "order-17", bluesnap.NotExecuted()) }
				require.ErrorIs(t, settle(), bluesnap.ErrMayBeExecuting)
				time.Sleep(2 * time.Second)
				require.NoError(t, settle())
			}, withJournal())
		})
	}
}

func TestJ9_ThePasswordIsTheSecretAndTheNewestSeals(t *testing.T) {
	newest := []byte("32 random bytes from this year..")
	for _, pair := range [][2][]bluesnap.Option{
		{nil, {bluesnap.WithJournalSecret([]byte(testPassword))}},
		{{bluesnap.WithJournalSecret(newest, []byte("the secret of last year"))}, {bluesnap.WithJournalSecret(newest)}},
	} {
		inWorld(t, steps(pays), func(t *testing.T, w *world) {
			opt := withJournal()
			for _, opts := range pair {
				c := w.newClient(t, append(opts, opt)...)
				t.Cleanup(c.CloseIdleConnections)
				_, _, err := c.Transactions.Create(t.Context(), curl(), bluesnap.WithRef("order-17"))
				require.NoError(t, err)
			}
			assert.Len(t, w.requests(), 1)
		})
	}
}

// forgetful cannot record that something is done.
type forgetful struct{ *journal.Memory }

func (f forgetful) Save(ctx context.Context, r journal.Record) (bool, error) {
	if r.Outcome == journal.OutcomeDone {
		return false, errors.New("disk full")
	}
	return f.Memory.Save(ctx, r)
}

func TestJ5_ASuccessThatWasNotRecordedSaysSo(t *testing.T) {
	inWorld(t, steps(pays), func(t *testing.T, w *world) {
		_, resp, err := w.client.Transactions.Create(t.Context(), curl(), bluesnap.WithRef("order-17"))
		require.NoError(t, err)
		assert.ErrorIs(t, resp.RecordErr, bluesnap.ErrJournal)
		assert.Contains(t, resp.String(), "not recorded")
	}, bluesnap.WithJournal(forgetful{journal.NewMemory()}, "acme"))
}

func TestJ11_WhatAnotherPaymentMadeProvesNothing(t *testing.T) {
	own := curl()
	own.MerchantTransactionID = "order-17"
	found := says(200, `{"transactionId":"38504888","amount":11,"currency":"USD","merchantTransactionId":"order-17"}`)
	inWorld(t, steps(pays, loses, found), func(t *testing.T, w *world) {
		_, _, err := w.client.Transactions.Create(t.Context(), own, bluesnap.WithRef("order-16"))
		require.NoError(t, err)
		crash(t, w, own)
		time.Sleep(13 * time.Hour)
		r := recovered(t, w)
		assert.Equal(t, bluesnap.OutcomeUnknown, r.Outcome, r.Evidence)
		assert.ErrorContains(t, r.Err, "belongs to another operation")
	}, withJournal(), bluesnap.WithMerchantID("400111"), bluesnap.WithUniqueTransactionIDs())
}

func TestJ10_ACaptureThatWasSentAgainMayStillRun(t *testing.T) {
	inWorld(t, steps(loses), func(t *testing.T, w *world) {
		_, _, err := w.client.Transactions.Capture(t.Context(), bluesnap.CaptureParams{TransactionID: "7"},
			bluesnap.WithRef("order-1"), bluesnap.WithMaxAttempts(1))
		require.Error(t, err)
		time.Sleep(48 * time.Hour)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		for range w.client.Recover(ctx) {
			break
		}
		word := func() error { return w.client.Resolve(t.Context(), "order-1", bluesnap.NotExecuted()) }
		time.Sleep(2 * time.Minute)
		assert.ErrorIs(t, word(), bluesnap.ErrMayBeExecuting)
		time.Sleep(20 * time.Second)
		assert.NoError(t, word())
	}, withJournal())
}

// A later version must find what this one has sent.
func TestTheTagOfARefStaysWhatItIs(t *testing.T) {
	for address, want := range map[string]string{
		bluesnap.ProductionURL: "bluesnap-go-7a63e3e372e60570ee36bdb66a7c42da",
		bluesnap.SandboxURL:    "bluesnap-go-a1d9c3dc5d442bc36b7396a1342b9990",
	} {
		for _, slash := range []string{"", "/"} {
			broken := roundTripper(func(*http.Request) (*http.Response, error) { return nil, errors.New("broken") })
			c, err := bluesnap.New("u", "p", bluesnap.WithBaseURL(address+slash),
				bluesnap.WithHTTPClient(&http.Client{Transport: broken}), withJournal(),
				bluesnap.WithJournalSecret([]byte("a secret of 16 bytes or more")))
			require.NoError(t, err)
			_, resp, err := c.Transactions.Create(t.Context(), curl(), bluesnap.WithRef("order-17"), bluesnap.WithMaxAttempts(1))
			require.Error(t, err)
			assert.Equal(t, want, resp.MerchantTransactionID)
		}
	}
}
