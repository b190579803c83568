package scenarios

import (
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
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/journal"
)

func crash(t *testing.T, s *sdktest.BlueSnap, params bluesnap.CardTransactionParams) string {
	t.Helper()
	_, resp, err := s.Client.Transactions.Create(t.Context(), params, bluesnap.WithRef("order-17"), bluesnap.WithMaxAttempts(1),
		bluesnap.WithHeader("X-Lane", "7"))
	assert.Equal(t, bluesnap.OutcomeUnknown, bluesnap.OutcomeOf(err))
	return resp.MerchantTransactionID
}

func recovered(t *testing.T, s *sdktest.BlueSnap) *bluesnap.RecoveryResult {
	t.Helper()
	var all []*bluesnap.RecoveryResult
	for r, err := range s.Client.Recover(t.Context()) {
		require.NoError(t, err)
		all = append(all, r)
	}
	require.Len(t, all, 1)
	return all[0]
}

func withJournal() bluesnap.Option { return bluesnap.WithJournal(journal.NewMemory(), "acme") }

func TestTheSDKNamesAPaymentByItsKeyOrRef(t *testing.T) {
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Pay}, func(t *testing.T, s *sdktest.BlueSnap) {
		pay := func(params bluesnap.CardTransactionParams, opts ...bluesnap.CallOption) string {
			_, resp, err := s.Client.Transactions.Create(t.Context(), params, opts...)
			require.NoError(t, err)
			all := s.Requests()
			var sent struct {
				Tag string `json:"merchantTransactionId"`
			}
			require.NoError(t, json.Unmarshal([]byte(all[len(all)-1].Body), &sent))
			assert.Equal(t, sent.Tag, resp.MerchantTransactionID)
			return sent.Tag
		}
		own := sdktest.Payment()
		own.MerchantTransactionID = "order-17"
		assert.Equal(t, "order-17", pay(own))

		key := bluesnap.NewKey()
		first := pay(sdktest.Payment(), bluesnap.WithIdempotencyKey(key))
		assert.Regexp(t, `^bluesnap-go-[0-9a-f]{32}$`, first)
		assert.Equal(t, first, pay(sdktest.Payment(), bluesnap.WithIdempotencyKey(key)), "the same key, the same bytes")
		assert.NotEqual(t, first, pay(sdktest.Payment()))
		assert.NotEqual(t, pay(sdktest.Payment(), bluesnap.WithRef("a")), pay(sdktest.Payment(), bluesnap.WithRef("b")))
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
					sdktest.Respond(200, fmt.Sprintf(ours, said, row.found))(w, r)
				case 400:
					sdktest.RefuseWith(400, "20002", "MULTIPLE_TRANSACTIONS_FOUND")(w, r)
				default:
					sdktest.RefuseWith(row.status, "1", "X")(w, r)
				}
			}
			sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Lose, look}, func(t *testing.T, s *sdktest.BlueSnap) {
				params := sdktest.Payment()
				params.MerchantTransactionID = row.own
				tag = crash(t, s, params)
				time.Sleep(13 * time.Hour)
				r := recovered(t, s)
				assert.Equal(t, row.evidence, r.Evidence)
				assert.Len(t, s.Requests(), 1+row.reads, "never sent again")
				for _, read := range s.Requests() {
					assert.Equal(t, "7", read.Header.Get("X-Lane"), "with the call's own headers")
				}
				assert.Equal(t, tag, r.Response.MerchantTransactionID)
				if !row.done {
					assert.Equal(t, bluesnap.OutcomeUnknown, r.Outcome)
					assert.ErrorIs(t, r.Err, bluesnap.ErrKeyExpired)
					return
				}
				assert.Equal(t, bluesnap.OutcomeDone, r.Outcome)
				require.NoError(t, r.Err)
				value, resp, err := s.Client.Transactions.Create(t.Context(), params, bluesnap.WithRef("order-17"))
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
			look := func(w http.ResponseWriter, r *http.Request) { sdktest.Respond(200, fmt.Sprintf(found, tag))(w, r) }
			sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Lose, look}, func(t *testing.T, s *sdktest.BlueSnap) {
				tag = crash(t, s, sdktest.Payment())
				time.Sleep(13 * time.Hour)
				assert.Equal(t, bluesnap.OutcomeUnknown, recovered(t, s).Outcome)
			}, withJournal(), bluesnap.WithMerchantID("400111"))
		})
	}
}

func TestWithoutTheMerchantIDNothingIsLookedUp(t *testing.T) {
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Lose}, func(t *testing.T, s *sdktest.BlueSnap) {
		crash(t, s, sdktest.Payment())
		time.Sleep(13 * time.Hour)
		r := recovered(t, s)
		assert.Equal(t, "the merchant id is needed to look for it", r.Evidence)
		assert.Len(t, s.Requests(), 1)
		assert.NotContains(t, fmt.Sprintf("%+v", r), "4263982640269299")
	}, withJournal())
}

func TestAnAltTransactionIsLookedUpAmongItsOwnKind(t *testing.T) {
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Lose, sdktest.Respond(403, "")}, func(t *testing.T, s *sdktest.BlueSnap) {
		_, _, err := s.Client.AltTransactions.Create(t.Context(), bluesnap.AltTransactionParams{Amount: "1", Currency: "USD"},
			bluesnap.WithRef("order-17"), bluesnap.WithMaxAttempts(1))
		require.Error(t, err)
		time.Sleep(13 * time.Hour)
		assert.Equal(t, bluesnap.OutcomeUnknown, recovered(t, s).Outcome)
		assert.Contains(t, s.Requests()[1].Path, "/services/2/alt-transactions/bluesnap-go-")
	}, withJournal(), bluesnap.WithMerchantID("400111"))
}

func TestACaptureIsTakenUpAtAnyTime(t *testing.T) {
	captured := sdktest.Respond(200, `{"cardTransactionType":"CAPTURE","transactionId":7}`)
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Lose, sdktest.RefuseWith(404, "1", "GONE"), sdktest.RefuseWith(400, "20010", "TRANSACTION_ALREADY_CAPTURED"), captured}, func(t *testing.T, s *sdktest.BlueSnap) {
		_, _, err := s.Client.Transactions.Capture(t.Context(), bluesnap.CaptureParams{TransactionID: "7"},
			bluesnap.WithRef("order-17"), bluesnap.WithMaxAttempts(1), bluesnap.WithHeader("X-Lane", "7"))
		require.Error(t, err)
		time.Sleep(48 * time.Hour)
		r := recovered(t, s)
		assert.Equal(t, bluesnap.OutcomeDone, r.Outcome)
		assert.True(t, r.Response.Recovered)
		assert.Equal(t, "/services/2/transactions/7", s.Requests()[3].Path)
		assert.Equal(t, "7", s.Requests()[3].Header.Get("X-Lane"))
	}, withJournal())
}

func TestAPartIsNeverTakenUp(t *testing.T) {
	part := bluesnap.CaptureParams{TransactionID: "7", Amount: "5"}
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Lose}, func(t *testing.T, s *sdktest.BlueSnap) {
		for range 2 {
			_, _, err := s.Client.Transactions.Capture(t.Context(), part, bluesnap.WithRef("order-17"))
			assert.Equal(t, bluesnap.OutcomeUnknown, bluesnap.OutcomeOf(err))
		}
		assert.Equal(t, bluesnap.OutcomeUnknown, recovered(t, s).Outcome)
		assert.Len(t, s.Requests(), 1)
	}, withJournal())
}

// A part is requested once: reading does not send it.
func TestJ10_APartCanBeSettledAfterRecoverHasLooked(t *testing.T) {
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Lose}, func(t *testing.T, s *sdktest.BlueSnap) {
		_, _, err := s.Client.Transactions.Capture(t.Context(),
			bluesnap.CaptureParams{TransactionID: "5", Amount: "1.00"}, bluesnap.WithRef("order-1"))
		require.Equal(t, bluesnap.OutcomeUnknown, bluesnap.OutcomeOf(err))
		time.Sleep(48 * time.Hour)
		recovered(t, s)
		assert.NoError(t, s.Client.Resolve(t.Context(), "order-1", bluesnap.NotExecuted()))
	}, withJournal())
}

// Twelve hours are for what a key protects.
func TestJ10_NotExecutedOfAPartWaitsForNoWindow(t *testing.T) {
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Lose}, func(t *testing.T, s *sdktest.BlueSnap) {
		_, _, err := s.Client.Transactions.Capture(t.Context(), bluesnap.CaptureParams{TransactionID: "7", Amount: "5.00"},
			bluesnap.WithRef("order-17"))
		require.Error(t, err)
		time.Sleep(129 * time.Second)
		resolve := func() error { return s.Client.Resolve(t.Context(), "order-17", bluesnap.NotExecuted()) }
		require.ErrorIs(t, resolve(), bluesnap.ErrMayBeExecuting)
		time.Sleep(2 * time.Second)
		require.NoError(t, resolve())
	}, withJournal())
}

// A vendor's id comes in a header, as the statement's does.
func TestJ10_ExecutedOfAVendorGivesItsID(t *testing.T) {
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Lose}, func(t *testing.T, s *sdktest.BlueSnap) {
		_, _, err := s.Client.Vendors.Create(t.Context(), bluesnap.VendorParams{}, bluesnap.WithMaxAttempts(1))
		key := bluesnap.KeyOf(err)
		require.NoError(t, s.Client.ResolveID(t.Context(), "key:"+key.String(), bluesnap.Executed("6")))
		vendor, _, err := s.Client.Vendors.Create(t.Context(), bluesnap.VendorParams{}, bluesnap.WithIdempotencyKey(key))
		require.NoError(t, err)
		assert.Equal(t, bluesnap.ID("6"), vendor.VendorID)
	}, withJournal())
}

func TestJ11_WhatAnotherPaymentMadeProvesNothing(t *testing.T) {
	own := sdktest.Payment()
	own.MerchantTransactionID = "order-17"
	found := sdktest.Respond(200, `{"transactionId":"38504888","amount":11,"currency":"USD","merchantTransactionId":"order-17"}`)
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Pay, sdktest.Lose, found}, func(t *testing.T, s *sdktest.BlueSnap) {
		_, _, err := s.Client.Transactions.Create(t.Context(), own, bluesnap.WithRef("order-16"))
		require.NoError(t, err)
		crash(t, s, own)
		time.Sleep(13 * time.Hour)
		r := recovered(t, s)
		assert.Equal(t, bluesnap.OutcomeUnknown, r.Outcome, r.Evidence)
		assert.ErrorContains(t, r.Err, "belongs to another operation")
	}, withJournal(), bluesnap.WithMerchantID("400111"), bluesnap.WithUniqueTransactionIDs())
}

func TestTheTagOfARefStaysWhatItIs(t *testing.T) {
	for address, want := range map[string]string{
		bluesnap.ProductionURL: "bluesnap-go-7a63e3e372e60570ee36bdb66a7c42da",
		bluesnap.SandboxURL:    "bluesnap-go-a1d9c3dc5d442bc36b7396a1342b9990",
	} {
		for _, slash := range []string{"", "/"} {
			broken := sdktest.RoundTripper(func(*http.Request) (*http.Response, error) { return nil, errors.New("broken") })
			c, err := bluesnap.New("u", "p", bluesnap.WithBaseURL(address+slash),
				bluesnap.WithHTTPClient(&http.Client{Transport: broken}), withJournal(),
				bluesnap.WithJournalSecret([]byte("a secret of 16 bytes or more")))
			require.NoError(t, err)
			_, resp, err := c.Transactions.Create(t.Context(), sdktest.Payment(), bluesnap.WithRef("order-17"), bluesnap.WithMaxAttempts(1))
			require.Error(t, err)
			assert.Equal(t, want, resp.MerchantTransactionID)
		}
	}
}
