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
		"as requested":                {body: `{"expires_at":946685400000}`, pass: `{"expires_at":946685400000}`, proves: true},
		"a millisecond off":           {body: `{"expires_at":946685400000}`, pass: `{"expires_at":946685400001}`},
		"more is requested":           {body: `{"expires_at":946685400000,"add_visits":5}`, pass: `{"expires_at":946685400000}`},
		"no expiry is requested":      {body: `{"expires_at":null}`, pass: `{}`},
		"another change is requested": {body: `{"add_visits":5}`, pass: `{}`},
		"the pass shows none":         {body: `{"expires_at":946685400000}`, pass: `{}`},
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
