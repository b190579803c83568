package bardge_test

import "github.com/bardge/bardge-go"

// Params with all that is required, for tests in which they do not matter.
var (
	somePass         = bardge.IssuePassParams{ClientID: "c1", PassID: "p1"}
	someClass        = bardge.BookClassParams{ClassInstanceID: "ci1", ClientID: "c1"}
	someLookup       = bardge.InitiateLookupParams{IssuerID: "i1", ClientID: "c1"}
	someVerification = bardge.VerifyLookupParams{AccessCode: "AC1"}
	someCode         = bardge.GenerateAccessCodeParams{ClientID: "c1"}
	someQuote        = bardge.QuoteSpaCopayParams{ClientID: "c1"}
)
