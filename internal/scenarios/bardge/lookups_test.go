package scenarios

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/internal/sdktest"
)

func TestALookupTokenOpensAnotherResellersClient(t *testing.T) {
	sdktest.WithSandbox(t, func(t *testing.T, s *sdktest.Sandbox) {
		_, _, err := s.Client.Clients.Get(t.Context(), s.Seed.OtherClientID)
		require.ErrorIs(t, err, bardge.ErrPermissionDenied)
		lookup, _, err := s.Client.Lookups.Initiate(t.Context(), bardge.InitiateLookupParams{
			IssuerID: s.Seed.IssuerID, ClientID: s.Seed.OtherClientID,
		})
		require.NoError(t, err)
		verified, _, err := s.Client.Lookups.Verify(t.Context(), lookup.ID, bardge.VerifyLookupParams{
			AccessCode: bardge.Secret(s.Seed.OtherAccessCode),
		})
		require.NoError(t, err)
		profile, _, err := s.Client.Clients.Get(t.Context(), s.Seed.OtherClientID, bardge.WithLookupToken(verified.Token))
		require.NoError(t, err)
		assert.Equal(t, s.Seed.OtherClientID, profile.ID)
	})
}
