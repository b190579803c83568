package bluesnaptest

import (
	"errors"
	"net/http"
	"strings"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

type request struct {
	*fakeserver.Call
	*http.Request

	mask *apiError // replaces the true response; nil: none
}

func (q *request) id() string { return q.PathValue("id") }

// operation does what its name states. It returns its result, or an error.
type operation func(s *state, q *request) (*made, error)

type route struct {
	op      Operation
	pattern string // method, and path below basePath
	keyed   bool
	do      operation
}

func routes() []route {
	return []route{
		{CreateCardTransaction, "POST /transactions", true, taking((*state).createTransaction)},
		{UpdateTransaction, "PUT /transactions", false, taking((*state).updateTransaction)},
		{GetTransaction, "GET /transactions/{id}", false, (*state).getTransaction},
		{RefundTransaction, "POST /transactions/refund/{id}", true, (*state).refund},
		{RefundByReference, "POST /transactions/refund/merchant/{id}", false, (*state).refundByReference},
		{CreateAltTransaction, "POST /alt-transactions", true, taking((*state).createAltTransaction)},
		{GetAltTransaction, "GET /alt-transactions/{id}", false, (*state).getAltTransaction},

		{CreateVaultedShopper, "POST /vaulted-shoppers", true, taking((*state).createVaultedShopper)},
		{UpdateVaultedShopper, "PUT /vaulted-shoppers/{id}", false, taking((*state).updateVaultedShopper)},
		{DeleteVaultedShopper, "DELETE /vaulted-shoppers/{id}", false, (*state).deleteVaultedShopper},
		{GetVaultedShopper, "GET /vaulted-shoppers/{id}", false, (*state).getVaultedShopper},
		{GetVaultedShopper, "GET /vaulted-shoppers/merchant/{id}", false, (*state).getShopperByReference},

		{CreatePlan, "POST /recurring/plans", true, taking((*state).createPlan)},
		{GetPlan, "GET /recurring/plans/{id}", false, kept("plan")},
		{ListPlans, "GET /recurring/plans", false, listed("plan", "plans", map[string]string{"status": "status"})},
		{UpdatePlan, "PUT /recurring/plans/{id}", false, taking((*state).updatePlan)},
		{CreateSubscription, "POST /recurring/subscriptions", true, taking((*state).createSubscription)},
		{GetSubscription, "GET /recurring/subscriptions/{id}", false, kept("subscription")},
		{
			ListSubscriptions, "GET /recurring/subscriptions", false,
			listed("subscription", "subscriptions", map[string]string{
				"status": "status", "planid": "planId", "shopperid": "vaultedShopperId",
			}),
		},
		{UpdateSubscription, "PUT /recurring/subscriptions/{id}", false, taking((*state).updateSubscription)},
		{CreateOnDemandSubscription, "POST /recurring/ondemand", true, taking((*state).createOnDemand)},
		{ChargeOnDemandSubscription, "POST /recurring/ondemand/{id}", true, taking((*state).chargeOnDemand)},
		{GetOnDemandSubscription, "GET /recurring/ondemand/{id}", false, kept("ondemand")},

		{CreateVendor, "POST /vendors", true, taking((*state).createVendor)},
		{GetVendor, "GET /vendors/{id}", false, kept("vendor")},
		{OnboardWallet, "POST /wallets/onboarding", true, taking((*state).onboardWallet)},
		{GetWalletOnboarding, "GET /wallets/onboarding/{id}", false, kept("onboarding")},
		{CreateReport, "POST /report/dynamic-def", true, taking((*state).createReport)},
		{CreateAccountUpdater, "POST /account-updater", true, (*state).createAccountUpdater},
		{CreateUser, "POST /cp/user", true, taking((*state).createUser)},
		{CreatePaymentFieldsToken, "POST /payment-fields-tokens", false, (*state).createToken},

		{PlaceBatchOrder, "POST /batch/order-placement", true, takingXML(batchOrder)},
		{CreateOrder, "POST /orders", true, takingXML(order)},
		{GetOrder, "GET /orders/{id}", false, keptXML("order")},
		{CreateShopper, "POST /shoppers", true, takingXML(extendedShopper)},
		{GetShopper, "GET /shoppers/{id}", false, keptXML("shopper")},
		{CreateProduct, "POST /catalog/products", true, takingXML(product)},
		{GetProduct, "GET /catalog/products/{id}", false, keptXML("product")},
		{CreateSKU, "POST /catalog/skus", false, takingXML(sku)},
		{CreateCustomParameter, "POST /catalog/custom-parameters", true, takingXML(customParameter)},
		{
			CreateSubscriptionCharge, "POST /subscriptions/{id}/subscription-charges", true,
			takingXML(subscriptionCharge),
		},
	}
}

// taking passes an operation its JSON object.
func taking[In any](do func(s *state, q *request, in In) (*made, error)) operation {
	return func(s *state, q *request) (*made, error) {
		if !sends(q.Request, "application/json") {
			return nil, wrongContent()
		}
		in, err := readJSON[In](q.Body)
		if err != nil {
			return nil, err
		}
		return do(s, q, in)
	}
}

func sends(r *http.Request, contentType string) bool {
	return strings.Contains(r.Header.Get("Content-Type"), contentType)
}

// wrongContent rejects a body in another format than the endpoint's; the
// vendor's own accept JSON and XML in many places (inferred).
func wrongContent() error {
	return &apiError{
		http.StatusUnsupportedMediaType, "10001", "VALIDATION_GENERAL_FAILURE", "Not the Content-Type of this endpoint",
		"",
	}
}

// serve routes requests to the operations.
func (w *world) serve(around func(op Operation, keyed bool, next http.Handler) http.Handler) http.Handler {
	mux, known := http.NewServeMux(), fakeserver.NewPathMethods()
	for _, one := range routes() {
		method, path, _ := strings.Cut(one.pattern, " ")
		known.Add(method, basePath+path)
		next := w.state.handler(one.do)
		if w.strict {
			next = strictly(one, next)
		}
		mux.Handle(method+" "+basePath+path, around(one.op, one.keyed, next))
	}
	mux.HandleFunc("/", func(rw http.ResponseWriter, r *http.Request) {
		if allowed := known.Of(r); w.strict && allowed != nil {
			wrongMethod(allowed).Send(rw)
			return
		}
		textAnswer(http.StatusNotFound, "No such endpoint").Send(rw)
	})
	return mux
}

// handler runs an operation and notes its result.
func (s *state) handler(do operation) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := &request{Call: fakeserver.CallOf(r), Request: r}
		out, err := s.checked(q, do)
		if err != nil {
			q.Rejected()
			clientError(err).answer(r).Send(w)
			return
		}
		q.Executed()
		q.Touched(out.id)
		if q.mask != nil {
			q.mask.answer(r).Send(w)
			return
		}
		out.answer(r).Send(w)
	})
}

// checked runs an operation for a version of the API that exists.
func (s *state) checked(q *request, do operation) (*made, error) {
	switch q.Header.Get(versionHeader) {
	case "", "1.0", "2.0", "3.0":
		return do(s, q)
	default:
		return nil, bad("10000", "INVALID_API_VERSION", "There are the versions 1.0, 2.0 and 3.0")
	}
}

// clientError returns the error for the client; operations return no others.
func clientError(err error) *apiError {
	if shown, ok := errors.AsType[*apiError](err); ok {
		return shown
	}
	if wrong, ok := errors.AsType[*fakeserver.ViolationError](err); ok {
		return invalid(wrong.Name, wrong.Reason)
	}
	return refusal(fakeserver.Refusal{Reason: fakeserver.ReasonServerError, Status: http.StatusInternalServerError})
}

const versionHeader = "Bluesnap-Version"
