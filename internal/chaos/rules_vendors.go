package chaos

import (
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"time"
)

// Vendors returns the rules of vendors by their names, as far as their pages
// state them (docs/profiles.md has the sources). Where they state nothing, the
// seed decides among what they may mean, so that a client has to be right in
// each case.
func Vendors(seed uint64) map[string]Rules {
	u := unstated{seed}
	return map[string]Rules{
		"IETF draft 07": u.ietf(), "Stripe": u.stripe(), "Adyen": u.adyen(), "PayPal": u.payPal(), "Mollie": u.mollie(),
		"Increase": u.increase(), "Checkout.com": u.checkout(), "Modern Treasury": u.modernTreasury(),
		"Amazon Pay": u.amazonPay(), "Worldline": u.worldline(), "GoCardless": u.goCardless(), "Square": u.square(),
	}
}

// unstated decides what a vendor's pages leave open.
type unstated struct{ seed uint64 }

func (u unstated) dice(what string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(what))
	return rand.New(rand.NewPCG(u.seed, h.Sum64()))
}

func (u unstated) maybe(what string) bool { return u.dice(what).IntN(2) == 0 }

func (u unstated) keeps(vendor string) Keeping {
	return []Keeping{KeepsAll, KeepsExecuted, KeepsSuccess}[u.dice(vendor+" keeps").IntN(3)]
}

// forgetful makes failures leave no trace where they are not kept: a vendor
// whose keys guarantee one execution cannot forget one.
func (r Rules) forgetful(k Keeping) Rules {
	r.Keeps, r.FailureUndoes = k, k == KeepsSuccess
	return r
}

// atLeast returns a time from low on: what "at least" promises.
func (u unstated) atLeast(what string, low time.Duration) time.Duration {
	if u.maybe(what) {
		return low
	}
	return low + time.Duration(u.dice(what+" more").Int64N(int64(low)))
}

// concurrent makes a request whose key is in use wait, or refuses it.
func (u unstated) concurrent(vendor string, r Rules, refusal Refusal) Rules {
	r.Waits, r.InProgress = u.maybe(vendor+" waits"), refusal
	return r
}

const day = 24 * time.Hour

var (
	conflict = Refusal{http.StatusConflict, "conflict", "conflict", "The request conflicts with another one"}
	keyInUse = Refusal{http.StatusConflict, "invalid_request_error", "idempotency_key_in_use", "Another request with the key is running"}
)

func (u unstated) ietf() Rules {
	r := Rules{
		TTL: u.atLeast("ietf", 10*time.Minute), QuotedKeys: true, WholeRequest: true, MaxKey: 255,
		KeyMissing: Refusal{http.StatusBadRequest, "about:blank", "", "Idempotency-Key is missing"},
		InProgress: Refusal{http.StatusConflict, "about:blank", "", "A request is outstanding for this Idempotency-Key"},
		Mismatch:   Refusal{http.StatusUnprocessableEntity, "about:blank", "", "Idempotency-Key is already used"},
		ErrorType:  "application/problem+json",
		ErrorBody: func(r Refusal, _ string) []byte {
			return mustJSON(map[string]any{"type": "https://developer.example.com/idempotency", "title": r.Message, "status": r.Status})
		},
	}
	return r.forgetful(u.keeps("ietf"))
}

func (u unstated) stripe() Rules {
	return Rules{
		TTL: u.atLeast("stripe", day), WholeRequest: true, MaxKey: 255,
		InProgress: keyInUse,
		Mismatch:   Refusal{http.StatusBadRequest, "idempotency_error", "", "Keys can only be used with the same parameters"},
		// "Only after the execution of an endpoint begins", 500 included: most 400s are
		// not, declined cards are.
		Keeps:           []Keeping{KeepsAll, KeepsExecuted}[u.dice("stripe keeps").IntN(2)],
		ReplayHeader:    "Idempotent-Replayed",
		RequestIDHeader: "Request-Id",
		SuccessStatus:   http.StatusOK,
		ErrorHeader:     stripeShouldRetry,
		ErrorBody: func(r Refusal, _ string) []byte {
			return mustJSON(map[string]any{"error": map[string]string{"type": r.Type, "code": r.Code, "message": r.Message}})
		},
		Result: func(op string) []byte {
			return mustJSON(map[string]string{"id": "pi_" + op, "object": "payment_intent", "description": op, "status": "succeeded"})
		},
	}
}

// stripeShouldRetry is absent where the vendor does not know either.
func stripeShouldRetry(r Refusal) http.Header {
	switch {
	case r == keyInUse:
		return http.Header{"Stripe-Should-Retry": {"true"}}
	case r.Status < http.StatusInternalServerError && r.Status != http.StatusTooManyRequests:
		return http.Header{"Stripe-Should-Retry": {"false"}}
	default:
		return nil
	}
}

func (u unstated) adyen() Rules {
	r := Rules{
		TTL: u.atLeast("adyen", 7*day), KeyHeader: "idempotency-key", EchoHeader: "idempotency-key", MaxKey: 64,
		WholeRequest: u.maybe("adyen whole"),
		InProgress:   Refusal{http.StatusConflict, "validation", "704", "request already processed or in progress"},
		Mismatch:     Refusal{http.StatusUnprocessableEntity, "validation", "702", "the key belongs to another request"},
		// A stored response is not marked as one that may pass.
		ErrorHeader: func(r Refusal) http.Header {
			passes := r == tooManyRequests || r == unavailable
			return http.Header{"Transient-Error": {map[bool]string{true: "true", false: "false"}[passes]}}
		},
		SuccessStatus: http.StatusOK,
		ErrorBody: func(r Refusal, _ string) []byte {
			return mustJSON(map[string]any{"status": r.Status, "errorCode": r.Code, "message": r.Message, "errorType": r.Type})
		},
		Result: func(op string) []byte {
			return mustJSON(map[string]string{"pspReference": "psp" + op, "resultCode": "Authorised", "merchantReference": op})
		},
	}
	if u.maybe("adyen 422") {
		r.InProgress.Status = http.StatusUnprocessableEntity
	}
	return r.forgetful(u.keeps("adyen"))
}

func (u unstated) payPal() Rules {
	r := Rules{
		TTL: u.atLeast("paypal", 3*time.Hour), KeyHeader: "PayPal-Request-Id", MaxKey: 108, WholeRequest: true,
		Mismatch:        Refusal{http.StatusUnprocessableEntity, "UNPROCESSABLE_ENTITY", "PAYPAL_REQUEST_ID_PREVIOUSLY_USED", "used for another request"},
		RequestIDHeader: "Paypal-Debug-Id",
		ErrorBody: func(r Refusal, requestID string) []byte {
			return mustJSON(map[string]any{
				"name": r.Type, "debug_id": requestID, "message": r.Message, "details": []map[string]string{{"issue": r.Code}},
			})
		},
		Result:  payPalOrder("CREATED"),
		Current: payPalOrder("COMPLETED"), // "the latest status of the previous request"
	}
	inProgress := []Refusal{
		{http.StatusConflict, "RESOURCE_CONFLICT", "PREVIOUS_REQUEST_IN_PROGRESS", "A previous request is running"},
		{http.StatusUnprocessableEntity, "UNPROCESSABLE_ENTITY", "DUPLICATE_REQUEST_ID", "used already"},
		{http.StatusInternalServerError, "INTERNAL_SERVER_ERROR", "INTERNAL_SERVICE_ERROR", "it might fail"},
	}[u.dice("paypal in progress").IntN(3)]
	return u.concurrent("paypal", r, inProgress).forgetful(u.keeps("paypal"))
}

func payPalOrder(status string) func(op string) []byte {
	return func(op string) []byte {
		return mustJSON(map[string]any{"id": "order-" + op, "status": status, "custom_id": op, "links": []string{}})
	}
}

func (u unstated) mollie() Rules {
	r := Rules{
		TTL: day, WholeRequest: true, MaxKey: 64,
		InProgress:   Refusal{http.StatusConflict, "Conflict", "", "A request with the key is being processed"},
		Mismatch:     Refusal{http.StatusBadRequest, "Bad Request", "", "The key was used with other parameters"},
		ReplayHeader: "Idempotent-Replayed",
		SuccessType:  "application/hal+json", ErrorType: "application/hal+json",
		ErrorBody: func(r Refusal, _ string) []byte {
			return mustJSON(map[string]any{"status": r.Status, "title": http.StatusText(r.Status), "detail": r.Message, "_links": map[string]any{}})
		},
		Result: func(op string) []byte {
			return mustJSON(map[string]string{"resource": "payment", "id": "tr_" + op, "description": op, "status": "open"})
		},
	}
	return r.forgetful(u.keeps("mollie"))
}

func (u unstated) increase() Rules {
	r := Rules{
		TTL: 100 * 365 * day, WholeRequest: true, MaxKey: 200, // one object a key, whenever
		Mismatch:     Refusal{http.StatusConflict, "idempotency_key_already_used_error", "", "The key was used"},
		ReplayHeader: "Idempotent-Replayed", SuccessStatus: http.StatusOK,
		ErrorBody: func(r Refusal, _ string) []byte {
			return mustJSON(map[string]any{"status": r.Status, "type": r.Type, "title": r.Message, "detail": nil})
		},
		Result: func(op string) []byte {
			return mustJSON(map[string]string{"type": "account_transfer", "id": "transfer_" + op, "description": op})
		},
	}
	r = u.concurrent("increase", r, Refusal{http.StatusConflict, "invalid_operation_error", "", "It is being created"})
	// The key is the object's: what has made none has not used it.
	return r.forgetful([]Keeping{KeepsExecuted, KeepsSuccess}[u.dice("increase keeps").IntN(2)])
}

func (u unstated) checkout() Rules {
	return Rules{
		TTL: u.atLeast("checkout", day), KeyHeader: "Cko-Idempotency-Key", MaxKey: 64, WholeRequest: u.maybe("checkout whole"),
		InProgress:    Refusal{http.StatusTooManyRequests, "concurrent_request", "idempotency_key_in_use", "only one is processed"},
		Mismatch:      Refusal{http.StatusUnprocessableEntity, "invalid_request", "idempotency_key_invalid", "another request"},
		Keeps:         KeepsSuccess, // "a 4xx or 5xx: no idempotent result is saved and the payment is reattempted"
		FailureUndoes: u.maybe("checkout undoes"),
		ErrorBody: func(r Refusal, requestID string) []byte {
			return mustJSON(map[string]any{"request_id": requestID, "error_type": r.Type, "error_codes": []string{r.Code}})
		},
		Result: func(op string) []byte {
			return mustJSON(map[string]string{"id": "pay_" + op, "status": "Authorized", "reference": op})
		},
	}
}

func (u unstated) modernTreasury() Rules {
	return Rules{
		TTL: day, MaxKey: 64, IgnoresRequest: true, // "independent of the route"
		InProgress: conflict,
		Keeps:      KeepsSuccess, FailureUndoes: true, // "prevented us from completing the original request"
		ErrorBody: func(r Refusal, _ string) []byte {
			return mustJSON(map[string]any{"errors": map[string]string{"code": r.Code, "message": r.Message}})
		},
		Result: func(op string) []byte {
			return mustJSON(map[string]string{"id": "order-" + op, "object": "payment_order", "description": op})
		},
	}
}

func (u unstated) amazonPay() Rules {
	r := Rules{
		TTL: 100 * 365 * day, KeyHeader: "x-amz-pay-idempotency-key", WholeRequest: true, MaxKey: 32,
		KeyAlphabet: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_",
		Mismatch:    Refusal{http.StatusBadRequest, "", "DuplicateIdempotencyKey", "The key was used in a different request"},
		ErrorBody: func(r Refusal, _ string) []byte {
			return mustJSON(map[string]string{"reasonCode": r.Code, "message": r.Message})
		},
		Result: func(op string) []byte {
			return mustJSON(map[string]any{"chargeId": "S01-" + op, "merchantMetadata": map[string]string{"merchantReferenceId": op}})
		},
	}
	return u.concurrent("amazon", r, Refusal{http.StatusConflict, "", "ResourceBusy", "running"}).forgetful(u.keeps("amazon"))
}

func (u unstated) worldline() Rules {
	r := Rules{
		TTL: u.atLeast("worldline", day), KeyHeader: "X-GCS-Idempotence-Key", MaxKey: 40, IgnoresRequest: true,
		InProgress:   Refusal{http.StatusConflict, "", "1409", "DUPLICATE_REQUEST_IN_PROGRESS"},
		ReplayHeader: "X-GCS-Idempotence-Request-Timestamp", ReplayValue: "946684800000",
		MarksAll: u.maybe("worldline marks"), // "for any follow-up requests"
		ErrorBody: func(r Refusal, requestID string) []byte {
			return mustJSON(map[string]any{"errorId": requestID, "errors": []map[string]any{{"errorCode": r.Code, "message": r.Message}}})
		},
		Result: func(op string) []byte {
			return mustJSON(map[string]any{"creationOutput": map[string]string{"externalReference": op}, "payment": map[string]string{"id": "000-" + op}})
		},
	}
	return r.forgetful(u.keeps("worldline"))
}

func (u unstated) goCardless() Rules {
	return Rules{
		TTL: u.atLeast("gocardless", day), MaxKey: 128,
		Waits: true, // a conflict names a resource, so it comes when there is one
		// Another request with the key gets the same conflict.
		IgnoresRequest: true,
		Keeps:          KeepsExecuted, // "only one resource will be created"
		Exists: func(op string) []byte {
			return goCardlessError("invalid_state", http.StatusConflict, map[string]any{
				"reason": "idempotent_creation_conflict", "links": map[string]string{"conflicting_resource_id": op},
			})
		},
		ErrorBody: func(r Refusal, _ string) []byte {
			return goCardlessError("invalid_api_usage", r.Status, map[string]any{"reason": r.Code, "message": r.Message})
		},
		Result: func(op string) []byte {
			return mustJSON(map[string]any{"payments": map[string]string{"id": op, "status": "pending_submission"}})
		},
	}
}

func goCardlessError(kind string, status int, detail map[string]any) []byte {
	return mustJSON(map[string]any{"error": map[string]any{"type": kind, "code": status, "errors": []any{detail}}})
}

func (u unstated) square() Rules {
	r := Rules{
		TTL: u.atLeast("square", time.Hour), KeyField: "idempotency_key", WholeRequest: true, MaxKey: 45, SuccessStatus: http.StatusOK,
		Mismatch: Refusal{http.StatusBadRequest, "INVALID_REQUEST_ERROR", "IDEMPOTENCY_KEY_REUSED", "used with another request"},
		ErrorBody: func(r Refusal, _ string) []byte {
			return mustJSON(map[string]any{"errors": []map[string]string{{"category": r.Type, "code": r.Code, "detail": r.Message}}})
		},
		Result: func(op string) []byte {
			return mustJSON(map[string]any{"payment": map[string]string{"id": "pay-" + op, "note": op}})
		},
	}
	return u.concurrent("square", r, Refusal{http.StatusConflict, "API_ERROR", "CONFLICT", "running"}).forgetful(u.keeps("square"))
}
