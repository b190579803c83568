package reconcile

import (
	"bytes"
	"context"
	"encoding/json"
	"strconv"
	"strings"
)

// operation is how to read what an operation makes or changes. BookClass and
// BookSpa make a booking or a session, which the API does not show.
type operation struct {
	object string // type tag of the response
	id     string // field of the response with the resource's id
	made   string // kind of the resource that it makes; empty if it makes none
	status string // of the resource afterwards, if that is certain

	// reconcile returns a response if that proves the execution.
	reconcile  func(Operation, context.Context, params) (response any, evidence string, err error)
	unreadable string                                                 // why there is no reconcile
	scope      func(Operation, params) []string                       // what may be found; nil: proves nothing
	alsoMadeBy []string                                               // other operations that make the same
	verify     func(Operation, context.Context, params, string) error // by id; nil: not shown
}

var operations = map[string]operation{
	"IssuePass": {
		object: "issued_pass", id: "id", made: "issued pass", verify: Operation.verifyIssuedPass,
		reconcile: Operation.reconcileIssue,
		// Of any package: UpdateIssuedPass may have changed a pass's since.
		scope: func(_ Operation, in params) []string { return []string{"issued passes", in.ClientID} },
	},
	"UpdateIssuedPass": {
		object: "issued_pass", id: "id", verify: Operation.verifyUpdate, reconcile: Operation.reconcilePackage,
	},
	"UpdateIssuedPassExpiry": {
		object: "issued_pass", id: "id", verify: Operation.verifyUpdate, reconcile: Operation.reconcileExpiry,
		scope: func(o Operation, in params) []string {
			return []string{"expiry", o.PathID, strconv.FormatInt(in.ExpiresAt, 10)}
		},
	},
	"GenerateAccessCode": {unreadable: "the API shows an access code once"},
	"ConfirmAccessCode":  {unreadable: "the API shows an access code once"},
	"BookClass": {
		object: "class_booking_initiation", id: "booking_id", made: "booking", verify: Operation.verifyBooking,
		reconcile:  Operation.reconcileClassBooking,
		alsoMadeBy: []string{"ConfirmClassBooking", "RescheduleBooking"},
		scope: func(_ Operation, in params) []string {
			return []string{"class bookings", in.ClientID, in.ClassInstanceID}
		},
	},
	"ConfirmClassBooking": {
		object: "booking", id: "id", made: "booking", verify: Operation.verifyBooking,
		unreadable: "the API does not show whose session it was",
		scope:      func(Operation, params) []string { return []string{"confirmed class bookings"} },
	},
	"BookSpa": {
		object: "spa_booking_initiation", id: "booking_id", made: "booking", reconcile: Operation.reconcileSpaBooking,
	},
	"ConfirmSpaBooking": {
		object: "booking", id: "id", made: "booking", verify: Operation.verifyBooking,
		unreadable: "the API does not show whose session it was",
	},
	"RescheduleBooking": {
		object: "booking", id: "id", made: "booking", verify: Operation.verifyMoved,
		unreadable: "the API does not show which booking replaced another",
		scope:      func(Operation, params) []string { return []string{"rescheduled bookings"} },
	},
	"CancelBooking":    {object: "booking", id: "id", status: "CANCELLED", verify: Operation.verifyCancellation},
	"PurchaseCopay":    copayPurchase("copay_purchase"),
	"PurchaseGymCopay": copayPurchase("gym_copay_purchase"),
	"PurchaseSpaCopay": copayPurchase("spa_copay_purchase"),
	"PurchaseCredits": {
		object: "credit_purchase", id: "id", made: "credit purchase", reconcile: Operation.reconcileCredits,
		// A movement does not reliably name its package.
		scope: func(_ Operation, in params) []string { return []string{"credits", in.ClientID} },
	},
	"InitiateLookup": {object: "lookup", id: "id", made: "lookup", unreadable: "the API has no list of lookups"},
	"VerifyLookup":   {unreadable: "the API shows a lookup token once"},
}

func copayPurchase(object string) operation {
	return operation{
		object: object, id: "copay_purchase_id", made: "co-pay purchase",
		unreadable: "the API has no list of co-pay purchases",
	}
}

// Scope names what the operation may make and Reconcile may find; empty:
// nothing. Journals keep a digest of it, so that it must not change.
func (o Operation) Scope() string {
	scope := operations[o.Name].scope
	if scope == nil {
		return ""
	}
	in, _ := o.params() // as much as can be read: a rival too many proves nothing
	parts := scope(o, in)
	if len(parts) == 1 {
		return parts[0]
	}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	_ = e.Encode(parts) //nolint:errchkjson // strings always encode
	return strings.TrimSuffix(text.String(), "\n")
}

// Response returns the response of an operation of which only the resource's id
// is known, with a cancellation's status; nil if it would have no id.
func Response(name, id string) map[string]string {
	row := operations[name]
	if row.id == "" || id == "" {
		return nil
	}
	response := map[string]string{"object": row.object, row.id: id}
	if row.status != "" {
		response["status"] = row.status
	}
	return response
}

// Resource names the resource that an operation made, from its response's body,
// so that no other operation of the journal can claim it. It is empty if
// nothing was made, or the response does not show it.
func Resource(name string, body []byte) string {
	row := operations[name]
	var fields map[string]any
	if row.made == "" || json.Unmarshal(body, &fields) != nil {
		return ""
	}
	id, _ := fields[row.id].(string)
	if id == "" {
		return ""
	}
	return row.made + ":" + id
}
