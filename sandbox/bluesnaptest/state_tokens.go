package bluesnaptest

import (
	"fmt"
	"net/http"
	"time"
)

// tokenLifetime is how long a token for payment fields may be used
// (documented).
const tokenLifetime = 60 * time.Minute

// pfToken is a token for payment fields.
type pfToken struct {
	merchant string
	made     time.Time
}

// createToken makes a token for payment fields, which is only in Location
// (documented). The endpoint is not on the vendor's list of those with keys.
func (s *state) createToken(q *request) (*made, error) {
	if id := q.URL.Query().Get("shopperId"); id != "" && s.shopper(q, id) == nil {
		return nil, shopperNotFound()
	}
	token := fmt.Sprintf("sandbox-token-%04d", len(s.tokens)+1)
	s.tokens[token] = pfToken{merchant: q.Account, made: s.now()}
	return &made{status: http.StatusCreated, id: token, location: "/payment-fields-tokens/" + token}, nil
}

// checkToken rejects a token that has expired, or is another merchant's. No
// browser binds a card to a token here, and a text that was never given out is
// taken for the token of another server. Code and name are inferred.
func (s *state) checkToken(q *request, token string) error {
	one, known := s.tokens[token]
	switch {
	case !known:
		return nil
	case one.merchant != q.Account:
		return bad("14041", "TOKEN_NOT_FOUND", "No such token")
	case s.now().Sub(one.made) >= tokenLifetime:
		return bad("14040", "TOKEN_EXPIRED", "The token is older than 60 minutes")
	default:
		return nil
	}
}
