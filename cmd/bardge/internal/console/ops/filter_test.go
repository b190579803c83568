package ops

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

// FuzzFilter: a query is refused, or is a filter whose own address is the same
// filter.
func FuzzFilter(f *testing.F) {
	for _, query := range []string{
		"", "state=any", "state=lost", "older=15m", "older=-1h", "older=1ns", "need=person", "q=order+17&need=call",
		"after=key%3A0190~00", "operation=%00", "q=%ff", "state=open&state=done",
	} {
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, query string) {
		values, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		read, err := readFilter(values)
		if err != nil {
			return
		}
		assert.GreaterOrEqual(t, read.journal().OlderThan, time.Duration(0))
		own, err := url.Parse(read.Here())
		require.NoError(t, err)
		assert.Equal(t, listPath, own.Path)
		again, err := readFilter(own.Query())
		require.NoError(t, err)
		assert.Equal(t, read, again)
	})
}

// FuzzNames: what names an operation in an address has no key in full, and has
// what finds it.
func FuzzNames(f *testing.F) {
	for _, id := range []string{
		"ref:order-17/pass", "call:1", "key:0190f3c2-0000-7000-8000-000000000000", "key:", "key:~", "key:k", "key:€€", "ref:key:1", "",
	} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		name := nameOf(id)
		key, isKey := strings.CutPrefix(id, journal.KeyID(""))
		if !isKey {
			assert.Equal(t, id, name)
			return
		}
		start, sum, ok := cutLast(name, digestMark)
		require.True(t, ok)
		assert.True(t, strings.HasPrefix(id, start), "the journal's list finds it behind this")
		assert.LessOrEqual(t, len(start)-len(keyPrefix), len(key)/2)
		assert.Equal(t, digest(id), sum)
	})
}

func TestTheSearchFindsAKeysBeginning(t *testing.T) {
	e := entry(time.Now(), 0)
	for text, want := range map[string]bool{
		"0190f3c2-0000…": true, "0190F3C2": true, "0190f3c2-0000-7000": true, "f3c2": false, "…": false, "ORDER-1": true,
	} {
		assert.Equal(t, want, filter{Text: text}.matches(e), text)
	}
}
