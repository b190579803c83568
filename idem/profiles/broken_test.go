package profiles_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/idem/profiles"
	"github.com/bardge/bardge-go/internal/chaos"
)

// TestABrokenProfileIsCaught breaks profiles in the ways in which they could be
// wrong, and expects the tests of this package to see each.
func TestABrokenProfileIsCaught(t *testing.T) {
	for name, row := range map[string]struct {
		vendors []func() profiles.Vendor
		breaks  func(v *profiles.Vendor)
		caught  func(t *testing.T, v profiles.Vendor) bool
	}{
		"a window twice as long": {
			vendors: []func() profiles.Vendor{
				profiles.IETF, profiles.Stripe, profiles.PayPal, profiles.Mollie, profiles.Checkout,
				profiles.ModernTreasury, profiles.Worldline, profiles.GoCardless, profiles.Square,
			},
			breaks: func(v *profiles.Vendor) { v.Profile.KeyTTL *= 2 },
			caught: atTheEdge,
		},
		"a key that the server does not read": {
			vendors: everyHeader(),
			breaks:  func(v *profiles.Vendor) { v.Profile.KeyHeader = "X-Another-Key" },
			caught:  inTheChaos,
		},
		"a key in a header in place of the body": {
			vendors: []func() profiles.Vendor{profiles.Square},
			breaks: func(v *profiles.Vendor) {
				v.Profile.KeyField, v.Profile.KeyHeader = "", "Idempotency-Key"
			},
			caught: inTheChaos,
		},
		"a key without quotes": {
			vendors: []func() profiles.Vendor{profiles.IETF},
			breaks:  func(v *profiles.Vendor) { v.Profile.QuoteKey = false },
			caught:  inTheChaos,
		},
		"keys that are too long": {
			vendors: []func() profiles.Vendor{profiles.AmazonPay},
			breaks:  func(v *profiles.Vendor) { v.Profile.KeyMaxLength = 36 },
			caught:  inTheChaos,
		},
		"a mark that each response has": {
			vendors: []func() profiles.Vendor{profiles.Stripe, profiles.Mollie, profiles.Increase, profiles.Worldline, profiles.Adyen},
			breaks:  func(v *profiles.Vendor) { v.Profile.ReplayHeader, v.Profile.ReplayValue = "Content-Type", "" },
			caught:  inTheChaos,
		},
		"a failure that ends no key": {
			vendors: []func() profiles.Vendor{profiles.Checkout},
			breaks:  func(v *profiles.Vendor) { v.Profile.ForgetsFailed = false },
			caught:  inTheChaos,
		},
		"a success that proves itself": {
			vendors: []func() profiles.Vendor{profiles.Stripe, profiles.Square},
			breaks:  func(v *profiles.Vendor) { v.Create.Prove = nil },
			caught:  inTheChaos,
		},
		"another request that counts as this one": {
			vendors: []func() profiles.Vendor{profiles.IETF, profiles.Stripe, profiles.AmazonPay},
			breaks:  resignal(idem.SignalKeyReused, idem.SignalAlreadyExecuted),
			caught:  inTheChaos,
		},
		"a request that runs counts as rejected": {
			vendors: []func() profiles.Vendor{
				profiles.IETF, profiles.Stripe, profiles.Adyen, profiles.Mollie, profiles.ModernTreasury, profiles.Worldline,
			},
			breaks: resignal(idem.SignalInProgress, idem.SignalError),
			caught: inDoubt(chaos.SlowAfter),
		},
		"one that was executed counts as rejected": {
			vendors: []func() profiles.Vendor{profiles.GoCardless},
			breaks:  resignal(idem.SignalAlreadyExecuted, idem.SignalError),
			caught:  inDoubt(chaos.CloseConn),
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, vendor := range row.vendors {
				v := vendor()
				row.breaks(&v)
				assert.True(t, row.caught(t, v), v.Name)
			}
		})
	}
}

func everyHeader() []func() profiles.Vendor {
	return []func() profiles.Vendor{
		profiles.IETF, profiles.Stripe, profiles.Adyen, profiles.PayPal, profiles.Mollie, profiles.Increase, profiles.Checkout,
		profiles.ModernTreasury, profiles.AmazonPay, profiles.Worldline, profiles.GoCardless,
	}
}

func resignal(from, to idem.Signal) func(*profiles.Vendor) {
	return func(v *profiles.Vendor) {
		classify := v.Profile.Classify
		v.Profile.Classify = func(status int, h http.Header, body []byte) idem.Signal {
			if s := classify(status, h, body); s != from {
				return s
			}
			return to
		}
	}
}

func inTheChaos(t *testing.T, v profiles.Vendor) bool {
	t.Helper()
	for seed := range uint64(25) { // most breaks show in the first few
		if r := chaosWorld(t, v, seed); r.Duplicates+r.Lies > 0 || r.Success() < leastSuccess {
			return true
		}
	}
	return false
}

func atTheEdge(t *testing.T, v profiles.Vendor) bool {
	t.Helper()
	r := windowReport(t, v, 5)
	return r.duplicates+r.lies > 0
}

func inDoubt(kind chaos.Kind) func(*testing.T, profiles.Vendor) bool {
	return func(t *testing.T, v profiles.Vendor) (caught bool) {
		t.Helper()
		synctest.Test(t, func(t *testing.T) {
			caught = claimUnder(t, v, rulesOf(t, v, 0), chaos.Fault{Kind: kind, After: true, Wait: 40 * time.Second}) != chaos.Done
		})
		return caught
	}
}
