package bluesnap

import (
	"context"
	"net/url"
	"time"
)

// PaymentFieldsService makes tokens for the vendor's hosted payment fields.
type PaymentFieldsService service

// PaymentFieldsTokenLifetime is how long a token may be used (documented:
// "Create Hosted Payment Fields Token"), counted by the vendor's clock.
const PaymentFieldsTokenLifetime = 60 * time.Minute

// PaymentFieldsTokenParams describe a checkout. The zero value is a new
// shopper's. All are sent in the query, and none is required.
type PaymentFieldsTokenParams struct {
	ShopperID                 ID   // a vaulted shopper who returns (inferred); empty: a new one
	AuthenticationRequired3DS bool // with 3-D Secure (documented in an older revision)
	ChallengeRequested3DS     bool // and with a challenge of the shopper (likewise)
}

// PaymentFieldsToken names one checkout session. The browser binds the card to
// it; the PFToken of a payment or a shopper then takes it.
type PaymentFieldsToken struct {
	Token Secret `json:"token,omitempty"` // from the response's Location
	Extra Extra  `json:"-"`               // what is not modelled
}

// CreateToken makes a token for one checkout. It expires after 60 minutes.
//
// Operation CreatePaymentFieldsToken, class safe: the vendor's list names no
// key for it, and a token that is lost does nothing and expires. So it is
// repeated freely, takes no ref, and no journal keeps it.
func (s *PaymentFieldsService) CreateToken(
	ctx context.Context, params PaymentFieldsTokenParams, opts ...CallOption,
) (*PaymentFieldsToken, *Response, error) {
	in := callSpec{op: operations["CreatePaymentFieldsToken"], query: params.query()}
	return call[PaymentFieldsToken](ctx, s.client, in, opts)
}

// query returns the parameters that are set; nil if none is.
func (p PaymentFieldsTokenParams) query() url.Values {
	set := url.Values{}
	setParam(set, "shopperId", string(p.ShopperID))
	if p.AuthenticationRequired3DS {
		set.Set("authenticationrequired3ds", "true")
	}
	if p.ChallengeRequested3DS {
		set.Set("challengerequested3ds", "true")
	}
	return set
}
