package shop_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	shop "github.com/bardge/bardge-go/examples/testing"
	"github.com/bardge/bardge-go/sandbox"
)

func inShop(t *testing.T, test func(t *testing.T, server *sandbox.Sandbox), opts ...sandbox.Option) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(t, sandbox.Start(t, opts...)) })
}

func open(t *testing.T, server *sandbox.Sandbox) *shop.Shop {
	t.Helper()
	client, err := bardge.New(server.APIKey, bardge.WithBaseURL(server.URL), bardge.WithHTTPClient(server.Client()))
	require.NoError(t, err)
	return &shop.Shop{Bardge: client, Orders: memory{}}
}

type memory map[string]shop.Order

func (m memory) Save(ctx context.Context, o *shop.Order) error {
	m[o.Number] = *o
	return ctx.Err()
}

func order(server *sandbox.Sandbox) *shop.Order {
	return &shop.Order{
		Number: "order-1", State: shop.Open,
		ClientID: server.Seed.ClientID, PassID: server.Seed.PassID,
	}
}

func TestAPassIsIssuedOnceDespiteFaults(t *testing.T) {
	for _, fault := range []sandbox.Fault{
		sandbox.NoFault,
		sandbox.Refuse,
		sandbox.ResetBefore,
		sandbox.LoseResponse,
		sandbox.CutResponse,
		sandbox.ServerErrorBefore(500),
		sandbox.Unavailable(3 * time.Second),
		sandbox.TooMany(3 * time.Second),
		sandbox.DelayBefore(20 * time.Second), // longer than an attempt
		sandbox.ProxyPage(502),
		sandbox.ProxyPageAfter(504),
	} {
		t.Run(string(fault), func(t *testing.T) {
			inShop(t, func(t *testing.T, server *sandbox.Sandbox) {
				server.Next(sandbox.IssuePass, fault)
				o := order(server)
				require.NoError(t, open(t, server).Fulfil(t.Context(), o))
				assert.Equal(t, shop.Issued, o.State)
				assert.Equal(t, "brgpass_0001", o.IssuedID)
				assert.Equal(t, 1, server.Executed(sandbox.IssuePass), server.Ledger())
			})
		})
	}
}

func TestARejectedPassIsNotRequestedAgain(t *testing.T) {
	inShop(t, func(t *testing.T, server *sandbox.Sandbox) {
		o := order(server)
		o.PassID = "pass_unknown"
		s := open(t, server)
		assert.ErrorIs(t, s.Fulfil(t.Context(), o), bardge.ErrPassNotFound)
		assert.Equal(t, shop.Refused, o.State)
		assert.NoError(t, s.Fulfil(t.Context(), o))
		assert.Equal(t, 1, server.Requests(sandbox.IssuePass))
	})
}

// A rejection that is temporary, or about the account, is retried.
func TestARefusalThatIsNotAboutTheOrderLeavesItOpen(t *testing.T) {
	inShop(t, func(t *testing.T, server *sandbox.Sandbox) {
		o := order(server)
		s := open(t, server)
		server.Next(sandbox.IssuePass, sandbox.TooMany(10*time.Minute)) // longer than the call lasts
		assert.Equal(t, bardge.OutcomeRejected, bardge.OutcomeOf(s.Fulfil(t.Context(), o)))
		assert.Equal(t, shop.Open, o.State)
		server.SetAccountEnabled(false)
		require.ErrorIs(t, s.Fulfil(t.Context(), o), bardge.ErrAccountDisabled)
		assert.Equal(t, shop.Open, o.State)
		server.SetAccountEnabled(true)
		require.NoError(t, s.Fulfil(t.Context(), o))
		assert.Equal(t, 1, server.Executed(sandbox.IssuePass), server.Ledger())
	})
}

func TestAnOutageLeavesTheOrderOpen(t *testing.T) {
	inShop(t, func(t *testing.T, server *sandbox.Sandbox) {
		server.Outage(time.Minute)
		o := order(server)
		s := open(t, server)
		ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
		defer stop()
		assert.Equal(t, bardge.OutcomeNotSent, bardge.OutcomeOf(s.Fulfil(ctx, o)))
		assert.Equal(t, shop.Open, o.State)

		time.Sleep(time.Hour) // virtual
		require.NoError(t, s.Fulfil(t.Context(), o))
		assert.Equal(t, 1, server.Executed(sandbox.IssuePass), server.Ledger())
	})
}

func crash(t *testing.T, server *sandbox.Sandbox) *shop.Order {
	t.Helper()
	server.Next(sandbox.IssuePass, sandbox.DelayAfter(time.Minute))
	s, o := open(t, server), order(server)
	ctx, stop := context.WithTimeout(t.Context(), time.Second)
	defer stop()
	require.ErrorIs(t, s.Fulfil(ctx, o), context.DeadlineExceeded)
	stored := s.Orders.(memory)[o.Number]
	return &stored
}

func TestACrashedOrderIsTakenUpAgain(t *testing.T) {
	inShop(t, func(t *testing.T, server *sandbox.Sandbox) {
		o := crash(t, server)
		assert.Equal(t, shop.Open, o.State)
		require.NoError(t, open(t, server).Fulfil(t.Context(), o))
		assert.Equal(t, "brgpass_0001", o.IssuedID)
		assert.Equal(t, 1, server.Executed(sandbox.IssuePass), server.Ledger())
	})
}

func TestAnOldCrashNeedsAPerson(t *testing.T) {
	inShop(t, func(t *testing.T, server *sandbox.Sandbox) {
		o := crash(t, server)
		time.Sleep(2 * time.Minute) // the server has forgotten the key
		assert.ErrorIs(t, open(t, server).Fulfil(t.Context(), o), bardge.ErrKeyExpired)
		assert.Equal(t, shop.Unclear, o.State)
		assert.Equal(t, 1, server.Requests(sandbox.IssuePass), "nothing is sent")
	})
}

func TestNothingIsSentBeforeTheKeyIsStored(t *testing.T) {
	inShop(t, func(t *testing.T, server *sandbox.Sandbox) {
		s := open(t, server)
		s.Orders = broken{}
		assert.ErrorIs(t, s.Fulfil(t.Context(), order(server)), errDisk)
		assert.Zero(t, server.Requests(sandbox.IssuePass))
	})
}

var errDisk = errors.New("disk full")

type broken struct{}

func (broken) Save(context.Context, *shop.Order) error { return errDisk }

// A soak: many orders, each tried three times, with faults in a third of all
// requests.
func TestNoOrderIsFulfilledTwice(t *testing.T) {
	const orders = 100
	inShop(t, func(t *testing.T, server *sandbox.Sandbox) {
		s := open(t, server)
		issued := map[string]bool{}
		for n := range orders {
			o := order(server)
			o.Number = fmt.Sprintf("order-%d", n)
			for range 3 {
				_ = s.Fulfil(t.Context(), o) // the order has the result
			}
			if o.State == shop.Issued {
				assert.False(t, issued[o.IssuedID], "one pass for two orders")
				issued[o.IssuedID] = true
			}
		}
		executed := server.Executed(sandbox.IssuePass)
		assert.LessOrEqual(t, executed, orders, server.Ledger())
		assert.LessOrEqual(t, len(issued), executed, server.Ledger())
		assert.Greater(t, len(issued), orders/2)
	}, sandbox.WithRandomFaults(1, 0.3))
}
