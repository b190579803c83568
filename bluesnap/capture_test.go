package bluesnap_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/bluesnap"
)

type change = func(*bluesnap.Client, context.Context, bluesnap.CaptureParams, ...bluesnap.CallOption) (*bluesnap.CardTransaction, *bluesnap.Response, error)

var changes = map[string]struct {
	do       change
	kind     string
	already  http.HandlerFunc
	opposite http.HandlerFunc
	is       error
	done     string
	partName string
}{
	"capture": {
		do: func(c *bluesnap.Client, ctx context.Context, p bluesnap.CaptureParams, o ...bluesnap.CallOption) (*bluesnap.CardTransaction, *bluesnap.Response, error) {
			return c.Transactions.Capture(ctx, p, o...)
		},
		kind: "CAPTURE", already: refuses(400, "20010", "TRANSACTION_ALREADY_CAPTURED"),
		opposite: refuses(400, "14002", "AUTHORIZATION_AMOUNT_ALREADY_REVERSED"), is: bluesnap.ErrAlreadyCaptured,
		done: `{"cardTransactionType":"CAPTURE","transactionId":7,"amount":"11.00"}`, partName: "CapturePart",
	},
	"reversal": {
		do: func(c *bluesnap.Client, ctx context.Context, p bluesnap.CaptureParams, o ...bluesnap.CallOption) (*bluesnap.CardTransaction, *bluesnap.Response, error) {
			return c.Transactions.Reverse(ctx, p, o...)
		},
		kind: "AUTH_REVERSAL", already: refuses(400, "14002", "AUTHORIZATION_AMOUNT_ALREADY_REVERSED"),
		opposite: refuses(400, "20010", "TRANSACTION_ALREADY_CAPTURED"), is: bluesnap.ErrAlreadyReversed,
		done: `{"cardTransactionType":"AUTH_REVERSAL","transactionId":7,"amount":"11.00"}`, partName: "ReversePart",
	},
}

func TestR5_APutCarriesNoKey(t *testing.T) {
	for name, c := range changes {
		t.Run(name, func(t *testing.T) {
			inWorld(t, steps(says(503, ""), says(200, c.done)), func(t *testing.T, w *world) {
				value, resp, err := c.do(w.client, t.Context(), bluesnap.CaptureParams{TransactionID: "7"})
				require.NoError(t, err)
				assert.Equal(t, bluesnap.CardTransactionType(c.kind), value.Type)
				assert.True(t, resp.Key.IsZero())
				require.Len(t, w.requests(), 2, "the whole of it converges, and is repeated")
				for _, r := range w.requests() {
					assert.Equal(t, "PUT", r.method)
					assert.Empty(t, r.key())
					assert.JSONEq(t, `{"cardTransactionType":"`+c.kind+`","transactionId":7}`, r.body)
				}
				_, resp, err = c.do(w.client, t.Context(), bluesnap.CaptureParams{TransactionID: "7"},
					bluesnap.WithIdempotencyKey(bluesnap.NewKey()))
				assert.Equal(t, bluesnap.OutcomeNotSent, bluesnap.OutcomeOf(err), "a key is refused")
				assert.Empty(t, resp.Attempts)
			})
		})
	}
}

func TestAPartIsAskedForOnce(t *testing.T) {
	for name, c := range changes {
		for way, row := range map[string]struct {
			params bluesnap.CaptureParams
			opts   []bluesnap.CallOption
		}{
			"by the field":    {bluesnap.CaptureParams{TransactionID: "7", Amount: "5.00"}, nil},
			"by Extra":        {bluesnap.CaptureParams{TransactionID: "7", Extra: bluesnap.Extra{"amount": "5.00"}}, nil},
			"by extra option": {bluesnap.CaptureParams{TransactionID: "7"}, []bluesnap.CallOption{bluesnap.WithExtraField("amount", "5.00")}},
		} {
			t.Run(name+" "+way, func(t *testing.T) {
				inWorld(t, steps(loses), func(t *testing.T, w *world) {
					value, resp, err := c.do(w.client, t.Context(), row.params, row.opts...)
					e := errorOf(t, value, resp, err)
					assert.Equal(t, bluesnap.OutcomeUnknown, e.Outcome)
					assert.Equal(t, c.partName, e.Operation)
					assert.False(t, bluesnap.CanRepeat(e))
					require.Len(t, w.requests(), 1)
					assert.Empty(t, w.requests()[0].key())
					assert.Contains(t, w.requests()[0].body, `:"5.00"`)
				})
				inWorld(t, steps(says(429, ""), says(200, c.done)), func(t *testing.T, w *world) {
					_, _, err := c.do(w.client, t.Context(), row.params, row.opts...)
					require.NoError(t, err)
					assert.Len(t, w.requests(), 2, "what was refused may be repeated")
				})
			})
		}
	}
}

func TestR14_ACaptureWhoseAnswerIsLostIsRead(t *testing.T) {
	for name, c := range changes {
		t.Run(name, func(t *testing.T) {
			inWorld(t, steps(loses, c.already, says(200, c.done)), func(t *testing.T, w *world) {
				value, resp, err := c.do(w.client, t.Context(), bluesnap.CaptureParams{TransactionID: "7"},
					bluesnap.WithHeader("X-Lane", "7"))
				require.NoError(t, err)
				assert.True(t, resp.Recovered)
				assert.Equal(t, bluesnap.Amount("11.00"), value.Amount)
				assert.Equal(t, "GET", w.requests()[2].method)
				assert.Equal(t, "7", w.requests()[2].header.Get("X-Lane"), "it goes out with the call's own headers")
			})
			inWorld(t, steps(loses, c.already, says(403, "")), func(t *testing.T, w *world) {
				value, resp, err := c.do(w.client, t.Context(), bluesnap.CaptureParams{TransactionID: "7"})
				require.NoError(t, err, "the server has said it; reading would only tell more")
				assert.True(t, resp.Recovered)
				assert.Equal(t, bluesnap.ID("7"), value.TransactionID)
			})
			inWorld(t, steps(loses, c.already, says(200, `{"cardTransactionType":"AUTH_ONLY","transactionId":7}`)), func(t *testing.T, w *world) {
				value, resp, err := c.do(w.client, t.Context(), bluesnap.CaptureParams{TransactionID: "7"})
				assert.Equal(t, bluesnap.OutcomeUnknown, errorOf(t, value, resp, err).Outcome, "reading shows the opposite")
			})
			inWorld(t, steps(c.already), func(t *testing.T, w *world) {
				value, resp, err := c.do(w.client, t.Context(), bluesnap.CaptureParams{TransactionID: "7"})
				e := errorOf(t, value, resp, err)
				assert.ErrorIs(t, err, c.is, "by whomever: the caller must know")
				assert.Equal(t, bluesnap.OutcomeDone, e.Outcome)
				assert.Len(t, w.requests(), 1)
			})
			inWorld(t, steps(c.opposite), func(t *testing.T, w *world) {
				value, resp, err := c.do(w.client, t.Context(), bluesnap.CaptureParams{TransactionID: "7"})
				assert.Equal(t, bluesnap.OutcomeRejected, errorOf(t, value, resp, err).Outcome, "the other state holds")
			})
			inWorld(t, steps(loses), func(t *testing.T, w *world) {
				value, resp, err := c.do(w.client, t.Context(), bluesnap.CaptureParams{})
				assert.Equal(t, bluesnap.OutcomeNotSent, errorOf(t, value, resp, err).Outcome)
				assert.Empty(t, w.requests())
			})
		})
	}
}

func TestR14_WhatReadingShowsOfACapture(t *testing.T) {
	for name, row := range map[string]struct {
		change, kind string
		want         bluesnap.Outcome
	}{
		"captured at once":            {"capture", `"cardTransactionType":"AUTH_CAPTURE",`, bluesnap.OutcomeDone},
		"captured, and not let go":    {"reversal", `"cardTransactionType":"AUTH_CAPTURE",`, bluesnap.OutcomeUnknown},
		"no type is no contradiction": {"reversal", ``, bluesnap.OutcomeDone},
	} {
		t.Run(name, func(t *testing.T) {
			c := changes[row.change]
			inWorld(t, steps(loses, c.already, says(200, `{`+row.kind+`"transactionId":7}`)), func(t *testing.T, w *world) {
				_, _, err := c.do(w.client, t.Context(), bluesnap.CaptureParams{TransactionID: "7"})
				assert.Equal(t, row.want, bluesnap.OutcomeOf(err))
			})
		})
	}
}

// A capture that would end unknown, or whose response shows another state, is read.
func TestR31_R33_WhatReadingShowsOfACaptureInDoubt(t *testing.T) {
	const id = `"transactionId":7`
	for name, c := range changes {
		held := says(200, `{"cardTransactionType":"`+c.kind+`",`+id+`}`)
		authorized := says(200, `{"cardTransactionType":"AUTH_ONLY",`+id+`}`)
		for doubt, first := range map[string]http.HandlerFunc{
			"R33 the response is lost":               loses,
			"R31 the response shows another state":   authorized,
			"R31 the response is of another payment": says(200, `{"cardTransactionType":"`+c.kind+`","transactionId":8}`),
		} {
			for shown, row := range map[string]struct {
				read http.HandlerFunc
				want bluesnap.Outcome
			}{
				"it holds":      {held, bluesnap.OutcomeDone},
				"it differs":    {authorized, bluesnap.OutcomeUnknown},
				"nothing":       {says(200, `{`+id+`}`), bluesnap.OutcomeUnknown},
				"reading fails": {says(403, ``), bluesnap.OutcomeUnknown},
			} {
				t.Run(name+", "+doubt+", reading shows: "+shown, func(t *testing.T) {
					inWorld(t, steps(first, row.read), func(t *testing.T, w *world) {
						value, resp, err := c.do(w.client, t.Context(), bluesnap.CaptureParams{TransactionID: "7"}, bluesnap.WithMaxAttempts(1))
						assert.Equal(t, row.want, bluesnap.OutcomeOf(err))
						if row.want == bluesnap.OutcomeDone {
							assert.Equal(t, bluesnap.ID("7"), value.TransactionID)
							assert.True(t, resp.Recovered)
						}
					})
				})
			}
		}
	}
}

func Test20010AloneSaysCaptured(t *testing.T) {
	inWorld(t, steps(refuses(400, "20010", "")), func(t *testing.T, w *world) {
		_, _, err := w.client.Transactions.Capture(t.Context(), bluesnap.CaptureParams{TransactionID: "7"})
		assert.Equal(t, bluesnap.OutcomeDone, bluesnap.OutcomeOf(err))
	})
}

func TestOptionsAreNotWrittenTo(t *testing.T) {
	inWorld(t, steps(says(200, `{"transactionId":7}`)), func(t *testing.T, w *world) {
		opts := make([]bluesnap.CallOption, 1, 2)
		opts[0] = bluesnap.WithMaxAttempts(1)
		_, _, err := w.client.Transactions.Capture(t.Context(), bluesnap.CaptureParams{TransactionID: "7"}, opts...)
		require.NoError(t, err)
		assert.Nil(t, opts[:2][1], "calls of other transactions may share the array")
	})
}
