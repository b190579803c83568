package sandbox

import (
	"net/http"
	"strings"
	"time"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/wire"
)

const quoteLife = 15 * time.Minute // not documented

type copayOption struct {
	gen.CopayOption

	gym   string // provider id
	price int
}

// quote is the price of a spa visit for one client.
type quote struct {
	spa    *provider
	client *client
	amount int
	ends   time.Time
}

// spaPurchase is a spa visit that was bought.
type spaPurchase struct {
	id     string
	spa    *provider
	client *client
	used   bool
}

func (s *state) optionsOf(gym *provider) []gen.CopayOption {
	of := func(o *copayOption) bool { return o.gym == gym.ID }
	return views(s.options, of, func(o *copayOption) gen.CopayOption { return o.CopayOption })
}

func (s *state) option(gym, id string) (*copayOption, error) {
	found := s.options.byID[id]
	if found == nil || found.gym != gym {
		return nil, notFound("co-pay package", id)
	}
	return found, nil
}

func (s *state) ListGymCopayOptions(
	r *http.Request, providerBranchID string, params gen.ListGymCopayOptionsParams,
) (*gen.CopayOptionList, error) {
	gym, err := s.provider("providerBranchId", providerBranchID, gen.ProviderCategoryGym)
	if err != nil {
		return nil, err
	}
	callOf(r).Touched(gym.ID)
	at := window{params.StartingAfter, params.EndingBefore, params.Limit}
	id := func(o gen.CopayOption) string { return o.ID }
	return page(r, s.optionsOf(gym), id, at, "Co-pay options retrieved successfully")
}

func (s *state) QuoteSpaCopay(r *http.Request, id string, in gen.QuoteSpaCopayParams) (*gen.SpaCopayQuote, error) {
	err := required(field{"client_id", in.ClientID}, field{"service_ids", strings.Join(in.ServiceIDs, "")})
	if err != nil {
		return nil, err
	}
	c := callOf(r)
	spa, err := s.provider("id", id, gen.ProviderCategorySpa)
	if err != nil {
		return nil, err
	}
	offered, err := spa.offer(in.ServiceIDs)
	if err != nil {
		return nil, err
	}
	owner, err := s.client(c, in.ClientID)
	if err != nil {
		return nil, err
	}
	quoteID, ends := s.ids.Next("quote"), s.now().Add(quoteLife)
	s.quotes[quoteID] = &quote{spa: spa, client: owner, amount: offered.money, ends: ends}
	c.Touched(quoteID)
	return &gen.SpaCopayQuote{
		Object: "spa_copay_quote", ID: quoteID, ProviderID: spa.ID, ClientID: owner.ID,
		Amount: number(offered.money), Currency: currency, ExpiresAt: wire.Millis{Time: ends},
		Message: "Quote created successfully",
	}, nil
}

type purchase struct {
	payment

	id     string
	amount int
}

func (s *state) buyGym(c *call, clientID, providerID, optionID string) (purchase, error) {
	owner, err := s.client(c, clientID)
	if err != nil {
		return purchase{}, err
	}
	if _, err := s.provider("provider_id", providerID, gen.ProviderCategoryGym); err != nil {
		return purchase{}, err
	}
	chosen, err := s.option(providerID, optionID)
	if err != nil {
		return purchase{}, err
	}
	owner.visits[providerID] += chosen.VisitsAllowed
	return s.purchase(c, chosen.price), nil
}

// buySpa turns a quote into a visit. A quote can be used once.
func (s *state) buySpa(c *call, clientID, providerID, quoteID string) (purchase, error) {
	owner, err := s.client(c, clientID)
	if err != nil {
		return purchase{}, err
	}
	quoted := s.quotes[quoteID]
	switch {
	case quoted == nil || quoted.client != owner || quoted.spa.ID != providerID:
		return purchase{}, notFound("quote", quoteID)
	case !s.now().Before(quoted.ends):
		return purchase{}, invalid("quote_id", "names a quote that has expired")
	}
	delete(s.quotes, quoteID)
	bought := s.purchase(c, quoted.amount)
	s.addSpaVisit(&spaPurchase{id: bought.id, spa: quoted.spa, client: owner})
	return bought, nil
}

func (s *state) addSpaVisit(bought *spaPurchase) {
	s.purchases[passKey(bought.client.reseller, bought.id)] = bought
	bought.client.spaVisits = append(bought.client.spaVisits, bought)
}

func (s *state) purchase(c *call, amount int) purchase {
	bought := purchase{payment: s.pay(), id: s.ids.Next("copay_purchase"), amount: amount}
	c.Touched(bought.id)
	return bought
}

const purchased = "Co-pay purchased successfully"

// PurchaseCopay buys a package of a gym, or a spa visit that was quoted.
func (s *state) PurchaseCopay(r *http.Request, in gen.PurchaseCopayParams) (*gen.CopayPurchase, error) {
	if err := required(field{"client_id", in.ClientID}, field{"provider_id", in.ProviderID}); err != nil {
		return nil, err
	}
	var bought purchase
	var err error
	switch {
	case (in.CopayPackageID == "") == (in.QuoteID == ""):
		err = invalid("copay_package_id", "or quote_id is required, and not both")
	case in.QuoteID != "":
		bought, err = s.buySpa(callOf(r), in.ClientID, in.ProviderID, in.QuoteID)
	default:
		bought, err = s.buyGym(callOf(r), in.ClientID, in.ProviderID, in.CopayPackageID)
	}
	if err != nil {
		return nil, err
	}
	return &gen.CopayPurchase{
		Object: "copay_purchase", CopayPurchaseID: bought.id, ClientID: in.ClientID, ProviderID: in.ProviderID,
		Amount: number(bought.amount), Currency: currency, TransactionID: bought.transactionID, TxRef: bought.txRef,
		Created: s.nowMillis(), Message: purchased,
	}, nil
}

func (s *state) PurchaseGymCopay(r *http.Request, in gen.PurchaseGymCopayParams) (*gen.GymCopayPurchase, error) {
	err := required(field{"client_id", in.ClientID}, field{"provider_id", in.ProviderID},
		field{"copay_package_id", in.CopayPackageID})
	if err != nil {
		return nil, err
	}
	bought, err := s.buyGym(callOf(r), in.ClientID, in.ProviderID, in.CopayPackageID)
	if err != nil {
		return nil, err
	}
	return &gen.GymCopayPurchase{
		Object: "gym_copay_purchase", CopayPurchaseID: bought.id, ClientID: in.ClientID, ProviderID: in.ProviderID,
		Amount: number(bought.amount), Currency: currency, TransactionID: bought.transactionID, TxRef: bought.txRef,
		Created: s.nowMillis(), Message: purchased, CopayPackageID: in.CopayPackageID,
	}, nil
}

func (s *state) PurchaseSpaCopay(r *http.Request, in gen.PurchaseSpaCopayParams) (*gen.SpaCopayPurchase, error) {
	err := required(field{"client_id", in.ClientID}, field{"provider_id", in.ProviderID}, field{"quote_id", in.QuoteID})
	if err != nil {
		return nil, err
	}
	bought, err := s.buySpa(callOf(r), in.ClientID, in.ProviderID, in.QuoteID)
	if err != nil {
		return nil, err
	}
	return &gen.SpaCopayPurchase{
		Object: "spa_copay_purchase", CopayPurchaseID: bought.id, ClientID: in.ClientID, ProviderID: in.ProviderID,
		Amount: number(bought.amount), Currency: currency, TransactionID: bought.transactionID, TxRef: bought.txRef,
		Created: s.nowMillis(), Message: purchased, QuoteID: in.QuoteID,
	}, nil
}
