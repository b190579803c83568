package bardgetest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/bardgetest"
	"github.com/bardge/bardge-go/journal"
)

func TestOptionsOf(t *testing.T) {
	key := bardge.NewKey()
	var reserved bardge.CallOption
	_ = bardge.Reserve(journal.NewMemory(), func(o bardge.CallOption) error {
		reserved = o
		assert.Equal(t, bardgetest.Options{Reserved: true}, bardgetest.OptionsOf(o))
		return nil
	})
	for name, row := range map[string]struct {
		opts []bardge.CallOption
		want bardgetest.Options
	}{
		"none":         {},
		"a nil option": {opts: []bardge.CallOption{nil}},
		"key":          {[]bardge.CallOption{bardge.WithIdempotencyKey(key)}, bardgetest.Options{Key: key}},
		"last ref":     {[]bardge.CallOption{bardge.WithRef("a"), bardge.WithRef("b")}, bardgetest.Options{Ref: "b"}},
		"attempts":     {[]bardge.CallOption{bardge.WithMaxAttempts(2)}, bardgetest.Options{RetryPolicy: bardge.RetryPolicy{MaxAttempts: 2}}},
		"timeout":      {[]bardge.CallOption{bardge.WithTimeout(time.Minute)}, bardgetest.Options{Timeout: time.Minute}},
		"lookup token": {[]bardge.CallOption{bardge.WithLookupToken("secret")}, bardgetest.Options{LookupToken: true}},
		"headers": {
			[]bardge.CallOption{bardge.WithHeader("x-b", "1"), bardge.WithLookupToken("secret"), bardge.WithHeader("X-A", "2")},
			bardgetest.Options{LookupToken: true, Headers: []string{"X-A", "X-B"}},
		},
		"extra fields": {
			[]bardge.CallOption{bardge.WithExtraField("note", "b"), bardge.WithExtraField("gift", true)},
			bardgetest.Options{ExtraFields: []string{"note", "gift"}},
		},
		"a bad one": {
			[]bardge.CallOption{bardge.WithMaxAttempts(0), bardge.WithRef("a")},
			bardgetest.Options{Ref: "a", Err: &bardge.InvalidError{Field: "MaxAttempts", Reason: "is less than 1"}},
		},
		"a header of the SDK's": {
			[]bardge.CallOption{bardge.WithHeader("bardge_lookup_token", "x")},
			bardgetest.Options{Err: &bardge.InvalidError{Field: "header Bardge_lookup_token", Reason: "is set by the SDK"}},
		},
		"a reservation that is over": {
			[]bardge.CallOption{reserved},
			bardgetest.Options{Err: &bardge.InvalidError{Field: "reservation", Reason: "is used after Reserve has returned"}},
		},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, row.want, bardgetest.OptionsOf(row.opts...)) })
	}
}
