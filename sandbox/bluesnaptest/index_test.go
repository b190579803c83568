package bluesnaptest

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// The time to find a payment or shopper must not grow with how many there are.
func BenchmarkFind(b *testing.B) {
	for _, n := range []int{10, 1_000, 100_000} {
		s := newState(time.Now)
		s.plant(ownMerchant)
		s.merchantIDs[ownMerchant] = ownMerchant
		r, err := http.NewRequest(http.MethodGet, "/", nil)
		if err != nil {
			b.Fatal(err)
		}
		q := &request{Call: &fakeserver.Call{Account: ownMerchant}, Request: r}
		var last string
		for i := range n {
			who := s.addShopper(q.Account, &shopper{reference: fmt.Sprint("shopper-", i)})
			last = planted(s.createTransaction(q, transactionParams{
				source: source{Shopper: word(who)}, Type: authCapture, Amount: "1.00", Currency: "USD",
				Reference: fmt.Sprint("order-", i),
			}))
		}
		for name, id := range map[string]string{
			"by id": last, "by reference": fmt.Sprintf("order-%d,%s", n-1, q.Account), "none": "39999999",
		} {
			b.Run(fmt.Sprint(name, "/", n), func(b *testing.B) {
				r.SetPathValue("id", id)
				for b.Loop() {
					_, _ = s.getTransaction(q)
				}
			})
		}
		b.Run(fmt.Sprint("shopper/", n), func(b *testing.B) {
			r.SetPathValue("id", fmt.Sprint("shopper-", n-1))
			for b.Loop() {
				_, _ = s.getShopperByReference(q)
			}
		})
	}
}
