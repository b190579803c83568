package conformance_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/idem/conformance"
	"github.com/bardge/bardge-go/sandbox"
	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// post makes requests with a JSON body that has the request's number in it.
func post(url, body string, change func(*http.Request)) conformance.Requests {
	return func(n int) (*http.Request, error) {
		r, err := http.NewRequest(http.MethodPost, url, strings.NewReader(fmt.Sprintf(body, n)))
		if err == nil {
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set(fakeserver.FaultHeader, string(fakeserver.DelayBefore(20*time.Millisecond))) // as a server that works
			change(r)
		}
		return r, err
	}
}

// failing adds a fault to requests: executed, and answered with a 500.
func failing(requests conformance.Requests) conformance.Requests {
	return func(n int) (*http.Request, error) {
		r, err := requests(n)
		if err == nil {
			r.Header.Set(fakeserver.FaultHeader, string(fakeserver.ServerErrorAfter(500)))
		}
		return r, err
	}
}

func bardgeTarget(t *testing.T) conformance.Target {
	t.Helper()
	sb := sandbox.Start(t, sandbox.WithAccount("second", "second_key"))
	as := func(key string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+key) }
	}
	body := fmt.Sprintf(`{"client_id":%q,"pass_id":%q,"note":"%%d"}`, sb.Seed.ClientID, sb.Seed.PassID)
	requests := post(sb.URL+"/issued_passes", body, as(sb.APIKey))
	return conformance.Target{
		Profile: bardge.Profile(), Client: sb.Client(), Within: time.Hour,
		Request: requests, ResourceID: conformance.JSONMember("id"),
		Second:  post(sb.URL+"/issued_passes", body, as("second_key")),
		Other:   post(sb.URL+"/credit_purchases", body, as(sb.APIKey)),
		Failing: failing(requests),
		Refused: post(sb.URL+"/issued_passes", `{"client_id":"%d"}`, as(sb.APIKey)),
		Executed: func(context.Context) (int, error) {
			return sb.Executed(sandbox.IssuePass), nil
		},
		Wait: func(_ context.Context, d time.Duration) error { return sb.Control().Clock.Advance(d) },
	}
}

func blueSnapTarget(t *testing.T) conformance.Target {
	t.Helper()
	sb := bluesnaptest.Start(t, fakeserver.WithAccount("second", "second_password"))
	as := func(username, password string) func(*http.Request) {
		return func(r *http.Request) { r.SetBasicAuth(username, password) }
	}
	url := sb.URL + "/services/2/vaulted-shoppers"
	requests := post(url, `{"firstName":"Ada","lastName":"Number %d"}`, as(sb.Username, sb.Password))
	return conformance.Target{
		Profile: bluesnap.Profile(), Client: sb.Client(), Within: 48 * time.Hour,
		Request: requests, ResourceID: conformance.JSONMember("vaultedShopperId"),
		Second: post(url, `{"firstName":"Ada","lastName":"Number %d"}`, as("second", "second_password")),
		Other: post(sb.URL+"/services/2/vendors", `{"firstName":"Ada","lastName":"Number %d"}`,
			as(sb.Username, sb.Password)),
		Failing: failing(requests),
		Refused: post(url, `{"firstName":%d}`, as(sb.Username, sb.Password)),
		Executed: func(context.Context) (int, error) {
			return sb.Executed(bluesnaptest.CreateVaultedShopper), nil
		},
		Wait: func(_ context.Context, d time.Duration) error { return sb.Control().Clock.Advance(d) },
	}
}

// TestTheSandboxesConform: what is tried holds.
func TestTheSandboxesConform(t *testing.T) {
	for name, row := range map[string]struct {
		target  func(*testing.T) conformance.Target
		differs []string
		untried []string
	}{
		"Bardge": {
			target:  bardgeTarget,
			untried: []string{conformance.KeyTooLong, conformance.KeyAlphabet}, // the vendor states no limits
		},
		"BlueSnap": {
			target:  blueSnapTarget,
			untried: []string{conformance.ReplayMark}, // the vendor marks none
		},
	} {
		t.Run(name, bubbleTest(func(t *testing.T) {
			report, err := conformance.Run(t.Context(), row.target(t))
			for _, f := range report {
				t.Log(f)
			}
			require.NoError(t, err)
			assert.Empty(t, report.With(conformance.Broken))
			assert.Equal(t, row.differs, names(report.With(conformance.Differs)))
			assert.Equal(t, row.untried, names(report.With(conformance.NotTried)))
		}))
	}
}

func names(report conformance.Report) (found []string) {
	for _, f := range report {
		found = append(found, f.Check)
	}
	return found
}
