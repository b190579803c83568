package scenarios

import (
	"github.com/bardge/bardge-go/sandbox"
)

// bentRows are bends with what a call makes of them: successes, statuses,
// headers, and errors.
var bentRows = []bentRow{
	// Fields of a success.
	{bend: "IssuePass: rename tx_ref reference", drift: []string{
		"unknown field: IssuedPass.reference at reference got string",
		"missing field: IssuedPass.tx_ref at tx_ref want string",
	}},
	{bend: "IssuePass: rename id pass", ends: incomplete, drift: []string{
		"unknown field: IssuedPass.pass at pass got string",
		"missing field: IssuedPass.id at id want string",
	}},
	{bend: "IssuePass: remove id", ends: incomplete, drift: []string{"missing field: IssuedPass.id at id want string"}},
	{bend: "IssuePass: remove tx_ref", drift: []string{"missing field: IssuedPass.tx_ref at tx_ref want string"}},
	{bend: "IssuePass: remove categories[1].type", drift: []string{
		"missing field: IssuedPassCategory.type at categories[1].type want string",
	}},
	{bend: `IssuePass: add region {"code":"NG"}`, drift: []string{
		"unknown field: IssuedPass.region at region got object",
	}},
	{bend: `IssuePass: add b@c "x"`, drift: []string{
		"unknown field: IssuedPass.(a name that is not an identifier) at (a name that is not an identifier) got string",
	}},
	{bend: "IssuePass: set status null", drift: []string{"missing field: IssuedPass.status at status want string"}},
	{bend: "IssuePass: set id null", ends: incomplete, drift: []string{"missing field: IssuedPass.id at id want string"}},
	{bend: `IssuePass: set id ""`, ends: incomplete, drift: []string{"missing field: IssuedPass.id at id want string"}},
	{bend: "IssuePass: retype id list", ends: incomplete, drift: []string{
		"type: IssuedPass.id at id want string got array",
	}},
	{bend: "IssuePass: retype status number", drift: []string{
		"type: IssuedPass.status at status want string got integer",
		"unknown value: IssuedPass.status at status",
	}},
	{bend: "IssuePass: retype status object", ends: incomplete, drift: []string{
		"type: IssuedPass.status at status want string got object",
	}},
	{bend: "IssuePass: retype passcode boolean", ends: incomplete, drift: []string{
		"type: IssuedPass.passcode at passcode want string got boolean",
	}},
	{bend: "IssuePass: retype categories object", drift: []string{
		"type: IssuedPass.categories at categories want array got object",
	}},
	{bend: "IssuePass: retype categories[1] string", drift: []string{
		"item left out: IssuedPass.categories at categories[1] want object got string",
	}},
	{bend: "IssuePass: retype categories[0].visits_allowed string", drift: []string{
		"type: IssuedPassCategory.visits_allowed at categories[0].visits_allowed want integer got string",
	}},
	{bend: "PurchaseCredits: retype amount string", drift: []string{
		"type: CreditPurchase.amount at amount want number got string",
	}},
	{bend: "PurchaseCredits: retype amount object", ends: incomplete, drift: []string{
		"type: CreditPurchase.amount at amount want number got object",
	}},
	{bend: `PurchaseCredits: set balance "many"`, ends: incomplete, drift: []string{
		"type: CreditPurchase.balance at balance want number got string",
	}},
	{bend: "QuoteSpaCopay: retype amount list", ends: incomplete, drift: []string{
		"type: SpaCopayQuote.amount at amount want number got array",
	}},
	{bend: "BookClass: retype copay_required string", ends: incomplete, drift: []string{
		"type: ClassBooking.copay_required at copay_required want boolean got string",
	}},
	{bend: `CancelBooking: set refund "none"`, drift: []string{
		"type: Booking.refund at refund want object got string",
	}},
	{bend: "CancelBooking: rename refund.visits visits_refunded", drift: []string{
		"unknown field: Refund.visits_refunded at refund.visits_refunded got integer",
		"missing field: Refund.visits at refund.visits want integer",
	}},

	// Times.
	{bend: "IssuePass: time expires_at seconds", drift: []string{
		"type: IssuedPass.expires_at at expires_at want milliseconds got seconds",
	}},
	{bend: "BookClass: time scheduled_for milliseconds", drift: []string{
		"type: ClassBooking.scheduled_for at scheduled_for want seconds got milliseconds",
	}},
	{bend: "IssuePass: time expires_at microseconds", drift: []string{
		"type: IssuedPass.expires_at at expires_at want time got integer",
	}},
	{bend: "IssuePass: time expires_at iso", drift: []string{
		"type: IssuedPass.expires_at at expires_at want time got string",
	}},
	{bend: "IssuePass: time expires_at date", drift: []string{
		"type: IssuedPass.expires_at at expires_at want time got string",
	}},
	{bend: "IssuePass: retype created string", drift: []string{
		"type: IssuedPass.created at created want time got string",
	}},

	// Enumerations and type tags.
	{bend: `IssuePass: set status "ON HOLD"`, drift: []string{"unknown value: IssuedPass.status at status"}},
	{bend: "IssuePass: case status lower"},
	{bend: `IssuePass: set categories[0].type "POOL"`, drift: []string{
		"unknown value: IssuedPassCategory.type at categories[0].type",
	}},
	{bend: `IssuePass: set object "pass"`, ends: ambiguous, drift: []string{
		"type tag: IssuedPass.object at object want string",
	}},
	{bend: "IssuePass: remove object", drift: []string{"missing field: IssuedPass.object at object want string"}},

	// Lists.
	{bend: "ListClasses: remove has_more", drift: []string{"missing field: ClassList.has_more at has_more want boolean"}},
	{bend: "ListClasses: set has_more null", ends: incomplete, drift: []string{
		"missing field: ClassList.has_more at has_more want boolean",
	}},
	{bend: "ListClasses: rename data items", ends: incomplete, drift: []string{
		"unknown field: ClassList.items at items got array",
		"missing field: ClassList.data at data want array",
	}},
	{bend: "ListClasses: retype data object", ends: incomplete, drift: []string{
		"type: ClassList.data at data want array got object",
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
		"unknown field: IssuedPass.reference at reference got string",
		"missing field: IssuedPass.tx_ref at tx_ref want string",
	}},

	// What changes no response.
	{bend: "IssuePass: latency 1s"},
	{bend: "IssuePass: date 1h"},
}
