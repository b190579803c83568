package sandboxserver

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"

	"github.com/bardge/bardge-go/sandbox"
	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// emulator is a vendor's sandbox.
type emulator interface {
	Control() *fakeserver.Control
	Handler() http.Handler
	Close()
}

// emulated is a vendor's sandbox, and what its users need to begin.
type emulated struct {
	emulator

	vendor      string
	name        string // for people
	basePath    string
	credentials []fact
	facts       []fact // more of them
	seed        any    // a struct of strings
	example     string // what the curl line does
	curl        func(base string) string
}

// fact is a value with a name.
type fact struct{ name, label, value string }

// emulate makes the sandbox of the chosen vendor.
func (c *Config) emulate(opts []fakeserver.Option) (*emulated, error) {
	switch c.Vendor {
	case "", "bardge":
		sb, err := sandbox.New(opts...)
		if err != nil {
			return nil, err
		}
		return bardge(sb), nil
	case "bluesnap":
		if c.Preview {
			return nil, errors.New("--preview: BlueSnap's sandbox has no previews")
		}
		sb, err := bluesnaptest.New(opts...)
		if err != nil {
			return nil, err
		}
		return bluesnap(sb), nil
	default:
		return nil, fmt.Errorf("--vendor must be bardge or bluesnap, not %q", c.Vendor)
	}
}

func bardge(sb *sandbox.Sandbox) *emulated {
	return &emulated{
		emulator: sb, vendor: "bardge", name: "Bardge", basePath: sandbox.BasePath, seed: sb.Seed,
		credentials: []fact{{"api_key", "API key", sb.APIKey}},
		example:     "Issue a pass, and again within 90 s to see it replayed:",
		curl: func(base string) string {
			return fmt.Sprintf(`curl -i -X POST %s/issued_passes -H 'Authorization: Bearer %s'`+
				` -H 'Content-Type: application/json' -H 'Idempotency-Key: first-pass'`+
				` -d '{"client_id":"%s","pass_id":"%s"}'`, base, sb.APIKey, sb.Seed.ClientID, sb.Seed.PassID)
		},
	}
}

func bluesnap(sb *bluesnaptest.Sandbox) *emulated {
	credentials := base64.StdEncoding.EncodeToString([]byte(sb.Username + ":" + sb.Password))
	return &emulated{
		emulator: sb, vendor: "bluesnap", name: "BlueSnap", seed: sb.Seed,
		credentials: []fact{
			{"username", "username", sb.Username},
			{"password", "password", sb.Password},
			{"merchant_id", "merchant id", sb.MerchantID},
		},
		facts: []fact{
			{"amount_declined", "declined amount", bluesnaptest.AmountDeclined},
			{"amount_timed_out", "timed out amount", bluesnaptest.AmountTimedOut},
			{"amount_timed_out_paid", "same, but paid", bluesnaptest.AmountTimedOutPaid},
		},
		example: "Charge a card, and again within 24 h to get the same response:",
		curl: func(base string) string {
			return fmt.Sprintf(`curl -i -X POST %s/services/2/transactions -H 'Authorization: Basic %s'`+
				` -H 'Content-Type: application/json' -H 'Idempotency-Key: first-charge'`+
				` -d '{"cardTransactionType":"AUTH_CAPTURE","amount":"11.00","currency":"USD",`+
				`"vaultedShopperId":"%s"}'`,
				base, credentials, sb.Seed.ShopperID)
		},
	}
}
