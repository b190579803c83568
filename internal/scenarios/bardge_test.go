package scenarios

import (
	"context"
	"errors"
	"iter"
	"testing"
	"time"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/sandbox"
)

// newBardge orders passes. Its changes are cancellations.
func newBardge() *vendor {
	var sb *sandbox.Sandbox
	return &vendor{
		name: "bardge", keyTTL: 90 * time.Second, settled: 280 * time.Second,
		order: "IssuePass", path: "/issued_passes", other: "PurchaseCredits", change: "CancelBooking", reading: "GetBookingStatus",
		changeSettled: 100 * time.Second,
		refused:       bardge.ErrPassNotFound, reused: bardge.ErrIdempotencyKeyReused, firstID: "brgpass_0001",
		refusedCode: "pass_not_found", rateLimited: bardge.ErrRateLimited,
		emptyError: &bardge.Error{}, nilError: (*bardge.Error)(nil),
		start: func(t *testing.T) server {
			t.Helper()
			sb = sandbox.Start(t)
			return untyped[sandbox.Operation]{sb}
		},
		client: func(settings ...setting) (client, error) {
			opts := []bardge.Option{bardge.WithBaseURL(sb.URL), bardge.WithHTTPClient(sb.Client())}
			c, err := bardge.New(sb.APIKey, append(opts, bardgeSettings(settings)...)...)
			return bardgeClient{Client: c, seed: sb.Seed}, err
		},
		secret:      func() string { return sb.APIKey },
		url:         func() string { return sb.URL },
		credentials: func() []string { return []string{sb.APIKey} },
		newKey:      bardge.UnsentKey,
		pending:     func(r *recovered) any { return alike[bardge.PendingOperation](r.own) },
	}
}

type bardgeClient struct {
	*bardge.Client
	seed sandbox.Seed
}

func bardgeSettings(all []setting) []bardge.Option {
	return picked(all, func(s setting) bardge.Option { return s.bardge })
}

func bardgeOptions(all []option) []bardge.CallOption {
	return picked(all, func(o option) bardge.CallOption { return o.bardge })
}

func bardgeResult[T any](id func(*T) string) func(*T, *bardge.Response, error) result {
	return func(value *T, resp *bardge.Response, err error) result {
		return resultOf(value, resp, err, id, func(err error) *bardge.Response {
			e, _ := errors.AsType[*bardge.Error](err)
			return e.Response
		})
	}
}

func (c bardgeClient) order(ctx context.Context, what goods, opts ...option) result {
	own := bardgeOptions(opts)
	if what == otherGoods {
		params := bardge.PurchaseCreditsParams{ClientID: c.seed.ClientID, PackageID: c.seed.CreditPackageID}
		return bardgeResult(func(p *bardge.CreditPurchase) string { return p.ID })(c.Credits.Purchase(ctx, params, own...))
	}
	params := bardge.IssuePassParams{ClientID: c.seed.ClientID, PassID: map[goods]string{
		usual: c.seed.PassID, anotherOrder: c.seed.TrialPassID, refusedOrder: "pass_that_is_not",
	}[what]}
	return bardgeResult(func(p *bardge.IssuedPass) string { return p.ID })(c.IssuedPasses.Issue(ctx, params, own...))
}

func (c bardgeClient) prepare(ctx context.Context) (string, error) {
	booked := bardgeResult(func(b *bardge.ClassBooking) string { return b.BookingID })(
		c.Bookings.BookClass(ctx, bardge.BookClassParams{ClassInstanceID: c.seed.ClassInstanceID, ClientID: c.seed.ClientID}))
	return booked.id, booked.err
}

func (c bardgeClient) change(ctx context.Context, id string, opts ...option) result {
	cancelled := bardgeResult(func(b *bardge.Booking) string { return b.ID })
	return cancelled(c.Bookings.Cancel(ctx, id, bardgeOptions(opts)...))
}

func (c bardgeClient) read(ctx context.Context, opts ...option) result {
	profile := bardgeResult(func(p *bardge.ClientProfile) string { return p.ID })
	return profile(c.Clients.Get(ctx, c.seed.ClientID, bardgeOptions(opts)...))
}

func (c bardgeClient) recover(ctx context.Context, o idem.RecoveryOptions) iter.Seq2[*recovered, error] {
	return allRecovered(c.Recover(ctx, bardge.RecoveryOptions(o)))
}

func (c bardgeClient) runRecovery(ctx context.Context, every time.Duration, each func(*recovered)) error {
	return c.RunRecovery(ctx, every, eachRecovered[bardge.RecoveryResult](each))
}

func (c bardgeClient) reserve(in journal.Reserver, f func(option) error) error {
	if f == nil {
		return bardge.Reserve(in, nil)
	}
	return bardge.Reserve(in, func(o bardge.CallOption) error { return f(option{bardge: o}) })
}

func (c bardgeClient) resolve(ctx context.Context, ref string, w word) error {
	return c.Resolve(ctx, ref, w.bardge)
}

func (c bardgeClient) resolveID(ctx context.Context, id string, w word) error {
	return c.ResolveID(ctx, id, w.bardge)
}

func (c bardgeClient) operations() operations { return c.Operations }
