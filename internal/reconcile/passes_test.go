package reconcile_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestJ11_AnExpiryIsProofIfNothingElseWasRequested(t *testing.T) {
	for name, row := range map[string]struct {
		body, pass string
		proves     bool
	}{
		"as requested":                {`{"expires_at":946685400000}`, `{"expires_at":946685400000}`, true},
		"a millisecond off":           {`{"expires_at":946685400000}`, `{"expires_at":946685400001}`, false},
		"more is requested":           {`{"expires_at":946685400000,"add_visits":5}`, `{"expires_at":946685400000}`, false},
		"no expiry is requested":      {`{"expires_at":null}`, `{}`, false},
		"another change is requested": {`{"add_visits":5}`, `{}`, false},
		"the pass shows none":         {`{"expires_at":946685400000}`, `{}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			o := readings{"GetIssuedPass p1": row.pass}.pending("UpdateIssuedPassExpiry", row.body)
			o.PathID = "p1"
			assert.Equal(t, row.proves, proves(t, o))
		})
	}
}

func TestJ11_APackageIsEvidenceAndNoProof(t *testing.T) {
	for body, evidence := range map[string]string{
		`{"user_pass_id":"p1","pass_id":"trial"}`:   "issued pass <p1> has the requested package <trial>, perhaps from before",
		`{"user_pass_id":"p1","pass_id":"premium"}`: "issued pass <p1> has package <trial>, not <premium>",
		`{"user_pass_id":"p1"}`:                     "issued pass <p1> does not show what was to be changed",
	} {
		r, err := readings{"GetIssuedPass p1": `{"pass_id":"trial"}`}.pending("UpdateIssuedPass", body).Reconcile(t.Context())
		require.NoError(t, err)
		assert.Equal(t, evidence, r.Evidence)
		assert.Nil(t, r.Response)
	}
}
