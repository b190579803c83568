package scenarios

import (
	"context"
	"encoding/base64"
	"errors"
	"iter"
	"testing"
	"time"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
)

// newBlueSnap orders payments. Its changes are captures.
func newBlueSnap() *vendor {
	var sb *bluesnaptest.Sandbox
	return &vendor{
		name: "bluesnap", keyTTL: 12 * time.Hour, settled: 12*time.Hour + 12*time.Minute + 10*time.Second,
		order: "CreateCardTransaction", path: "/services/2/transactions", other: "RefundTransaction", change: "UpdateTransaction", reading: "GetTransaction",
		changeSettled: 130 * time.Second,
		refused:       bluesnap.ErrDoNotHonor, reused: bluesnap.ErrIdempotencyKeyReused, firstID: "38000003",
		refusedCode: "DO_NOT_HONOR", rateLimited: bluesnap.ErrRateLimited,
		emptyError: &bluesnap.Error{}, nilError: (*bluesnap.Error)(nil),
		start: func(t *testing.T) server {
			t.Helper()
			sb = bluesnaptest.Start(t)
			return untyped[bluesnaptest.Operation]{sb}
		},
		client: func(settings ...setting) (client, error) {
			opts := []bluesnap.Option{bluesnap.WithBaseURL(sb.URL), bluesnap.WithHTTPClient(sb.Client())}
			c, err := bluesnap.New(sb.Username, sb.Password, append(opts, blueSnapSettings(settings)...)...)
			return blueSnapClient{Client: c, seed: sb.Seed}, err
		},
		secret: func() string { return sb.Password },
		url:    func() string { return sb.URL },
		credentials: func() []string {
			return []string{sb.Password, base64.StdEncoding.EncodeToString([]byte(sb.Username + ":" + sb.Password))}
		},
		newKey:  bluesnap.UnsentKey,
		pending: func(r *recovered) any { return alike[bluesnap.PendingOperation](r.own) },
	}
}

type blueSnapClient struct {
	*bluesnap.Client
	seed bluesnaptest.Seed
}

func blueSnapSettings(all []setting) []bluesnap.Option {
	return picked(all, func(s setting) bluesnap.Option { return s.bluesnap })
}

func blueSnapOptions(all []option) []bluesnap.CallOption {
	return picked(all, func(o option) bluesnap.CallOption { return o.bluesnap })
}

func blueSnapResult[T any](id func(*T) bluesnap.ID) func(*T, *bluesnap.Response, error) result {
	return func(value *T, resp *bluesnap.Response, err error) result {
		text := func(v *T) string { return string(id(v)) }
		return resultOf(value, resp, err, text, func(err error) *bluesnap.Response {
			e, _ := errors.AsType[*bluesnap.Error](err)
			return e.Response
		})
	}
}

var aPayment = blueSnapResult(func(p *bluesnap.CardTransaction) bluesnap.ID { return p.TransactionID })

func (c blueSnapClient) order(ctx context.Context, what goods, opts ...option) result {
	own := blueSnapOptions(opts)
	if what == otherGoods {
		refund := blueSnapResult(func(r *bluesnap.Refund) bluesnap.ID { return r.RefundTransactionID })
		return refund(c.Transactions.Refund(ctx, bluesnap.ID(c.seed.TransactionID), bluesnap.RefundParams{}, own...))
	}
	return aPayment(c.Transactions.Create(ctx, bluesnap.CardTransactionParams{
		Type: bluesnap.AuthCapture, Currency: "USD", VaultedShopperID: bluesnap.ID(c.seed.ShopperID),
		Amount: map[goods]bluesnap.Amount{usual: "11.00", anotherOrder: "12.00", refusedOrder: bluesnaptest.AmountDeclined}[what],
	}, own...))
}

func (c blueSnapClient) prepare(ctx context.Context) (string, error) {
	authorized := aPayment(c.Transactions.Create(ctx, bluesnap.CardTransactionParams{
		Type: bluesnap.AuthOnly, Currency: "USD", VaultedShopperID: bluesnap.ID(c.seed.ShopperID), Amount: "11.00",
	}))
	return authorized.id, authorized.err
}

func (c blueSnapClient) change(ctx context.Context, id string, opts ...option) result {
	params := bluesnap.CaptureParams{TransactionID: bluesnap.ID(id)}
	return aPayment(c.Transactions.Capture(ctx, params, blueSnapOptions(opts)...))
}

func (c blueSnapClient) read(ctx context.Context, opts ...option) result {
	return aPayment(c.Transactions.Get(ctx, bluesnap.ID(c.seed.TransactionID), blueSnapOptions(opts)...))
}

func (c blueSnapClient) recover(ctx context.Context, o idem.RecoveryOptions) iter.Seq2[*recovered, error] {
	return allRecovered(c.Recover(ctx, bluesnap.RecoveryOptions(o)))
}

func (c blueSnapClient) runRecovery(ctx context.Context, every time.Duration, each func(*recovered)) error {
	return c.RunRecovery(ctx, every, eachRecovered[bluesnap.RecoveryResult](each))
}

func (c blueSnapClient) reserve(in journal.Reserver, f func(option) error) error {
	if f == nil {
		return bluesnap.Reserve(in, nil)
	}
	return bluesnap.Reserve(in, func(o bluesnap.CallOption) error { return f(option{bluesnap: o}) })
}

func (c blueSnapClient) resolve(ctx context.Context, ref string, w word) error {
	return c.Resolve(ctx, ref, w.bluesnap)
}

func (c blueSnapClient) resolveID(ctx context.Context, id string, w word) error {
	return c.ResolveID(ctx, id, w.bluesnap)
}

func (c blueSnapClient) operations() operations { return c.Operations }
