package conformance_test

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem/conformance"
)

// TestEachFlawIsFoundByItsOwnCheck: a sound server passes all checks, and a
// server with one flaw fails at one check alone.
func TestEachFlawIsFoundByItsOwnCheck(t *testing.T) {
	for flaw, check := range map[flaw]string{
		sound:           "",
		ignoresKeys:     conformance.Repetition,
		forgets:         conformance.Memory,
		keepsNo500:      conformance.ServerError,
		stopsWithClient: conformance.LostResponse,
		lockedForGood:   conformance.LostResponse,
		noLock:          conformance.ConcurrentRequests,
		noAccounts:      conformance.AnotherAccount,
		anyBody:         conformance.AnotherBody,
		refusalForgets:  conformance.AnotherBody,
		anyPath:         conformance.AnotherPath,
		unmarked:        conformance.ReplayMark,
		marksAll:        conformance.ReplayMark,
		rebuilds:        conformance.StoredResponse,
		cutsKeys:        conformance.LongestKey,
		ignoresLongKeys: conformance.KeyTooLong,
		ignoresBadKeys:  conformance.KeyAlphabet,
		foldsCase:       conformance.LetterCase,
	} {
		t.Run(string(flaw), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, target := open(t, flaw)
				report, err := conformance.Run(t.Context(), target)
				require.NoError(t, err)
				var found []string
				for _, f := range report.With(conformance.Broken) {
					found = append(found, f.Check)
					assert.NotEmpty(t, f.Means)
				}
				if check == "" {
					assert.Empty(t, found)
					assert.Empty(t, report.With(conformance.NotTried))
				} else {
					assert.Equal(t, []string{check}, found)
				}
				assert.Empty(t, report.With(conformance.Differs))
				for _, f := range report {
					t.Log(f)
				}
			})
		})
	}
}
