package sandbox

import (
	"net/http"

	"github.com/bardge/bardge-go/gen"
)

// sessionError carries the response to a request for an access code that opens a
// session instead. It is an error for the operation alone, whose response has
// another type.
type sessionError struct{ response *gen.AccessCodeSession }

func (*sessionError) Error() string { return "a session was opened" }

// opensVisit reports whether an access code needs a purchase first: at a gym
// that the pass does not cover, or for which it has no visit left.
func (s *state) opensVisit(pass *issuedPass, at *provider) bool {
	if !s.preview || pass == nil || at == nil || at.Category != gen.ProviderCategoryGym || pass.ended(s.now()) {
		return false
	}
	return covering(pass.pack, at) == nil || pass.view(s.now(), "").Status.Is(gen.IssuedPassExpired)
}

// openVisit opens the session, which is the response.
func (s *state) openVisit(c *call, owner *client, pass *issuedPass, at *provider) error {
	id := s.ids.Next("visit")
	opened := &session{
		reseller: c.Account, client: owner, pass: pass, gym: at, ending: endsNeedsCopay,
		price: price{kind: gen.ProviderCategoryGym},
	}
	if covering(pass.pack, at) != nil {
		opened.ending = endsNeedsVisits
	}
	s.visits[id] = opened
	c.Touched(id)
	return &sessionError{&gen.AccessCodeSession{
		Object: "access_code_session", SessionID: id, ClientID: owner.ID,
		CopayRequired:            opened.ending == endsNeedsCopay,
		AdditionalVisitsRequired: opened.ending == endsNeedsVisits,
		Message:                  "A purchase is required",
	}}
}

// ConfirmAccessCode buys what the session requires, and makes the code.
func (s *state) ConfirmAccessCode(
	r *http.Request, sessionID string, in gen.ConfirmAccessCodeParams,
) (*gen.AccessCodeSession, error) {
	c := callOf(r)
	open := s.visits[sessionID]
	if open == nil || open.reseller != c.Account {
		return nil, notFound("session", sessionID)
	}
	buy, err := s.choice(open, gen.ConfirmClassParams(in))
	if err != nil {
		return nil, err
	}
	buy()
	delete(s.visits, sessionID)
	c.Touched(sessionID)
	made := s.accessCode(open.client)
	return &gen.AccessCodeSession{
		Object: "access_code_session", SessionID: sessionID, Code: made.Code, QRCode: made.QRCode,
		ExpiresAt: made.ExpiresAt, ClientID: made.ClientID, Message: made.Message,
	}, nil
}
