package sandbox

import (
	"net/http"
	"slices"

	"github.com/bardge/bardge-go/gen"
)

// clientRef names a client: each reseller gives its clients ids of its own.
type clientRef struct{ reseller, id string }

type client struct {
	gen.ClientProfile

	reseller string // whose client it is
	credits  int
	moves    []gen.CreditTransaction // of credits, oldest first
	visits   map[string]int          // bought by co-pay and left, by the id of the gym
	passes   heldPasses
	bookings []*booking // oldest first

	spaVisits []*spaPurchase // oldest first
}

func (s *state) addClient(reseller string, profile gen.ClientProfile) *client {
	profile.Object, profile.Created = "client", s.nowMillis()
	c := &client{ClientProfile: profile, reseller: reseller, visits: map[string]int{}, passes: heldPasses{}}
	s.clients[clientRef{reseller, profile.ID}] = c
	s.known[profile.ID] = true
	return c
}

// client finds a client that the call may act for: the caller's own, or the
// lookup token's.
func (s *state) client(c *call, id string) (*client, error) {
	if own := s.clients[clientRef{c.Account, id}]; own != nil {
		return own, nil
	}
	if !s.known[id] {
		return nil, notFound("client", id)
	}
	granted := s.grants[c.token]
	switch {
	case granted == nil || granted.client.ID != id:
		return nil, denied("This client belongs to another reseller: a lookup token for it is needed.")
	case !s.now().Before(granted.ends):
		return nil, denied("The lookup token has expired.")
	}
	return granted.client, nil
}

// move adds credits to a client or, if negative, removes them. The caller
// checks that there are enough.
func (s *state) move(c *client, credits int, description string) {
	c.credits += credits
	kind := gen.CreditTransactionTypeCredit
	if credits < 0 {
		kind = gen.CreditTransactionTypeDebit
	}
	c.moves = append(c.moves, gen.CreditTransaction{
		Type: kind, Amount: number(max(credits, -credits)), Description: description, Timestamp: s.nowMillis(),
	})
}

func (s *state) GetClient(r *http.Request, clientID string) (*gen.ClientProfile, error) {
	c := callOf(r)
	client, err := s.client(c, clientID)
	if err != nil {
		return nil, err
	}
	c.Touched(client.ID)
	seen := client.ClientProfile
	seen.Passes = s.refs(client)
	return &seen, nil
}

// GetClientCredits answers with a client's credits and their movements, newest
// first.
func (s *state) GetClientCredits(r *http.Request, clientID string) (*gen.ClientCredits, error) {
	c := callOf(r)
	client, err := s.client(c, clientID)
	if err != nil {
		return nil, err
	}
	c.Touched(client.ID)
	moves := slices.Clone(client.moves)
	slices.Reverse(moves)
	return &gen.ClientCredits{
		Balance: number(client.credits), Currency: currency, Transactions: moves,
		Message: "Credits retrieved successfully",
	}, nil
}
