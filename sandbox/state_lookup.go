package sandbox

import (
	"net/http"
	"time"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/wire"
)

// How long a lookup waits for its code, and how long its token is valid;
// neither is documented.
const (
	lookupLife = 15 * time.Minute
	tokenLife  = 30 * 24 * time.Hour
)

// issuer is a reseller whose clients others can look up.
type issuer struct {
	gen.Issuer

	reseller string
	codes    map[string]string // access codes in the hands of its clients, by client id
}

// lookup waits for the client's access code.
type lookup struct {
	reseller string // who started it
	client   *client
	code     string
	ends     time.Time
}

// grant is the permission that a lookup token gives.
type grant struct {
	client *client
	ends   time.Time
}

func (s *state) ListIssuers(r *http.Request, params gen.ListIssuersParams) (*gen.IssuerList, error) {
	all := views(s.issuers, every, func(i *issuer) gen.Issuer { return i.Issuer })
	at := window{params.StartingAfter, params.EndingBefore, params.Limit}
	return page(r, all, func(i gen.Issuer) string { return i.ID }, at, "Issuers retrieved successfully")
}

// InitiateLookup starts a lookup. Each call starts another.
func (s *state) InitiateLookup(r *http.Request, in gen.InitiateLookupParams) (*gen.Lookup, error) {
	if err := required(field{"issuer_id", in.IssuerID}, field{"client_id", in.ClientID}); err != nil {
		return nil, err
	}
	from := s.issuers.byID[in.IssuerID]
	if from == nil {
		return nil, notFound("issuer", in.IssuerID)
	}
	wanted := s.clients[clientRef{from.reseller, in.ClientID}]
	if wanted == nil {
		return nil, notFound("client", in.ClientID)
	}
	c, id, ends := callOf(r), s.ids.Next("lookup"), s.now().Add(lookupLife)
	s.lookups[id] = &lookup{reseller: c.Account, client: wanted, code: from.codes[in.ClientID], ends: ends}
	c.Touched(id)
	return &gen.Lookup{
		Object: "lookup", ID: id, IssuerID: from.ID, ClientID: wanted.ID, ExpiresAt: wire.Millis{Time: ends},
		Message: "Lookup initiated: ask the client for the access code",
	}, nil
}

// VerifyLookup exchanges the right access code for a token, once: the lookup
// ends with it.
func (s *state) VerifyLookup(r *http.Request, id string, in gen.VerifyLookupParams) (*gen.VerifiedLookup, error) {
	if err := required(field{"access_code", in.AccessCode}); err != nil {
		return nil, err
	}
	c, open := callOf(r), s.lookups[id]
	switch {
	case open == nil || open.reseller != c.Account || !s.now().Before(open.ends):
		return nil, notFound("lookup", id)
	case in.AccessCode != open.code:
		return nil, invalid("access_code", "is not the client's")
	}
	delete(s.lookups, id)
	token, ends := s.ids.Next("lkpt"), s.now().Add(tokenLife)
	s.grants[token] = &grant{client: open.client, ends: ends}
	c.Touched(id)
	return &gen.VerifiedLookup{
		Object: "lookup", ID: id, Token: token, ClientID: open.client.ID,
		ExpiresAt: wire.Millis{Time: ends}, Message: "Lookup verified successfully",
	}, nil
}
