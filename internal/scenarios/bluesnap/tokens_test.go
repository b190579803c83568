package scenarios

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/internal/sdktest"
)

func tokenAt(token string) http.HandlerFunc {
	return sdktest.Respond(201, "", "Location", "/services/2/payment-fields-tokens/"+token)
}

// A lost token does nothing and expires: the call is repeated without a key.
func TestAPaymentFieldsTokenTakesNoKeyAndIsMadeAgain(t *testing.T) {
	token := strings.Repeat("0a", 32) + "_" // as long as the vendor's, and of their letters
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Lose, tokenAt(token)}, func(t *testing.T, s *sdktest.BlueSnap) {
		fields, resp, err := s.Client.PaymentFields.CreateToken(t.Context(), bluesnap.PaymentFieldsTokenParams{
			ShopperID: "7", AuthenticationRequired3DS: true, ChallengeRequested3DS: true,
		})
		require.NoError(t, err)
		assert.Equal(t, token, string(fields.Token))
		assert.NotContains(t, resp.String()+resp.Timeline(), token)
		require.Len(t, s.Requests(), 2)
		for _, r := range s.Requests() {
			assert.Equal(t, "POST", r.Method)
			assert.Equal(t, "/services/2/payment-fields-tokens", r.Path)
			assert.Equal(t, "authenticationrequired3ds=true&challengerequested3ds=true&shopperId=7", r.Query)
			assert.Empty(t, r.Key())
			assert.Empty(t, r.Body)
		}
	})
}

func TestAPaymentFieldsTokenIsInLocationAlone(t *testing.T) {
	for name, step := range map[string]http.HandlerFunc{
		"no Location":           sdktest.Respond(201, ""),
		"Location of another":   sdktest.Respond(201, "", "Location", "/services/2/vaulted-shoppers/42"),
		"Location elsewhere":    sdktest.Respond(201, "", "Location", "https://evil.example/services/2/payment-fields-tokens/42"),
		"Location with a query": sdktest.Respond(201, "", "Location", "/services/2/payment-fields-tokens/42?x=1"),
	} {
		t.Run(name, sdktest.BlueSnapTest(sdktest.Script{step}, func(t *testing.T, s *sdktest.BlueSnap) {
			value, resp, err := s.Client.PaymentFields.CreateToken(t.Context(), bluesnap.PaymentFieldsTokenParams{},
				bluesnap.WithMaxAttempts(1))
			sdktest.BlueSnapErrorOf(t, value, resp, err)
		}))
	}
}

func TestNoJournalKeepsAPaymentFieldsToken(t *testing.T) {
	sdktest.WithBlueSnap(t, sdktest.Script{tokenAt("abc")}, func(t *testing.T, s *sdktest.BlueSnap) {
		_, _, err := s.Client.PaymentFields.CreateToken(t.Context(), bluesnap.PaymentFieldsTokenParams{}, bluesnap.WithRef("token-1"))
		require.Error(t, err, "a token of yesterday is worth nothing")
		assert.Equal(t, bluesnap.OutcomeNotSent, bluesnap.OutcomeOf(err))
		assert.Empty(t, s.Requests())
		_, _, err = s.Client.PaymentFields.CreateToken(t.Context(), bluesnap.PaymentFieldsTokenParams{})
		require.NoError(t, err)
		stats, err := s.Client.Operations.Stats(t.Context())
		require.NoError(t, err)
		assert.Zero(t, stats.Done+stats.Free+len(stats.Pending))
	}, withJournal())
}
