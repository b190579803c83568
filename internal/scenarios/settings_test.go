package scenarios

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/journal"
)

func TestErrorsOfNewNameTheOption(t *testing.T) {
	var none *journal.Memory
	find := func(*recovered) (bardge.ReconcileResult, error) { return bardge.ReconcileResult{}, nil }
	inShops(t, func(t *testing.T, s *shop) {
		for want, bad := range map[string]setting{
			"WithBaseURL: base URL is not an absolute URL":                                                         withBaseURL("example"),
			"WithBaseURL: base URL is not https (http is allowed to a loopback host only)":                         withBaseURL("http://api.example.com"),
			"WithHTTPClient: HTTP client is nil":                                                                   withHTTPClient(nil),
			"WithHTTPClient: HTTP client has a Transport that is a nil pointer":                                    withHTTPClient(&http.Client{Transport: sdktest.RoundTripper(nil)}),
			"WithJournal: journal is nil":                                                                          withJournal(none, "acme"),
			"WithJournal: account is empty":                                                                        withJournal(s.journal, ""),
			"WithJournalSecret: journal secret has fewer than 16 bytes":                                            withJournalSecret([]byte("fifteen bytes .")),
			"WithJournalTimeout: journal timeout is not positive":                                                  withJournalTimeout(0),
			"WithReconciler: reconciler names no operation":                                                        withReconciler("x", find),
			"WithReconciler: reconciler is nil":                                                                    withReconciler(s.order, nil),
			"WithRetryPolicy: MaxAttempts is negative":                                                             withRetryPolicy(idem.Policy{MaxAttempts: -1}),
			"WithRetryPolicy: KeyTTL is longer than the " + s.keyTTL.String() + " that the server remembers a key": withRetryPolicy(idem.Policy{KeyTTL: 1 << 60}),
			"WithTimeout(-1s): timeout is not positive":                                                            asDefault(withTimeout(-time.Second)),
			"WithMaxAttempts(0): MaxAttempts is less than 1":                                                       asDefault(withMaxAttempts(0)),
			`WithHeader("accept"): header Accept is set by the SDK`:                                                asDefault(withHeader("accept", "v")),
			"WithHeader: header If-Match changes what the response to a repetition says":                           asDefault(withHeader("If-Match", "v")),
			"WithRef: option is for one call":                                                                      asDefault(withRef("order-17")),
			"WithIdempotencyKey: option is for one call":                                                           asDefault(withKey(idem.NewKey())),
			`WithExtraField("a"): option is for one call`:                                                          asDefault(withExtraField("a", 1)),
			"WithUserAgent: user agent has a character that a header must not contain":                             withUserAgent("\n"),
		} {
			_, err := s.vendor.client(bad)
			require.EqualError(t, err, s.name+": "+want)
			assert.ErrorAs(t, err, new(*idem.InvalidError))
			assert.Equal(t, idem.OutcomeNotSent, idem.OutcomeOf(err), "J16")
		}
		_, err := s.vendor.client(setting{}, withLogger(nil), withObserver(nil), setting{})
		require.NoError(t, err)
	})
}

func TestJ12_AnAccountHasAName(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		for _, name := range []string{"", "line\nbreak", "\xff", string(make([]byte, 201))} {
			_, err := s.vendor.client(withJournal(s.journal, name))
			sdktest.Invalid(t, "account", err)
		}
	})
}
