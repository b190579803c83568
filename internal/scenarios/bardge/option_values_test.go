package scenarios

import (
	"context"
	"fmt"
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

func smuggled(o bardge.CallOption) bardge.Option { return o.(bardge.Option) }

func TestErrorsOfNewNameTheOption(t *testing.T) {
	t.Setenv("BARDGE_BASE_URL", "")
	withJournal := bardge.WithJournal(journal.NewMemory(), "acme")
	source := bardge.WithAPIKeyProvider(func(context.Context) (string, error) { return sdktest.APIKey, nil })
	for want, row := range map[string]struct {
		key  string
		opts []bardge.Option
	}{
		"bardge: API key is empty":                                                                       {},
		"bardge: API key is given twice, directly and by a source":                                       {key: sdktest.APIKey, opts: []bardge.Option{source}},
		"bardge: WithAPIKeyProvider: API key provider is nil":                                            {opts: []bardge.Option{bardge.WithAPIKeyProvider(nil)}},
		"bardge: WithJournalSecret: journal secret is needed, since the API key is not known in advance": {opts: []bardge.Option{source, withJournal}},
		"bardge: WithLookupToken: option is for one call":                                                {key: sdktest.APIKey, opts: []bardge.Option{smuggled(bardge.WithLookupToken("t"))}},
	} {
		client, err := bardge.New(row.key, row.opts...)
		assert.Nil(t, client)
		require.EqualError(t, err, want)
		assert.ErrorAs(t, err, new(*bardge.InvalidError))
	}
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
		"USER_AGENT": "header User_agent", "Bardge_Lookup_Token": "header Bardge_lookup_token",
		"bardge-lookup-token": "header Bardge-Lookup-Token", "Bardge_Request_Id": "header Bardge_request_id",
		"X-Idempotent_Replayed": "header X-Idempotent_replayed",
	} {
		t.Run("R40_"+name, func(t *testing.T) {
			refusedUnsent(t, field, "IssuePass", issue(bardge.WithHeader(name, "v")))
		})
	}
	for _, name := range []string{"Client_ID", "client-id", "CLIENT_ID"} {
		t.Run("R40_"+name, func(t *testing.T) {
			refusedUnsent(t, "extra field "+name, "IssuePass", issue(bardge.WithExtraField(name, "c2")))
		})
	}
	t.Run("R40_beside its twin", func(t *testing.T) {
		twins := issue(bardge.WithHeader("X-Lane", "1"), bardge.WithHeader("X_Lane", "2"))
		sdktest.WithBardge(t, sdktest.Script{sdktest.Lose}, func(t *testing.T, s *sdktest.Bardge) {
			assert.ErrorContains(t, twins(t.Context(), s.Client), "in disguise")
			assert.Empty(t, s.Requests())
		})
	})
}
