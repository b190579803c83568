package bluesnaptest_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

func TestIdempotency_WhatIsStoredIsAnOption(t *testing.T) {
	const again, replay = false, true // what becomes of an equal request
	for _, row := range []struct {
		stored                        bluesnaptest.Stored
		success, decline, serverError bool
	}{
		{"", replay, replay, replay}, // the default
		{bluesnaptest.StoredAll, replay, replay, replay},
		{bluesnaptest.StoredFinal, replay, replay, again},
		{bluesnaptest.StoredSuccess, replay, again, again},
	} {
		t.Run(string(row.stored), func(t *testing.T) {
			var opts []fakeserver.Option
			if row.stored != "" {
				opts = append(opts, bluesnaptest.WithStored(row.stored))
			}
			inBubble(t, func(g *rig) {
				twice := func(key, amount string) bool {
					g.key(key).post("/transactions", payment(amount))
					g.key(key).post("/transactions", payment(amount))
					results := g.results(bluesnaptest.CreateCardTransaction)
					return results[len(results)-1] == fakeserver.ResultReplayed
				}
				assert.Equal(t, row.success, twice("a", "11.00"))
				assert.Equal(t, row.decline, twice("b", bluesnaptest.AmountDeclined))
				assert.Equal(t, row.decline, twice("c", bluesnaptest.AmountTimedOutPaid))
				assert.Equal(t, row.serverError, twice("d", bluesnaptest.AmountFailed))
				g.Next(bluesnaptest.CreateCardTransaction, fakeserver.ServerErrorAfter(500))
				assert.Equal(t, row.serverError, twice("e", "11.00"), "it was executed")

				g.Next(bluesnaptest.CreateCardTransaction, fakeserver.ServerErrorBefore(500))
				assert.Equal(t, again, twice("f", "11.00"), "it was not executed")
			}, opts...)
		})
	}
}

func TestIdempotency_WhatThePagesLeaveOpenIsAnOption(t *testing.T) {
	const vendor = `{"email":"a@example.com","country":"US"}`
	for _, row := range []struct {
		name           string
		opts           []fakeserver.Option
		echo, location [2]bool // of the first answer and of the second
		executed       int
	}{
		{"default", nil, [2]bool{true, true}, [2]bool{true, true}, 1},
		{
			"echo on replay",
			[]fakeserver.Option{bluesnaptest.WithEchoOnReplay()},
			[2]bool{false, true},
			[2]bool{true, true},
			1,
		},
		{
			"no location on replay",
			[]fakeserver.Option{bluesnaptest.WithoutLocationOnReplay()},
			[2]bool{true, true},
			[2]bool{true, false},
			1,
		},
		{
			"both",
			[]fakeserver.Option{bluesnaptest.WithoutLocationOnReplay(), bluesnaptest.WithEchoOnReplay()},
			[2]bool{false, true},
			[2]bool{true, false},
			1,
		},
		{
			"no keys",
			[]fakeserver.Option{bluesnaptest.WithoutKeys()},
			[2]bool{false, false},
			[2]bool{true, true},
			2,
		},
	} {
		t.Run(row.name, bubbleTest(func(g *rig) {
			for i := range 2 {
				r := g.key("k").post("/vendors", vendor)
				require.Equal(t, http.StatusCreated, r.status)
				assert.Equal(t, row.echo[i], r.header.Get(keyHeader) == "k")
				assert.Equal(t, row.location[i], r.header.Get("Location") != "")
			}
			assert.Equal(t, row.executed, g.Executed(bluesnaptest.CreateVendor))
		}, row.opts...))
	}
}

func TestBadOptionsAreRefused(t *testing.T) {
	for name, opt := range map[string]fakeserver.Option{
		"switch stored":    bluesnaptest.WithStored("some"),
		"WithKeyMemory":    fakeserver.WithKeyMemory(-1),
		"WithClock":        fakeserver.WithClock(nil),
		"WithRandomFaults": fakeserver.WithRandomFaults(1, 2),
	} {
		_, err := bluesnaptest.New(opt)
		require.ErrorContains(t, err, name)
	}
}
