package scenarios

import (
	"math"
	"net/http"
	"net/http/cookiejar"
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
			"WithRateLimit: RateLimit is zero":                                                                     withRateLimit(0),
			"WithRateLimit: RateLimit is negative, or more than a million a second":                                withRateLimit(math.Inf(1)),
			"WithLimiter: limiter is nil":                                                                          withLimiter(nil),
			"WithMaxConcurrent: number of concurrent requests is less than 1":                                      withMaxConcurrent(0),
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

func TestNewRefusesBadSettings(t *testing.T) {
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	follow := func(*http.Request, []*http.Request) error { return nil }
	inShops(t, func(t *testing.T, s *shop) {
		for name, row := range map[string]struct {
			bad   setting
			field string
		}{
			"R20_http to another machine":          {bad: withBaseURL("http://api.example.com/v3"), field: "base URL"},
			"R20_another scheme":                   {bad: withBaseURL("ftp://api.example.com"), field: "base URL"},
			"base URL without a host":              {bad: withBaseURL("/v3/api"), field: "base URL"},
			"base URL with a password":             {bad: withBaseURL("https://u:p@api.example.com"), field: "base URL"},
			"base URL with a query":                {bad: withBaseURL("https://api.example.com/?a=b"), field: "base URL"},
			"R25_HTTP client with a Timeout":       {bad: withHTTPClient(&http.Client{Timeout: time.Second}), field: "HTTP client"},
			"R25_HTTP client with a Jar":           {bad: withHTTPClient(&http.Client{Jar: jar}), field: "HTTP client"},
			"R25_HTTP client with a CheckRedirect": {bad: withHTTPClient(&http.Client{CheckRedirect: follow}), field: "HTTP client"},
			"negative BaseDelay":                   {bad: withRetryPolicy(idem.Policy{BaseDelay: -1}), field: "BaseDelay"},
			"MaxDelay below BaseDelay":             {bad: withRetryPolicy(idem.Policy{BaseDelay: time.Minute, MaxDelay: time.Second}), field: "MaxDelay"},
			"R8_attempts longer than the window":   {bad: withRetryPolicy(idem.Policy{AttemptTimeout: s.keyTTL - 2*time.Second}), field: "AttemptTimeout"},
		} {
			_, err := s.vendor.client(row.bad)
			sdktest.Invalid(t, row.field, err, name)
			for _, secret := range append(s.credentials(), "u:p") {
				assert.NotContains(t, err.Error(), secret)
			}
		}
		for _, u := range []string{"http://localhost:1", "http://127.0.0.1:1/v3", "http://[::1]:1", "https://api.example.com"} {
			_, err := s.vendor.client(withBaseURL(u))
			assert.NoError(t, err, "R20 %s", u)
		}
	})
}
