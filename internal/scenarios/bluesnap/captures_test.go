package scenarios

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/internal/sdktest"
)

// puts are the changes of a payment, and the response that shows each.
var puts = map[string]struct {
	do   func(*bluesnap.Client, context.Context, bluesnap.CaptureParams, ...bluesnap.CallOption) (*bluesnap.CardTransaction, *bluesnap.Response, error)
	kind bluesnap.CardTransactionType
}{
	"capture": {
		do: func(c *bluesnap.Client, ctx context.Context, p bluesnap.CaptureParams, o ...bluesnap.CallOption) (*bluesnap.CardTransaction, *bluesnap.Response, error) {
			return c.Transactions.Capture(ctx, p, o...)
		},
		kind: bluesnap.Capture,
	},
	"reversal": {
		do: func(c *bluesnap.Client, ctx context.Context, p bluesnap.CaptureParams, o ...bluesnap.CallOption) (*bluesnap.CardTransaction, *bluesnap.Response, error) {
			return c.Transactions.Reverse(ctx, p, o...)
		},
		kind: bluesnap.AuthReversal,
	},
}

var (
	captured = sdktest.RefuseWith(400, "20010", "TRANSACTION_ALREADY_CAPTURED")
	reversed = sdktest.RefuseWith(400, "14002", "AUTHORIZATION_AMOUNT_ALREADY_REVERSED")
)

func shows(kind bluesnap.CardTransactionType) http.HandlerFunc {
	return sdktest.Respond(200, `{"cardTransactionType":"`+string(kind)+`","transactionId":7,"amount":"11.00"}`)
}

func TestR14_WhatReadingShowsOfAPut(t *testing.T) {
	const capture, reversal = "capture", "reversal"
	for name, row := range map[string]struct {
		change string
		script sdktest.Script
		want   bluesnap.Outcome
		amount bluesnap.Amount
	}{
		"the amount is read":              {change: capture, script: sdktest.Script{sdktest.Lose, captured, shows(bluesnap.Capture)}, want: bluesnap.OutcomeDone, amount: "11.00"},
		"captured at once":                {change: capture, script: sdktest.Script{sdktest.Lose, captured, shows(bluesnap.AuthCapture)}, want: bluesnap.OutcomeDone, amount: "11.00"},
		"captured, and not let go":        {change: reversal, script: sdktest.Script{sdktest.Lose, reversed, shows(bluesnap.AuthCapture)}, want: bluesnap.OutcomeUnknown},
		"no type is no contradiction":     {change: reversal, script: sdktest.Script{sdktest.Lose, reversed, sdktest.Respond(200, `{"transactionId":7}`)}, want: bluesnap.OutcomeDone},
		"and no proof, R33":               {change: reversal, script: sdktest.Script{sdktest.Lose, sdktest.Respond(200, `{"transactionId":7}`)}, want: bluesnap.OutcomeUnknown},
		"reversed: it cannot be captured": {change: capture, script: sdktest.Script{reversed}, want: bluesnap.OutcomeRejected},
		"captured: it cannot be reversed": {change: reversal, script: sdktest.Script{captured}, want: bluesnap.OutcomeRejected},
		"20010 alone means captured":      {change: capture, script: sdktest.Script{sdktest.RefuseWith(400, "20010", "")}, want: bluesnap.OutcomeDone},
	} {
		t.Run(name, sdktest.BlueSnapTest(row.script, func(t *testing.T, s *sdktest.BlueSnap) {
			attempts := max(1, len(row.script)-1)
			value, _, err := puts[row.change].do(s.Client, t.Context(), bluesnap.CaptureParams{TransactionID: "7"}, bluesnap.WithMaxAttempts(attempts))
			assert.Equal(t, row.want, bluesnap.OutcomeOf(err))
			if row.amount != "" {
				require.NoError(t, err)
				assert.Equal(t, row.amount, value.Amount)
			}
		}))
	}
}

func TestR5_APutCarriesNoKey(t *testing.T) {
	for name, c := range puts {
		t.Run(name, sdktest.BlueSnapTest(sdktest.Script{sdktest.Respond(503, ""), shows(c.kind)}, func(t *testing.T, s *sdktest.BlueSnap) {
			value, resp, err := c.do(s.Client, t.Context(), bluesnap.CaptureParams{TransactionID: "7"})
			require.NoError(t, err)
			assert.Equal(t, c.kind, value.Type)
			assert.True(t, resp.Key.IsZero())
			require.Len(t, s.Requests(), 2, "the whole of it converges, and is repeated")
			for _, r := range s.Requests() {
				assert.Equal(t, "PUT", r.Method)
				assert.Empty(t, r.Key())
				assert.JSONEq(t, `{"cardTransactionType":"`+string(c.kind)+`","transactionId":"7"}`, r.Body)
			}
			_, resp, err = c.do(s.Client, t.Context(), bluesnap.CaptureParams{TransactionID: "7"},
				bluesnap.WithIdempotencyKey(bluesnap.NewKey()))
			assert.Equal(t, bluesnap.OutcomeNotSent, bluesnap.OutcomeOf(err), "a key is refused")
			assert.Empty(t, resp.Attempts)
			_, _, err = c.do(s.Client, t.Context(), bluesnap.CaptureParams{})
			assert.Equal(t, bluesnap.OutcomeNotSent, bluesnap.OutcomeOf(err), "no transaction is named")
			assert.Len(t, s.Requests(), 2)
		}))
	}
}

// parts are the ways to send an amount.
var parts = map[string]struct {
	params bluesnap.CaptureParams
	opts   []bluesnap.CallOption
}{
	"by the field":              {params: bluesnap.CaptureParams{TransactionID: "7", Amount: "5.00"}},
	"by Extra, in another case": {params: bluesnap.CaptureParams{TransactionID: "7", Extra: bluesnap.Extra{"Amount": "5.00"}}},
	"by Extra":                  {params: bluesnap.CaptureParams{TransactionID: "7", Extra: bluesnap.Extra{"amount": "5.00"}}},
	"by extra option":           {params: bluesnap.CaptureParams{TransactionID: "7"}, opts: []bluesnap.CallOption{bluesnap.WithExtraField("amount", "5.00")}},
}

func TestAPartIsAskedForOnce(t *testing.T) {
	for way, row := range parts {
		t.Run(way, func(t *testing.T) {
			sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Lose}, func(t *testing.T, s *sdktest.BlueSnap) {
				value, resp, err := s.Client.Transactions.Capture(t.Context(), row.params, row.opts...)
				e := sdktest.BlueSnapErrorOf(t, value, resp, err)
				assert.Equal(t, bluesnap.OutcomeUnknown, e.Outcome)
				assert.Equal(t, "CapturePart", e.Operation)
				assert.False(t, bluesnap.CanRepeat(e))
				require.Len(t, s.Requests(), 1)
				assert.Empty(t, s.Requests()[0].Key())
				assert.Contains(t, s.Requests()[0].Body, `:"5.00"`)
			})
			sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Respond(429, ""), shows(bluesnap.Capture)}, func(t *testing.T, s *sdktest.BlueSnap) {
				_, _, err := s.Client.Transactions.Capture(t.Context(), row.params, row.opts...)
				require.NoError(t, err)
				assert.Len(t, s.Requests(), 2, "what was refused may be repeated")
			})
		})
	}
}

// The vendor releases all that was authorized, whatever the amount.
func TestAReversalOfAPartIsNotSent(t *testing.T) {
	for way, row := range parts {
		t.Run(way, sdktest.BlueSnapTest(sdktest.Script{shows(bluesnap.AuthReversal)}, func(t *testing.T, s *sdktest.BlueSnap) {
			value, resp, err := s.Client.Transactions.Reverse(t.Context(), row.params, row.opts...)
			e := sdktest.BlueSnapErrorOf(t, value, resp, err)
			assert.Equal(t, bluesnap.OutcomeNotSent, e.Outcome)
			assert.ErrorContains(t, e, "releases all")
			assert.Empty(t, s.Requests())
		}))
	}
}

// What is no amount makes no part of a capture: the state still refuses a
// second one.
func TestOtherFieldsMakeNoPart(t *testing.T) {
	params := bluesnap.CaptureParams{
		TransactionID: "0007", SoftDescriptor: "Shop", TaxReference: "T",
		Level3Data: &bluesnap.Level3Data{
			CustomerReferenceNumber: "c", TaxAmount: "0.50",
			Items: []bluesnap.Level3DataItem{{Description: "d", ItemQuantity: "2", UnitCost: "5", LineItemTotal: "10", GrossNetIndicator: "N"}},
		},
		VendorsInfo: &bluesnap.VendorsInfo{VendorInfo: []bluesnap.VendorInfo{{VendorID: "3", CommissionPercent: "10"}}},
		TransactionMetaData: &bluesnap.TransactionMetaData{MetaData: []bluesnap.MetaData{
			{Key: "k", Value: "v", Description: "d", IsVisible: new(bool)},
		}},
		Extra: bluesnap.Extra{"transactionInitiator": "MERCHANT"},
	}
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Lose, sdktest.Respond(200, `{"transactionId":"0007","cardTransactionType":"CAPTURE"}`)}, func(t *testing.T, s *sdktest.BlueSnap) {
		_, resp, err := s.Client.Transactions.Capture(t.Context(), params, bluesnap.WithExtraField("amounts", 1))
		require.NoError(t, err)
		assert.Equal(t, "CaptureTransaction", resp.Operation)
		require.Len(t, s.Requests(), 2)
		assert.JSONEq(t, `{"cardTransactionType":"CAPTURE","transactionId":"0007","softDescriptor":"Shop","taxReference":"T",
			"level3Data":{"customerReferenceNumber":"c","taxAmount":"0.50","level3DataItems":[
				{"lineItemTotal":"10","description":"d","grossNetIndicator":"N","itemQuantity":"2","unitCost":"5"}]},
			"vendorsInfo":{"vendorInfo":[{"vendorId":3,"commissionPercent":"10"}]},
			"transactionMetaData":{"metaData":[{"metaKey":"k","metaValue":"v","metaDescription":"d","isVisible":false}]},
			"transactionInitiator":"MERCHANT","amounts":1}`, s.Requests()[1].Body)
	})
}

func TestOptionsAreNotWrittenTo(t *testing.T) {
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Respond(200, `{"transactionId":7}`)}, func(t *testing.T, s *sdktest.BlueSnap) {
		opts := make([]bluesnap.CallOption, 1, 2)
		opts[0] = bluesnap.WithMaxAttempts(1)
		_, _, err := s.Client.Transactions.Capture(t.Context(), bluesnap.CaptureParams{TransactionID: "7"}, opts...)
		require.NoError(t, err)
		assert.Nil(t, opts[:2][1], "calls of other transactions may share the array")
	})
}
