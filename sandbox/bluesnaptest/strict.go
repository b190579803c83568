package bluesnaptest

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// Fields that many requests have.
var (
	paymentFields = []string{
		"amount", "currency", "merchantTransactionId", "softDescriptor", "descriptorPhoneNumber",
		"transactionFraudInfo", "transactionMetaData", "vendorsInfo", "vendorInfo", "level3Data", "threeDSecure",
		"transactionInitiator", "networkTransactionInfo",
	}
	payerFields = []string{
		"vaultedShopperId", "payerInfo", "paymentSource", "pfToken", "authorizedByShopper", "shippingContactInfo",
	}
)

// knownFields are the fields at the top of a request's JSON object, by the
// vendor's reference (secondary: its published clients). An operation that is
// missing here has a body whose fields are not compared.
var knownFields = map[Operation][]string{
	CreateCardTransaction: with(
		paymentFields,
		"cardTransactionType", "cardHolderInfo", "creditCard", "vaultedShopperId", "pfToken", "wallet", "walletId",
		"storeCard", "recurringTransaction", "transactionOrderSource",
	),
	UpdateTransaction: with(paymentFields, "cardTransactionType", "transactionId"),
	CreateAltTransaction: with(
		paymentFields,
		"payerInfo", "vaultedShopperId", "pfToken", "authorizedByShopper", "ecpTransaction", "paypalTransaction",
		"sepaDirectDebitTransaction", "canadianDirectDebitTransaction", "localBankTransferTransaction",
	),
	RefundTransaction: refundFields,
	RefundByReference: refundFields,

	CreateVaultedShopper: shopperFields,
	UpdateVaultedShopper: with(shopperFields, "vaultedShopperId"),
	CreatePlan: {
		"name", "chargeFrequency", "currency", "recurringChargeAmount", "initialChargeAmount", "trialPeriodDays",
		"gracePeriodDays", "maxNumberOfCharges", "chargeOnPlanSwitch", "status",
	},
	CreateSubscription: with(
		payerFields,
		"planId", "quantity", "currency", "chargeFrequency", "recurringChargeAmount", "initialChargeAmount",
		"overrideRecurringChargeAmount", "trialPeriodDays", "maxNumberOfCharges", "nextChargeDate", "autoRenew",
		"merchantTransactionId", "softDescriptor", "descriptorPhoneNumber", "transactionFraudInfo",
		"transactionMetaData", "vendorsInfo", "threeDSecure", "status",
	),
	CreateOnDemandSubscription: with(paymentFields, append(payerFields, "scheduleData")...),
	ChargeOnDemandSubscription: paymentFields,
	OnboardWallet:              {"walletType", "applePay"},
}

var (
	refundFields = []string{
		"amount", "taxAmount", "reason", "cancelSubscriptions", "vendorsInfo", "transactionMetaData",
	}
	shopperFields = []string{
		"firstName", "lastName", "merchantShopperId", "personalIdentificationNumber", "companyName", "email", "phone",
		"country", "state", "city", "address", "address2", "zip", "shopperCurrency", "softDescriptor",
		"descriptorPhoneNumber", "paymentSources", "shippingContactInfo", "transactionFraudInfo", "walletId",
		"chosenPaymentMethod", "threeDSecure",
	}
)

func with(fields []string, more ...string) []string {
	return append(append([]string{}, fields...), more...)
}

// knownQueries are the query parameters of operations; the others have none.
var knownQueries = map[Operation][]string{
	CreateUser:               {"onbehalfofmid"},
	CreateSubscriptionCharge: {"fulldescription"},
	CreatePaymentFieldsToken: {"shopperId"},
}

// strictly rejects requests that hold what the vendor's pages do not name,
// before the operation sees them.
func strictly(one route, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if method, _, _ := strings.Cut(one.pattern, " "); r.Method != method { // HEAD
			fakeserver.CallOf(r).Rejected()
			wrongMethod([]string{method}).Send(w)
			return
		}
		if err := conforms(r, one); err != nil {
			fakeserver.CallOf(r).Rejected()
			clientError(err).answer(r).Send(w)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func conforms(r *http.Request, one route) error {
	if err := fakeserver.CheckQuery(r, knownQueries[one.op]); err != nil {
		return err
	}
	if fakeserver.CheckKeyHeader(r, keyHeader) != nil {
		return refusal(fakeserver.Refusal{Reason: fakeserver.ReasonKeyMalformed})
	}
	body, err := fakeserver.PeekBody(r)
	switch {
	case err != nil: // it is in memory
		return err
	case r.Method == http.MethodGet || one.op == CreatePaymentFieldsToken:
		if len(body) > 0 {
			return invalid("body", "is not part of this operation")
		}
		return nil
	case sends(r, "xml"):
		return fakeserver.CheckContentType(r, "application/xml")
	default:
		return checkJSON(r, one.op, body)
	}
}

func checkJSON(r *http.Request, op Operation, body []byte) error {
	known := knownFields[op]
	refund := op == RefundTransaction || op == RefundByReference
	if len(body) == 0 && refund || known == nil {
		return nil
	}
	if fakeserver.CheckContentType(r, "application/json") != nil {
		return wrongContent()
	}
	return fakeserver.CheckObject(body, known, func(name string, value json.RawMessage) error {
		if string(value) == "null" {
			return invalid(name, "must not be null")
		}
		return nil
	})
}

// wrongMethod is the response for a path that has operations with other methods
// (inferred).
func wrongMethod(allowed []string) *fakeserver.Response {
	a := textAnswer(http.StatusMethodNotAllowed, "The endpoint does not take this method")
	a.Header().Set("Allow", strings.Join(allowed, ", "))
	return a
}
