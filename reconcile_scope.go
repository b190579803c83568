package bardge

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/wire"
)

// scopeOfConfirmations is that of all confirmations of class bookings: what they
// book is said by their session, which nobody can read.
const scopeOfConfirmations = "confirmed class bookings"

// scope names what an operation may make and a default reconciler may find.
// Whoever looks finds the same for all operations of one scope.
func scope(r idem.Request) string {
	id := gen.OperationID(r.Operation.Name)
	switch id {
	case gen.OpBookClass:
		if in, ok := asked[BookClassParams](r.Body); ok {
			return scopeOfClass(in)
		}
	case gen.OpConfirmClassBooking:
		return scopeOfConfirmations
	case gen.OpPurchaseCredits:
		if in, ok := asked[PurchaseCreditsParams](r.Body); ok {
			return scopeOfCredits(in)
		}
	case gen.OpUpdateIssuedPassExpiry:
		if in, ok := asked[UpdateIssuedPassExpiryParams](r.Body); ok {
			return scopeOfExpiry(pathID(id.Operation().Path, r.Path), in.ExpiresAt)
		}
	}
	return ""
}

// asked reads the body of a request.
func asked[T any](body []byte) (in T, ok bool) {
	return in, json.Unmarshal(body, &in) == nil
}

// scopeOfClass is that of one client's bookings of one class instance.
func scopeOfClass(in BookClassParams) string {
	return scopeOf("class bookings", in.ClientID, in.ClassInstanceID)
}

// scopeOfCredits is that of one client's credits, of whatever package: movements
// name none for certain.
func scopeOfCredits(in PurchaseCreditsParams) string { return scopeOf("credits", in.ClientID) }

// scopeOfExpiry is that of one expiry of one pass.
func scopeOfExpiry(pass string, at time.Time) string {
	return scopeOf("expiry", pass, strconv.FormatInt(at.UnixMilli(), 10))
}

// scopeOf joins what makes up a scope, quoted so that no two look alike.
func scopeOf(parts ...string) string {
	text, _ := wire.Encode(parts) // strings always encode
	return string(text)
}
