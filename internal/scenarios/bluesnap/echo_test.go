package scenarios

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/internal/sdktest"
)

func echoing(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Idempotency-Key", r.Header.Get("Idempotency-Key"))
	sdktest.Pay(w, r)
}

// A gateway may repeat a request's headers in a response of its own.
func TestAnErrorWithTheKeyShowsNothingOfTheVendor(t *testing.T) {
	for name, echo := range map[string]http.HandlerFunc{
		"a gateway's page": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Idempotency-Key", r.Header.Get("Idempotency-Key"))
			sdktest.Respond(502, "<html></html>", "Content-Type", "text/html")(w, r)
		},
		"its limit": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Idempotency-Key", r.Header.Get("Idempotency-Key"))
			sdktest.Respond(429, "")(w, r)
		},
	} {
		script := sdktest.Script{echo, sdktest.Lose, sdktest.Pay}
		t.Run(name, sdktest.BlueSnapTest(script, func(t *testing.T, s *sdktest.BlueSnap) {
			var err error
			for len(s.Requests()) < 2 {
				_, _, err = s.Client.Transactions.Create(t.Context(), sdktest.Payment())
			}
			assert.Equal(t, bluesnap.OutcomeUnknown, bluesnap.OutcomeOf(err))
			assert.Len(t, s.Requests(), 2, "what is in doubt is not repeated")
		}, bluesnap.RequireEchoBeforeRepeating()))
	}
}

func TestNothingIsRepeatedInDoubtBeforeAKeyCameBack(t *testing.T) {
	script := sdktest.Script{
		sdktest.Lose,                          // a key is sent, and not relied on
		sdktest.Respond(429, ""), sdktest.Pay, // refused: repeated; no echo
		sdktest.Lose,              // still not
		echoing,                   // from now on they are honoured
		sdktest.Lose, sdktest.Pay, // so it is repeated
	}
	sdktest.WithBlueSnap(t, script, func(t *testing.T, s *sdktest.BlueSnap) {
		pay := func() error {
			_, _, err := s.Client.Transactions.Create(t.Context(), sdktest.Payment())
			return err
		}
		first := pay()
		assert.Equal(t, bluesnap.OutcomeUnknown, bluesnap.OutcomeOf(first))
		assert.False(t, bluesnap.CanRepeat(first))
		require.Len(t, s.Requests(), 1)
		assert.NotEmpty(t, s.Requests()[0].Key())
		require.NoError(t, pay())
		assert.Len(t, s.Requests(), 3)
		assert.Equal(t, bluesnap.OutcomeUnknown, bluesnap.OutcomeOf(pay()))
		assert.Len(t, s.Requests(), 4)
		require.NoError(t, pay())
		require.NoError(t, pay())
		assert.Len(t, s.Requests(), 7)
	}, bluesnap.RequireEchoBeforeRepeating())
}

func TestAKeyInDoubtIsResumedOnceKeysAreKnownToBeHonoured(t *testing.T) {
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Lose, echoing, sdktest.Pay}, func(t *testing.T, s *sdktest.BlueSnap) {
		pay := func(opts ...bluesnap.CallOption) error {
			_, _, err := s.Client.Transactions.Create(t.Context(), sdktest.Payment(), opts...)
			return err
		}
		err := pay()
		resume := bluesnap.WithIdempotencyKey(bluesnap.KeyOf(err))
		require.Error(t, pay(resume), "the first request may have been executed")
		assert.Len(t, s.Requests(), 1)
		require.NoError(t, pay())
		require.NoError(t, pay(resume))
		require.Len(t, s.Requests(), 3)
		assert.Equal(t, s.Requests()[0].Key(), s.Requests()[2].Key())
	}, bluesnap.RequireEchoBeforeRepeating())
}

func TestRecoverRepeatsNothingBeforeAKeyCameBack(t *testing.T) {
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Lose, sdktest.Respond(403, "no"), echoing}, func(t *testing.T, s *sdktest.BlueSnap) {
		crash(t, s, sdktest.Payment())
		r := recovered(t, s)
		assert.Equal(t, bluesnap.OutcomeUnknown, r.Outcome)
		for _, q := range s.Requests()[1:] {
			assert.Equal(t, "GET", q.Method, "it is looked for, and not sent again")
		}
	}, withJournal(), bluesnap.WithMerchantID("400111"), bluesnap.RequireEchoBeforeRepeating())
}

// A recorded response came to another client, perhaps of an account that the
// journal has left since (Rebind).
func TestAnEchoInTheJournalIsNoneToThisClient(t *testing.T) {
	j := withJournal()
	script := sdktest.Script{echoing, sdktest.Lose, sdktest.Pay}
	sdktest.WithBlueSnap(t, script, func(t *testing.T, s *sdktest.BlueSnap) {
		_, _, err := s.Client.Transactions.Create(t.Context(), sdktest.Payment(), bluesnap.WithRef("order-1"))
		require.NoError(t, err)
		other := s.NewClient(t, j, bluesnap.RequireEchoBeforeRepeating())
		_, resp, err := other.Transactions.Create(t.Context(), sdktest.Payment(), bluesnap.WithRef("order-1"))
		require.NoError(t, err)
		require.True(t, resp.FromJournal)
		_, _, err = other.Transactions.Create(t.Context(), sdktest.Payment(), bluesnap.WithRef("order-2"))
		assert.Equal(t, bluesnap.OutcomeUnknown, bluesnap.OutcomeOf(err))
		assert.Len(t, s.Requests(), 2)
	}, j)
}

func TestATransportWaitsForAnEchoToo(t *testing.T) {
	script := sdktest.Script{sdktest.Lose, echoing, sdktest.Lose, sdktest.Pay}
	sdktest.WithBlueSnap(t, script, func(t *testing.T, s *sdktest.BlueSnap) {
		o := ownCode(t, s, bluesnap.RequireEchoBeforeRepeating())
		assert.Equal(t, bluesnap.OutcomeUnknown, bluesnap.OutcomeOf(o.pay(t, "first")))
		require.Len(t, s.Requests(), 1)
		require.NoError(t, o.pay(t, "second"))
		require.NoError(t, o.pay(t, "third"), "keys are honoured: it is repeated")
		assert.Len(t, s.Requests(), 4)
	})
}

// The two hosts have accounts of their own.
func TestATransportWaitsForTheEchoOfOneHost(t *testing.T) {
	client := &http.Client{Transport: bluesnap.NewTransport(nil, bluesnap.RequireEchoBeforeRepeating())}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, bluesnap.SandboxURL+"/services/2/transactions", http.NoBody)
	require.NoError(t, err)
	_, err = client.Do(req)
	assert.ErrorContains(t, err, "needs WithBaseURL or WithSandbox")
}
