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
		kind: "CAPTURE", already: sdktest.RefuseWith(400, "20010", "TRANSACTION_ALREADY_CAPTURED"),
		opposite: sdktest.RefuseWith(400, "14002", "AUTHORIZATION_AMOUNT_ALREADY_REVERSED"), is: bluesnap.ErrAlreadyCaptured,
		done: `{"cardTransactionType":"CAPTURE","transactionId":7,"amount":"11.00"}`, partName: "CapturePart",
	},
	"reversal": {
		do: func(c *bluesnap.Client, ctx context.Context, p bluesnap.CaptureParams, o ...bluesnap.CallOption) (*bluesnap.CardTransaction, *bluesnap.Response, error) {
			return c.Transactions.Reverse(ctx, p, o...)
		},
		kind: "AUTH_REVERSAL", already: sdktest.RefuseWith(400, "14002", "AUTHORIZATION_AMOUNT_ALREADY_REVERSED"),
		opposite: sdktest.RefuseWith(400, "20010", "TRANSACTION_ALREADY_CAPTURED"), is: bluesnap.ErrAlreadyReversed,
		done: `{"cardTransactionType":"AUTH_REVERSAL","transactionId":7,"amount":"11.00"}`, partName: "ReversePart",
	},
}

func TestR5_APutCarriesNoKey(t *testing.T) {
	for name, c := range changes {
		t.Run(name, sdktest.BlueSnapTest(sdktest.Script{sdktest.Respond(503, ""), sdktest.Respond(200, c.done)}, func(t *testing.T, s *sdktest.BlueSnap) {
			value, resp, err := c.do(s.Client, t.Context(), bluesnap.CaptureParams{TransactionID: "7"})
			require.NoError(t, err)
			assert.Equal(t, bluesnap.CardTransactionType(c.kind), value.Type)
			assert.True(t, resp.Key.IsZero())
			require.Len(t, s.Requests(), 2, "the whole of it converges, and is repeated")
			for _, r := range s.Requests() {
				assert.Equal(t, "PUT", r.Method)
				assert.Empty(t, r.Key())
				assert.JSONEq(t, `{"cardTransactionType":"`+c.kind+`","transactionId":7}`, r.Body)
			}
			_, resp, err = c.do(s.Client, t.Context(), bluesnap.CaptureParams{TransactionID: "7"},
				bluesnap.WithIdempotencyKey(bluesnap.NewKey()))
			assert.Equal(t, bluesnap.OutcomeNotSent, bluesnap.OutcomeOf(err), "a key is refused")
			assert.Empty(t, resp.Attempts)
		}))
	}
}

func TestAPartIsAskedForOnce(t *testing.T) {
	for name, c := range changes {
		for way, row := range map[string]struct {
			params bluesnap.CaptureParams
			opts   []bluesnap.CallOption
		}{
			"by the field":    {params: bluesnap.CaptureParams{TransactionID: "7", Amount: "5.00"}},
			"by Extra":        {params: bluesnap.CaptureParams{TransactionID: "7", Extra: bluesnap.Extra{"amount": "5.00"}}},
			"by extra option": {params: bluesnap.CaptureParams{TransactionID: "7"}, opts: []bluesnap.CallOption{bluesnap.WithExtraField("amount", "5.00")}},
		} {
			t.Run(name+" "+way, func(t *testing.T) {
				sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Lose}, func(t *testing.T, s *sdktest.BlueSnap) {
					value, resp, err := c.do(s.Client, t.Context(), row.params, row.opts...)
					e := sdktest.BlueSnapErrorOf(t, value, resp, err)
					assert.Equal(t, bluesnap.OutcomeUnknown, e.Outcome)
					assert.Equal(t, c.partName, e.Operation)
					assert.False(t, bluesnap.CanRepeat(e))
					require.Len(t, s.Requests(), 1)
					assert.Empty(t, s.Requests()[0].Key())
					assert.Contains(t, s.Requests()[0].Body, `:"5.00"`)
				})
				sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Respond(429, ""), sdktest.Respond(200, c.done)}, func(t *testing.T, s *sdktest.BlueSnap) {
					_, _, err := c.do(s.Client, t.Context(), row.params, row.opts...)
					require.NoError(t, err)
					assert.Len(t, s.Requests(), 2, "what was refused may be repeated")
				})
			})
		}
	}
}

func TestR14_ACaptureWhoseAnswerIsLostIsRead(t *testing.T) {
	for name, c := range changes {
		t.Run(name, func(t *testing.T) {
			sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Lose, c.already, sdktest.Respond(200, c.done)}, func(t *testing.T, s *sdktest.BlueSnap) {
				value, resp, err := c.do(s.Client, t.Context(), bluesnap.CaptureParams{TransactionID: "7"},
					bluesnap.WithHeader("X-Lane", "7"))
				require.NoError(t, err)
				assert.True(t, resp.Recovered)
				assert.Equal(t, bluesnap.Amount("11.00"), value.Amount)
				assert.Equal(t, "GET", s.Requests()[2].Method)
				assert.Equal(t, "7", s.Requests()[2].Header.Get("X-Lane"), "it goes out with the call's own headers")
			})
			sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Lose, c.already, sdktest.Respond(403, "")}, func(t *testing.T, s *sdktest.BlueSnap) {
				value, resp, err := c.do(s.Client, t.Context(), bluesnap.CaptureParams{TransactionID: "7"})
				require.NoError(t, err, "the server has said it; reading would only tell more")
				assert.True(t, resp.Recovered)
				assert.Equal(t, bluesnap.ID("7"), value.TransactionID)
			})
			sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Lose, c.already, sdktest.Respond(200, `{"cardTransactionType":"AUTH_ONLY","transactionId":7}`)}, func(t *testing.T, s *sdktest.BlueSnap) {
				value, resp, err := c.do(s.Client, t.Context(), bluesnap.CaptureParams{TransactionID: "7"})
				assert.Equal(t, bluesnap.OutcomeUnknown, sdktest.BlueSnapErrorOf(t, value, resp, err).Outcome, "reading shows the opposite")
			})
			sdktest.WithBlueSnap(t, sdktest.Script{c.already}, func(t *testing.T, s *sdktest.BlueSnap) {
				value, resp, err := c.do(s.Client, t.Context(), bluesnap.CaptureParams{TransactionID: "7"})
				e := sdktest.BlueSnapErrorOf(t, value, resp, err)
				assert.ErrorIs(t, err, c.is, "by whomever: the caller must know")
				assert.Equal(t, bluesnap.OutcomeDone, e.Outcome)
				assert.Len(t, s.Requests(), 1)
			})
			sdktest.WithBlueSnap(t, sdktest.Script{c.opposite}, func(t *testing.T, s *sdktest.BlueSnap) {
				value, resp, err := c.do(s.Client, t.Context(), bluesnap.CaptureParams{TransactionID: "7"})
				assert.Equal(t, bluesnap.OutcomeRejected, sdktest.BlueSnapErrorOf(t, value, resp, err).Outcome, "the other state holds")
			})
			sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Lose}, func(t *testing.T, s *sdktest.BlueSnap) {
				value, resp, err := c.do(s.Client, t.Context(), bluesnap.CaptureParams{})
				assert.Equal(t, bluesnap.OutcomeNotSent, sdktest.BlueSnapErrorOf(t, value, resp, err).Outcome)
				assert.Empty(t, s.Requests())
			})
		})
	}
}

func TestR14_WhatReadingShowsOfACapture(t *testing.T) {
	for name, row := range map[string]struct {
		change, kind string
		want         bluesnap.Outcome
	}{
		"captured at once":            {change: "capture", kind: `"cardTransactionType":"AUTH_CAPTURE",`, want: bluesnap.OutcomeDone},
		"captured, and not let go":    {change: "reversal", kind: `"cardTransactionType":"AUTH_CAPTURE",`, want: bluesnap.OutcomeUnknown},
		"no type is no contradiction": {change: "reversal", kind: ``, want: bluesnap.OutcomeDone},
	} {
		t.Run(name, func(t *testing.T) {
			c := changes[row.change]
			sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Lose, c.already, sdktest.Respond(200, `{`+row.kind+`"transactionId":7}`)}, func(t *testing.T, s *sdktest.BlueSnap) {
				_, _, err := c.do(s.Client, t.Context(), bluesnap.CaptureParams{TransactionID: "7"})
				assert.Equal(t, row.want, bluesnap.OutcomeOf(err))
			})
		})
	}
}

// A capture that would end unknown, or whose response shows another state, is
// read.
func TestR31_R33_WhatReadingShowsOfACaptureInDoubt(t *testing.T) {
	const id = `"transactionId":7`
	for name, c := range changes {
		held := sdktest.Respond(200, `{"cardTransactionType":"`+c.kind+`",`+id+`}`)
		authorized := sdktest.Respond(200, `{"cardTransactionType":"AUTH_ONLY",`+id+`}`)
		for doubt, first := range map[string]http.HandlerFunc{
			"R33 the response is lost":               sdktest.Lose,
			"R31 the response shows another state":   authorized,
			"R31 the response is of another payment": sdktest.Respond(200, `{"cardTransactionType":"`+c.kind+`","transactionId":8}`),
		} {
			for shown, row := range map[string]struct {
				read http.HandlerFunc
				want bluesnap.Outcome
			}{
				"it holds":      {read: held, want: bluesnap.OutcomeDone},
				"it differs":    {read: authorized, want: bluesnap.OutcomeUnknown},
				"nothing":       {read: sdktest.Respond(200, `{`+id+`}`), want: bluesnap.OutcomeUnknown},
				"reading fails": {read: sdktest.Respond(403, ``), want: bluesnap.OutcomeUnknown},
			} {
				t.Run(name+", "+doubt+", reading shows: "+shown, sdktest.BlueSnapTest(sdktest.Script{first, row.read}, func(t *testing.T, s *sdktest.BlueSnap) {
					value, resp, err := c.do(s.Client, t.Context(), bluesnap.CaptureParams{TransactionID: "7"}, bluesnap.WithMaxAttempts(1))
					assert.Equal(t, row.want, bluesnap.OutcomeOf(err))
					if row.want == bluesnap.OutcomeDone {
						assert.Equal(t, bluesnap.ID("7"), value.TransactionID)
						assert.True(t, resp.Recovered)
					}
				}))
			}
		}
	}
}

func Test20010AloneMeansCaptured(t *testing.T) {
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.RefuseWith(400, "20010", "")}, func(t *testing.T, s *sdktest.BlueSnap) {
		_, _, err := s.Client.Transactions.Capture(t.Context(), bluesnap.CaptureParams{TransactionID: "7"})
		assert.Equal(t, bluesnap.OutcomeDone, bluesnap.OutcomeOf(err))
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
