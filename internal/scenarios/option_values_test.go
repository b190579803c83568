package scenarios

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/journal"
)

func TestOptionsCanBeCompared(t *testing.T) {
	key := bardge.NewKey()
	calls := []func() bardge.CallOption{
		func() bardge.CallOption { return bardge.WithIdempotencyKey(key) },
		func() bardge.CallOption { return bardge.WithRef("s3cret") },
		func() bardge.CallOption { return bardge.WithMaxAttempts(2) },
		func() bardge.CallOption { return bardge.WithRetryPolicy(bardge.RetryPolicy{MaxAttempts: 2}) },
		func() bardge.CallOption { return bardge.WithTimeout(time.Second) },
		func() bardge.CallOption { return bardge.WithLookupToken("s3cret") },
		func() bardge.CallOption { return bardge.WithHeader("X-A", "s3cret") },
		func() bardge.CallOption { return bardge.WithExtraField("a", map[string]any{"b": []string{"s3cret"}}) },
		func() bardge.CallOption { return bardge.WithExtraField("a", func() {}) },
	}
	for i, one := range calls {
		for j, other := range calls {
			assert.Equal(t, i == j, one() == other(), "%v and %v", one(), other())
		}
		sdktest.Hides(t, one())
		assert.Contains(t, fmt.Sprint(one()), "With")
	}
	base := bardge.WithBaseURL("https://example.com")
	equal := base == bardge.WithUserAgent("shop/1")
	assert.False(t, equal, "and no comparison panics")
	assert.NotEqual(t, base, bardge.WithUserAgent("shop/1"))
	assert.Equal(t, "WithBaseURL", fmt.Sprint(base))
}

func TestRefOfFindsTheLastRef(t *testing.T) {
	for want, opts := range map[string][]bardge.CallOption{
		"":             {nil, bardge.WithMaxAttempts(0), bardge.WithRef("")},
		"order-17/pay": {bardge.WithRef("order-1"), nil, bardge.WithExtraField("", 1), bardge.WithRef("order-17/pay"), bardge.WithRef("")},
	} {
		assert.Equal(t, want, bardge.RefOf(opts...))
	}
	assert.Empty(t, bardge.RefOf())
}

type typedNil struct {
	journal.Journal
	http.RoundTripper
}

func smuggled(o bardge.CallOption) bardge.Option { return o.(bardge.Option) }

const conditional = "changes what the response to a repetition says"

func TestErrorsOfNewNameTheOption(t *testing.T) {
	t.Setenv("BARDGE_BASE_URL", "")
	var none *typedNil
	withJournal := bardge.WithJournal(journal.NewMemory(), "acme")
	source := bardge.WithAPIKeyProvider(func(context.Context) (string, error) { return sdktest.APIKey, nil })
	find := func(context.Context, bardge.PendingOperation) (bardge.ReconcileResult, error) {
		return bardge.ReconcileResult{}, nil
	}
	for want, row := range map[string]struct {
		key  string
		opts []bardge.Option
	}{
		"bardge: API key is empty":                                                                       {},
		"bardge: API key is given twice, directly and by a source":                                       {key: sdktest.APIKey, opts: []bardge.Option{source}},
		"bardge: WithAPIKeyProvider: API key provider is nil":                                            {opts: []bardge.Option{bardge.WithAPIKeyProvider(nil)}},
		"bardge: WithBaseURL: base URL is not an absolute URL":                                           {key: sdktest.APIKey, opts: []bardge.Option{bardge.WithBaseURL("example")}},
		"bardge: WithHTTPClient: HTTP client is nil":                                                     {key: sdktest.APIKey, opts: []bardge.Option{bardge.WithHTTPClient(nil)}},
		"bardge: WithHTTPClient: HTTP client has a Transport that is a nil pointer":                      {key: sdktest.APIKey, opts: []bardge.Option{bardge.WithHTTPClient(&http.Client{Transport: none})}},
		"bardge: WithJournal: journal is nil":                                                            {key: sdktest.APIKey, opts: []bardge.Option{bardge.WithJournal(nil, "acme")}},
		"bardge: WithJournalSecret: journal secret has fewer than 16 bytes":                              {key: sdktest.APIKey, opts: []bardge.Option{bardge.WithJournalSecret(nil)}},
		"bardge: WithJournalSecret: journal secret is needed, since the API key is not known in advance": {opts: []bardge.Option{source, withJournal}},
		"bardge: WithReconciler: reconciler names no operation":                                          {key: sdktest.APIKey, opts: []bardge.Option{bardge.WithReconciler("x", find)}},
		"bardge: WithRetryPolicy: MaxAttempts is negative":                                               {key: sdktest.APIKey, opts: []bardge.Option{bardge.WithRetryPolicy(bardge.RetryPolicy{MaxAttempts: -1})}},
		"bardge: WithRetryPolicy: KeyTTL is longer than the 1m30s that the server remembers a key":       {key: sdktest.APIKey, opts: []bardge.Option{bardge.WithRetryPolicy(bardge.RetryPolicy{KeyTTL: time.Hour})}},
		"bardge: WithTimeout(0s): timeout is not positive":                                               {key: sdktest.APIKey, opts: []bardge.Option{bardge.WithTimeout(0)}},
		"bardge: WithMaxAttempts(0): MaxAttempts is less than 1":                                         {key: sdktest.APIKey, opts: []bardge.Option{bardge.WithMaxAttempts(0)}},
		`bardge: WithHeader("accept"): header Accept is set by the SDK`:                                  {key: sdktest.APIKey, opts: []bardge.Option{bardge.WithHeader("accept", "v")}},
		"bardge: WithHeader: header If-Match " + conditional:                                             {key: sdktest.APIKey, opts: []bardge.Option{bardge.WithHeader("If-Match", "v")}},
		"bardge: WithJournalTimeout: journal timeout is not positive":                                    {key: sdktest.APIKey, opts: []bardge.Option{bardge.WithJournalTimeout(0)}},
		"bardge: WithJournal: account is empty":                                                          {key: sdktest.APIKey, opts: []bardge.Option{bardge.WithJournal(journal.NewMemory(), "")}},
		"bardge: WithRef: option is for one call":                                                        {key: sdktest.APIKey, opts: []bardge.Option{smuggled(bardge.WithRef("order-17"))}},
		"bardge: WithIdempotencyKey: option is for one call":                                             {key: sdktest.APIKey, opts: []bardge.Option{smuggled(bardge.WithIdempotencyKey(bardge.NewKey()))}},
		"bardge: WithLookupToken: option is for one call":                                                {key: sdktest.APIKey, opts: []bardge.Option{smuggled(bardge.WithLookupToken("t"))}},
		`bardge: WithExtraField("a"): option is for one call`:                                            {key: sdktest.APIKey, opts: []bardge.Option{smuggled(bardge.WithExtraField("a", 1))}},
		"bardge: WithUserAgent: user agent has a character that a header must not contain":               {key: sdktest.APIKey, opts: []bardge.Option{bardge.WithUserAgent("\n")}},
	} {
		client, err := bardge.New(row.key, row.opts...)
		assert.Nil(t, client)
		require.EqualError(t, err, want)
		assert.ErrorAs(t, err, new(*bardge.InvalidError))
	}
	_, err := bardge.New(sdktest.APIKey, bardge.WithJournal(none, "acme"))
	require.EqualError(t, err, "bardge: WithJournal: journal is nil", "a nil pointer in the interface")
	_, err = bardge.New(sdktest.APIKey, nil, bardge.WithLogger(nil), bardge.WithObserver(nil), nil)
	require.NoError(t, err)
}

func TestErrorsOfFromEnvNameTheVariable(t *testing.T) {
	for want, row := range map[string]struct{ key, base string }{
		"bardge: BARDGE_API_KEY is not set":                                              {},
		"bardge: BARDGE_API_KEY: API key has a character that a header must not contain": {key: "a b"},
		"bardge: BARDGE_BASE_URL: base URL is not an absolute URL":                       {key: sdktest.APIKey, base: "example"},
	} {
		t.Setenv("BARDGE_API_KEY", row.key)
		t.Setenv("BARDGE_BASE_URL", row.base)
		_, err := bardge.FromEnv()
		require.EqualError(t, err, want)
	}
}

func TestR40_OptionsInDisguiseAreRefused(t *testing.T) {
	for name, field := range map[string]string{
		"Idempotency_Key": "header Idempotency_key", "Content_Length": "header Content_length", "accept": "header Accept",
		"USER_AGENT": "header User_agent", "X-HTTP-Method-Override": "header X-Http-Method-Override",
		"Bardge_Lookup_Token": "header Bardge_lookup_token", "bardge-lookup-token": "header Bardge-Lookup-Token",
		"Bardge_Request_Id": "header Bardge_request_id", "X-Idempotent_Replayed": "header X-Idempotent_replayed",
		"X-Forwarded-Host": "header X-Forwarded-Host", "If-Match": "header If-Match",
	} {
		t.Run("R40_"+name, func(t *testing.T) {
			refusedUnsent(t, field, "IssuePass", issue(bardge.WithHeader(name, "v")))
		})
	}
	for _, name := range []string{"Client_ID", "client-id", "CLIENT_ID", "_method"} {
		t.Run("R40_"+name, func(t *testing.T) {
			refusedUnsent(t, "extra field "+name, "IssuePass", issue(bardge.WithExtraField(name, "c2")))
		})
	}
	t.Run("R40_twice", func(t *testing.T) {
		twice := issue(bardge.WithExtraField("gift_note", 1), bardge.WithExtraField("Gift-Note", 2))
		refusedUnsent(t, "extra field Gift-Note", "IssuePass", twice)
	})
	t.Run("R40_beside its twin", func(t *testing.T) {
		twins := issue(bardge.WithHeader("X-Lane", "1"), bardge.WithHeader("X_Lane", "2"))
		sdktest.WithBardge(t, sdktest.Script{sdktest.Lose}, func(t *testing.T, s *sdktest.Bardge) {
			assert.ErrorContains(t, twins(t.Context(), s.Client), "in disguise")
			assert.Empty(t, s.Requests())
		})
	})
}
