package scenarios

import (
	"time"

	"github.com/bardge/bardge-go/sandbox"
)

// bentRows are bends with what a call makes of them: successes, statuses,
// headers, and errors.
var bentRows = []bentRow{
	// Fields of a success.
	{bend: "IssuePass: rename tx_ref reference", drift: []string{
		"unknown field: IssuedPass.reference got string",
		"missing field: IssuedPass.tx_ref want string",
	}},
	{bend: "IssuePass: rename id pass", ends: incomplete, drift: []string{
		"unknown field: IssuedPass.pass got string",
		"missing field: IssuedPass.id want string",
	}},
	{bend: "IssuePass: rename id ID", drift: []string{"unknown field: IssuedPass.ID got string"}},
	{bend: "IssuePass: rename pass_name Pass_Name", drift: []string{
		"unknown field: IssuedPass.Pass_Name got string",
	}},
	{bend: "IssuePass: remove id", ends: incomplete, drift: []string{"missing field: IssuedPass.id want string"}},
	{bend: "IssuePass: remove tx_ref", drift: []string{"missing field: IssuedPass.tx_ref want string"}},
	{bend: "IssuePass: remove categories[1].type", drift: []string{
		"missing field: IssuedPassCategory.type at categories[1].type want string",
	}},
	{bend: `IssuePass: add region {"code":"NG"}`, drift: []string{
		"unknown field: IssuedPass.region got object",
	}},
	{bend: `IssuePass: add b@c "x"`, drift: []string{
		"unknown field: IssuedPass.(a name that is not an identifier) got string",
	}},
	{bend: "IssuePass: set status null", drift: []string{"missing field: IssuedPass.status want string"}},
	{bend: "IssuePass: set id null", ends: incomplete, drift: []string{"missing field: IssuedPass.id want string"}},
	{bend: `IssuePass: set id ""`, ends: incomplete, drift: []string{"missing field: IssuedPass.id want string"}},
	{bend: "IssuePass: retype id list", ends: incomplete, drift: []string{
		"type: IssuedPass.id want string got array",
	}},
	{bend: "IssuePass: retype status number", drift: []string{
		"type: IssuedPass.status want string got integer",
		"unknown value: IssuedPass.status",
	}},
	{bend: "IssuePass: retype status object", ends: incomplete, drift: []string{
		"type: IssuedPass.status want string got object",
	}},
	{bend: "IssuePass: retype passcode boolean", ends: incomplete, drift: []string{
		"type: IssuedPass.passcode want string got boolean",
	}},
	{bend: "IssuePass: retype categories object", drift: []string{
		"type: IssuedPass.categories want array got object",
	}},
	{bend: "IssuePass: retype categories[1] string", drift: []string{
		"item left out: IssuedPass.categories at categories[1] want object got string",
	}},
	{bend: "IssuePass: retype categories[0].visits_allowed string", drift: []string{
		"type: IssuedPassCategory.visits_allowed at categories[0].visits_allowed want integer got string",
	}},
	{bend: "PurchaseCredits: retype amount string", drift: []string{
		"type: CreditPurchase.amount want number got string",
	}},
	{bend: "PurchaseCredits: retype amount object", ends: incomplete, drift: []string{
		"type: CreditPurchase.amount want number got object",
	}},
	{bend: `PurchaseCredits: set balance "many"`, ends: incomplete, drift: []string{
		"type: CreditPurchase.balance want number got string",
	}},
	{bend: "QuoteSpaCopay: retype amount list", ends: incomplete, drift: []string{
		"type: SpaCopayQuote.amount want number got array",
	}},
	{bend: "BookClass: retype copay_required string", ends: incomplete, drift: []string{
		"type: ClassBooking.copay_required want boolean got string",
	}},
	{bend: `CancelBooking: set refund "none"`, drift: []string{
		"type: Booking.refund want object got string",
	}},
	{bend: "CancelBooking: rename refund.visits visits_refunded", drift: []string{
		"unknown field: Refund.visits_refunded at refund.visits_refunded got integer",
		"missing field: Refund.visits at refund.visits want integer",
	}},

	// Times.
	{bend: "IssuePass: time expires_at seconds", drift: []string{
		"type: IssuedPass.expires_at want milliseconds got seconds",
	}},
	{bend: "BookClass: time scheduled_for milliseconds", drift: []string{
		"type: ClassBooking.scheduled_for want seconds got milliseconds",
	}},
	{bend: "IssuePass: time expires_at microseconds", drift: []string{
		"type: IssuedPass.expires_at want time got integer",
	}},
	{bend: "IssuePass: time expires_at iso", drift: []string{
		"type: IssuedPass.expires_at want time got string",
	}},
	{bend: "IssuePass: time expires_at date", drift: []string{
		"type: IssuedPass.expires_at want time got string",
	}},
	{bend: "IssuePass: retype created string", drift: []string{
		"type: IssuedPass.created want time got string",
	}},

	// Enumerations and type tags.
	{bend: `IssuePass: set status "ON HOLD"`, drift: []string{"unknown value: IssuedPass.status"}},
	{bend: `IssuePass: set categories[0].type "POOL"`, drift: []string{
		"unknown value: IssuedPassCategory.type at categories[0].type",
	}},
	{bend: `IssuePass: set object "pass"`, ends: ambiguous, drift: []string{
		"type tag: IssuedPass.object want string",
	}},
	{bend: "IssuePass: remove object", drift: []string{"missing field: IssuedPass.object want string"}},

	// Lists.
	{bend: "ListClasses: remove has_more", drift: []string{"missing field: ClassList.has_more want boolean"}},
	{bend: "ListClasses: set has_more null", ends: incomplete, drift: []string{
		"missing field: ClassList.has_more want boolean",
	}},
	{bend: "ListClasses: rename data items", ends: incomplete, drift: []string{
		"unknown field: ClassList.items got array",
		"missing field: ClassList.data want array",
	}},
	{bend: "ListClasses: retype data object", ends: incomplete, drift: []string{
		"type: ClassList.data want array got object",
	}},
	{bend: "ListClasses: remove data[1].id", drift: []string{"item left out: Class.id at data[1] want string"}},
	{bend: "ListClasses: remove data[].id", ends: incomplete, drift: []string{
		"item left out: Class.id at data[0] want string",
		"item left out: Class.id at data[1] want string",
	}},
	{bend: "ListClasses: retype data[0] string", drift: []string{
		"item left out: ClassList.data at data[0] want object got string",
	}},
	{bend: "ListClasses: rename data[].name title", drift: []string{
		"unknown field: Class.title at data[0].title got string",
		"missing field: Class.name at data[0].name want string",
	}},
	{bend: `ListClasses: set data[0].object "course"`, drift: []string{
		"type tag: Class.object at data[0].object want string",
	}},

	// Replays.
	{bend: "IssuePass: rename tx_ref reference", after: sandbox.LoseResponse, drift: []string{
		"unknown field: IssuedPass.reference got string",
		"missing field: IssuedPass.tx_ref want string",
	}},

	// Envelopes.
	{bend: "ListClasses: unwrap data", ends: ambiguous, drift: []string{"type: want object got array"}},
	{bend: "ListClasses: wrap result", ends: ambiguous, absent: true, drift: []string{
		"unknown field: ClassList.result got object",
	}},
	{bend: "IssuePass: wrap result", ends: incomplete, absent: true, drift: []string{
		"unknown field: IssuedPass.result got object",
	}},
	{bend: "GetClient: wrap client", ends: ambiguous, absent: true, drift: []string{
		"unknown field: ClientProfile.client got object",
	}},
	{bend: "ListClasses: empty", ends: ambiguous, drift: []string{"type: want object"}},
	{bend: "IssuePass: empty", ends: unreadable, drift: []string{"type: want object"}},

	// Statuses.
	{bend: "IssuePass: status 201 202", ends: ambiguous, drift: []string{"unknown status: got 202"}},
	{bend: "IssuePass: status 201 204", ends: ambiguous, drift: []string{"unknown status: got 204"}},
	{bend: "IssuePass: status 201 302", ends: ambiguous, drift: []string{"unknown status: got 302"}},
	{bend: "ListClasses: status 200 203", ends: ambiguous, drift: []string{"unknown status: got 203"}},
	{bend: "CancelBooking: status 200 204", drift: []string{"unknown status: got 204"}},
	{bend: "IssuePass: status 404 422", ends: refused, rejected: true, drift: []string{"unknown status: got 422"}},
	{bend: "IssuePass: status 404 429", ends: refused, rejected: true, drift: []string{"unknown status: got 429"}},
	{bend: "IssuePass: status 404 418", ends: refused, rejected: true, drift: []string{"unknown status: got 418"}},
	{bend: "IssuePass: status 404 200", ends: ambiguous, rejected: true, absent: true, drift: []string{
		"unknown field: IssuedPass.error got object",
	}},
	{bend: "GetIssuedPass: status 404 200", ends: ambiguous, rejected: true, absent: true, drift: []string{
		"unknown field: IssuedPass.error got object",
	}},
	{bend: "IssuePass: set-header Retry-After soon", after: sandbox.Unavailable(time.Second), drift: []string{
		"unknown status: got 503",
	}},

	// Headers.
	{bend: "IssuePass: remove-header Bardge-Request-Id", drift: []string{"header: Bardge-Request-Id"}},
	{bend: "IssuePass: rename-header Bardge-Request-Id X-Request-Id", drift: []string{"header: Bardge-Request-Id"}},
	{bend: "IssuePass: set-header X-Idempotent-Replayed 1", after: sandbox.LoseResponse, drift: []string{
		"header: X-Idempotent-Replayed",
	}},
	{bend: "IssuePass: set-header Content-Type text/plain", drift: []string{
		"content type: Content-Type want application/json got text/plain",
	}},
	{bend: "IssuePass: set-header Content-Type text/html; charset=utf-8", drift: []string{
		"content type: Content-Type want application/json got text/html",
	}},
	{bend: "IssuePass: remove-header Content-Type", drift: []string{"content type: Content-Type want application/json"}},

	// Errors.
	{bend: `IssuePass: set error.code "no_such_code"`, ends: refused, rejected: true, drift: []string{
		"unknown code: ErrorDetail.code at error.code got no_such_code",
	}},
	{bend: `IssuePass: set error.code "client Ada"`, ends: refused, rejected: true, drift: []string{
		"unknown code: ErrorDetail.code at error.code",
	}},
	{bend: "IssuePass: set error.code null", ends: refused, rejected: true, drift: []string{
		"missing field: ErrorDetail.code at error.code want string",
	}},
	{bend: "IssuePass: retype error.code number", ends: refused, rejected: true, drift: []string{
		"type: ErrorDetail.code at error.code want string got integer",
		"unknown code: ErrorDetail.code at error.code",
	}},
	{bend: "IssuePass: rename error.code reason", ends: refused, rejected: true, drift: []string{
		"unknown field: ErrorDetail.reason at error.reason got string",
		"missing field: ErrorDetail.code at error.code want string",
	}},
	{bend: `IssuePass: set error.type "teapot_error"`, ends: refused, rejected: true, drift: []string{
		"unknown error type: ErrorDetail.type at error.type got teapot_error",
	}},
	{bend: "IssuePass: remove error.type", ends: refused, rejected: true, drift: []string{
		"missing field: ErrorDetail.type at error.type want string",
	}},
	{bend: "IssuePass: remove error.message", ends: refused, rejected: true, drift: []string{
		"missing field: ErrorDetail.message at error.message want string",
	}},
	{bend: "IssuePass: retype error.message object", ends: refused, rejected: true, drift: []string{
		"type: ErrorDetail.message at error.message want string got object",
	}},
	{bend: "IssuePass: remove error.request_id", ends: refused, rejected: true, drift: []string{
		"missing field: ErrorDetail.request_id at error.request_id want string",
	}},
	{bend: `IssuePass: add error.hint "x"`, ends: refused, rejected: true, drift: []string{
		"unknown field: ErrorDetail.hint at error.hint got string",
	}},
	{bend: "IssuePass: rename error err", ends: refused, rejected: true, drift: []string{
		"unknown field: ErrorResponse.err got object",
		"missing field: ErrorResponse.error want object",
	}},
	{bend: "IssuePass: unwrap error", ends: refused, rejected: true, drift: flatError},
	{bend: "GetIssuedPass: unwrap error", ends: ambiguous, rejected: true, drift: flatError},
	{bend: "IssuePass: retype error list", ends: refused, rejected: true, drift: []string{
		"type: ErrorResponse.error want object got array",
	}},
	{bend: "IssuePass: retype error string", ends: refused, rejected: true, drift: []string{
		"type: ErrorResponse.error want object got string",
	}},

	// What no response shows, or what the contract allows: no drift, and no
	// wrong outcome.
	{bend: "IssuePass: latency 1s"},
	{bend: "IssuePass: date 1h"},
	{bend: "IssuePass: remove-header Date"},
	{bend: "IssuePass: case status lower"},
	{bend: "IssuePass: case object upper"},
	{bend: "IssuePass: status 201 200"},
	{bend: "UpdateIssuedPass: status 200 201"},
	{bend: "IssuePass: case error.code upper", ends: refused, rejected: true},
	{bend: "IssuePass: set-header Content-Type application/json; charset=utf-8"},
	{bend: "IssuePass: set-header X-Idempotent-Replayed TRUE", after: sandbox.LoseResponse},
	{bend: "IssuePass: remove-header X-Idempotent-Replayed", after: sandbox.LoseResponse},
	{bend: "IssuePass: rename-header X-Idempotent-Replayed Idempotent-Replayed", after: sandbox.LoseResponse},
	{bend: "CancelBooking: empty"},
	{bend: "IssuePass: move /issue", ends: refused},
	{bend: "GetClient: move /people/{clientId}", ends: refused},
	{bend: "IssuePass: rename-request client_id client", ends: refused},
	{bend: "IssuePass: refuse-request pass_id", ends: refused},
	{bend: "IssuePass: require-request channel", ends: refused},
}

// flatError is the drift of an error without its envelope.
var flatError = []string{
	"unknown field: ErrorResponse.type got string",
	"unknown field: ErrorResponse.code got string",
	"unknown field: ErrorResponse.message got string",
	"unknown field: ErrorResponse.request_id got string",
	"missing field: ErrorResponse.error want object",
}
