package sandbox

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/wire"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

const currency = "NGN"

// state is the API's data. It implements [gen.ServerInterface]; its methods run
// one at a time.
type state struct {
	now     func() time.Time
	preview bool // show what only names of schemas point to
	ids     fakeserver.Counters
	seed    *seedFile

	packages   *table[gen.Pass]
	passes     *table[issuedPass]
	providers  *table[provider]
	categories *table[gen.ClassCategory]
	classes    *table[class]
	instances  *table[instance]
	bookings   *table[booking]
	options    *table[copayOption]
	credits    *table[creditPackage]
	issuers    *table[issuer]

	clients   map[clientRef]*client
	known     map[string]bool // ids that a client of any reseller has
	slots     map[slot]bool   // taken ones
	sessions  map[string]*session
	visits    map[string]*session // of access codes
	quotes    map[string]*quote
	purchases map[string]*spaPurchase // by passKey
	lookups   map[string]*lookup
	grants    map[string]*grant // by lookup token
}

func newState(now func() time.Time, preview bool) *state {
	return &state{
		now:        now,
		preview:    preview,
		ids:        fakeserver.Counters{},
		packages:   newTable[gen.Pass](),
		passes:     newTable[issuedPass](),
		providers:  newTable[provider](),
		categories: newTable[gen.ClassCategory](),
		classes:    newTable[class](),
		instances:  newTable[instance](),
		bookings:   newTable[booking](),
		options:    newTable[copayOption](),
		credits:    newTable[creditPackage](),
		issuers:    newTable[issuer](),
		clients:    map[clientRef]*client{},
		known:      map[string]bool{},
		slots:      map[slot]bool{},
		sessions:   map[string]*session{},
		visits:     map[string]*session{},
		quotes:     map[string]*quote{},
		purchases:  map[string]*spaPurchase{},
		lookups:    map[string]*lookup{},
		grants:     map[string]*grant{},
	}
}

// payment holds the ids in the response to a purchase.
type payment struct{ transactionID, txRef string }

func (s *state) pay() payment {
	id := s.ids.Next("txn")
	return payment{transactionID: id, txRef: "FLW-TXN-" + id[len("txn_"):]}
}

func (s *state) nowMillis() wire.Millis { return wire.Millis{Time: s.now()} }

func (s *state) nowSeconds() wire.Seconds { return wire.Seconds{Time: s.now()} }

func number(n int) json.Number { return json.Number(strconv.Itoa(n)) }

type provider struct {
	gen.Provider

	offers map[string]offer // a spa's services, by their ids
}

// provider finds a provider of a category; "" is any.
func (s *state) provider(fieldName, id string, category gen.ProviderCategory) (*provider, error) {
	p := s.providers.byID[id]
	if p == nil {
		return nil, notFound("provider", id)
	}
	if category != "" && p.Category != category {
		return nil, invalid(fieldName, "is not a "+string(category))
	}
	return p, nil
}

func (s *state) ListClassCategories(r *http.Request) (*gen.ClassCategoryList, error) {
	all := views(s.categories, every, func(c *gen.ClassCategory) gen.ClassCategory { return *c })
	return &gen.ClassCategoryList{
		Object: "list", Data: all, URL: r.URL.Path, Message: "Class categories retrieved successfully",
	}, nil
}
