package bluesnaptest

import (
	"strconv"
	"time"
)

// state is the API's data. The operations, its methods, run one at a time.
type state struct {
	now  func() time.Time
	made map[string]int // ids given out so far, by kind

	transactions map[owned]*transaction   // by id
	refunds      map[owned]*transaction   // by the id of a refund
	references   map[owned][]*transaction // by merchantTransactionId; need not be the only one
	shoppers     map[string]*shopper      // by id
	shopperRefs  map[owned][]*shopper     // by merchantShopperId
	things       map[thingID]*thing
	reports      map[string]int     // how many, by account
	merchantIDs  map[string]string  // by account
	tokens       map[string]pfToken // of payment fields, by text
}

// owned is an id or a reference among a merchant's. Merchants are named as
// their accounts.
type owned struct{ merchant, id string }

// thing is a resource that is only made and read.
type thing struct {
	merchant string
	shown    object
	shopper  string // whose it is; "": without an owner
}

type thingID struct{ kind, id string }

func newState(now func() time.Time) *state {
	return &state{
		now:          now,
		made:         map[string]int{},
		transactions: map[owned]*transaction{},
		refunds:      map[owned]*transaction{},
		references:   map[owned][]*transaction{},
		shoppers:     map[string]*shopper{},
		shopperRefs:  map[owned][]*shopper{},
		things:       map[thingID]*thing{},
		reports:      map[string]int{},
		merchantIDs:  map[string]string{},
		tokens:       map[string]pfToken{},
	}
}

// firstIDs separate the ids of different kinds. They are the same in each run.
var firstIDs = map[string]int{
	"transaction":  38000001,
	"refund":       39000001,
	"shopper":      19000001,
	"plan":         2000001,
	"subscription": 36000001,
	"vendor":       18000001,
	"onboarding":   10001,
	"report":       11001,
	"user":         12001,
	"order":        31000001,
	"product":      320001,
	"sku":          2200001,
	"parameter":    13001,
	"charge":       14001,
	"merchant":     500003,
}

func (s *state) next(kind string) string {
	id := firstIDs[kind] + s.made[kind]
	s.made[kind]++
	return strconv.Itoa(id)
}

func number(id string) any { return word(id).number() }

func (s *state) keep(kind, id string, one *thing) { s.things[thingID{kind, id}] = one }

// thing finds a thing of the caller's, or nil.
func (s *state) thing(q *request, kind, id string) *thing {
	found := s.things[thingID{kind, id}]
	if found == nil || found.merchant != q.Account {
		return nil
	}
	return found
}

// kept returns the operation that reads a thing.
func kept(kind string) operation {
	return func(s *state, q *request) (*made, error) {
		found := s.thing(q, kind, q.id())
		switch {
		case found != nil:
			return &made{id: q.id(), json: found.shown}, nil
		case kind == "subscription" || kind == "ondemand":
			return nil, bad("90009", "SUBSCRIPTION_NOT_FOUND", "No such subscription")
		default:
			return nil, hidden()
		}
	}
}
