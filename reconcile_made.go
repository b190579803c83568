package bardge

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/wire"
)

// product is what an operation makes or changes, as its answer tells it.
type product struct {
	object string // the answer's type tag
	id     string // the answer's field for the id
	kind   string // whose ids these are, if the operation makes one; else empty
}

// products of the operations whose answer names one. BookClass and BookSpa make a
// booking, or a session, which is not counted: nobody can look for it.
var products = map[gen.OperationID]product{
	gen.OpIssuePass:              {"issued_pass", "id", "issued pass"},
	gen.OpUpdateIssuedPass:       {"issued_pass", "id", ""},
	gen.OpUpdateIssuedPassExpiry: {"issued_pass", "id", ""},
	gen.OpBookClass:              {"class_booking_initiation", "booking_id", "booking"},
	gen.OpConfirmClassBooking:    {"booking", "id", "booking"},
	gen.OpBookSpa:                {"spa_booking_initiation", "booking_id", "booking"},
	gen.OpConfirmSpaBooking:      {"booking", "id", "booking"},
	gen.OpCancelBooking:          {"booking", "id", ""},
	gen.OpPurchaseCopay:          {"copay_purchase", "copay_purchase_id", "co-pay purchase"},
	gen.OpPurchaseGymCopay:       {"gym_copay_purchase", "copay_purchase_id", "co-pay purchase"},
	gen.OpPurchaseSpaCopay:       {"spa_copay_purchase", "copay_purchase_id", "co-pay purchase"},
	gen.OpPurchaseCredits:        {"credit_purchase", "id", "credit purchase"},
	gen.OpInitiateLookup:         {"lookup", "id", "lookup"},
}

// answerOf stands for the lost answer of an operation of which no more is known
// than the id of what it made. It returns nothing where there is no id.
func answerOf(name, id string) (*idem.Response, string) {
	operation := gen.OperationID(name)
	p, ok := products[operation]
	if !ok || id == "" {
		return nil, ""
	}
	if operation == gen.OpCancelBooking {
		return cancelled(id), ""
	}
	return answerWith(operation, map[string]string{"object": p.object, p.id: id})
}

// answerWith makes the answer with this value, and names what it made.
func answerWith(operation gen.OperationID, value any) (*idem.Response, string) {
	body, _ := wire.Encode(value) // our own types always encode
	return &idem.Response{Status: http.StatusOK, Body: body, Reconstructed: true}, resource(string(operation), body)
}

// resource names what an operation made, so that no other operation of the
// journal can be said to have made it too. It is empty where nothing was made, or
// where the answer does not tell.
func resource(operation string, body []byte) string {
	if gen.OperationID(operation) == gen.OpUpdateIssuedPassExpiry {
		return expiryResource(body)
	}
	p := products[gen.OperationID(operation)]
	var fields map[string]any
	if p.kind == "" || json.Unmarshal(body, &fields) != nil {
		return ""
	}
	id, _ := fields[p.id].(string)
	if id == "" {
		return ""
	}
	return p.kind + ":" + id
}

// expiryResource names an expiry that a pass was given.
func expiryResource(body []byte) string {
	pass, _, err := parseUpdateIssuedPassExpiryResponse(body)
	if err != nil || pass.ID == "" || pass.ExpiresAt.IsZero() {
		return ""
	}
	return "expiry:" + pass.ID + ":" + pass.ExpiresAt.UTC().Format(time.RFC3339Nano)
}
