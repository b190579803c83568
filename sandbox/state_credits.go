package sandbox

import (
	"net/http"

	"github.com/bardge/bardge-go/gen"
)

func (s *state) ListCreditPackages(
	r *http.Request, params gen.ListCreditPackagesParams,
) (*gen.CreditPackageList, error) {
	all := views(s.credits, every, func(p *creditPackage) gen.CreditPackage { return p.CreditPackage })
	at := window{params.StartingAfter, params.EndingBefore, params.Limit}
	id := func(p gen.CreditPackage) string { return p.ID }
	return page(r, all, id, at, "Credit packages retrieved successfully")
}

type creditPackage struct {
	gen.CreditPackage

	credits int
}

// PurchaseCredits buys credits, which can be spent at once.
func (s *state) PurchaseCredits(r *http.Request, in gen.PurchaseCreditsParams) (*gen.CreditPurchase, error) {
	if err := required(field{"client_id", in.ClientID}, field{"package_id", in.PackageID}); err != nil {
		return nil, err
	}
	c := callOf(r)
	owner, err := s.client(c, in.ClientID)
	if err != nil {
		return nil, err
	}
	pack := s.credits.byID[in.PackageID]
	if pack == nil {
		return nil, notFound("credit package", in.PackageID)
	}
	id, paid := s.ids.Next("credit_purchase"), s.pay()
	s.move(owner, pack.credits, "Credits purchase — "+pack.Name)
	c.Touched(id)
	return &gen.CreditPurchase{
		Object: "credit_purchase", ID: id, ClientID: owner.ID, PackageID: pack.ID,
		Credits: pack.Credits, Balance: number(owner.credits), Amount: pack.Price, Currency: currency,
		TransactionID: paid.transactionID, TxRef: paid.txRef, Created: s.nowMillis(),
		Message: "Credits purchased successfully",
	}, nil
}
