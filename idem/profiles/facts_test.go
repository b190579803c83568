package profiles_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/idem/profiles"
)

// unsourced are the fields that are no facts about a vendor: its name, and
// Classify, whose facts are the rules.
var unsourced = map[string]bool{"Vendor": true, "Classify": true, "Class": true}

// TestEachFieldHasItsSource: what is set has a fact, and there is no fact about
// what is not set.
func TestEachFieldHasItsSource(t *testing.T) {
	for _, v := range profiles.All() {
		t.Run(v.Name, func(t *testing.T) {
			set := map[string]bool{"Stored": true}
			for _, of := range []any{v.Profile, v.Create} {
				value := reflect.ValueOf(of)
				for i := range value.NumField() {
					if name := value.Type().Field(i).Name; !value.Field(i).IsZero() && !unsourced[name] {
						set[name] = true
					}
				}
			}
			facts := map[string]bool{}
			for _, f := range v.Facts {
				assert.False(t, facts[f.Field], "two facts about %s", f.Field)
				facts[f.Field] = true
				checkSource(t, f.Field, f.Basis, f.Source, f.Claim)
			}
			assert.Equal(t, set, facts)
		})
	}
}

func TestEachRuleHasItsSource(t *testing.T) {
	for _, v := range profiles.All() {
		t.Run(v.Name, func(t *testing.T) {
			require.NotEmpty(t, v.Rules)
			for _, r := range v.Rules {
				checkSource(t, r.String(), r.Basis, r.Source, r.Claim)
				assert.NotEmpty(t, r.String(), "a rule without a condition")
			}
		})
	}
}

func checkSource(t *testing.T, what string, basis profiles.Basis, source, says string) {
	t.Helper()
	assert.Contains(t, []profiles.Basis{profiles.Documented, profiles.Secondary, profiles.Inferred}, basis, what)
	assert.NotEmpty(t, says, what)
	if source == "" {
		assert.Equal(t, profiles.Inferred, basis, "%s rests on a page", what)
		return
	}
	at, err := url.Parse(source)
	require.NoError(t, err)
	assert.Equal(t, "https", at.Scheme, what)
}

// TestProfilesAreTaken: an engine takes each profile, and mints keys of its
// form.
func TestProfilesAreTaken(t *testing.T) {
	vendors := map[string]bool{}
	for _, v := range profiles.All() {
		t.Run(v.Name, func(t *testing.T) {
			e, err := idem.New(idem.Config{Profile: v.Profile, BaseURL: "https://api.example.com"})
			require.NoError(t, err)
			key := e.NewKey().String()
			_, err = uuid.Parse(key)
			require.NoError(t, err, "unique beyond doubt")
			assert.LessOrEqual(t, len(key), v.Profile.KeyMaxLength)
			assert.Equal(t, idem.Keyed, v.Create.Class)
			assert.False(t, vendors[v.Profile.Vendor], "its journal's name is its own")
			vendors[v.Profile.Vendor] = true
		})
	}
}

// TestWindowsAreNoLongerThanStated holds the windows against what the pages
// guarantee, by a list of its own.
func TestWindowsAreNoLongerThanStated(t *testing.T) {
	const day, ever = 24 * time.Hour, 1 << 62
	stated := map[string]time.Duration{
		"Stripe": day, "Mollie": day, "Checkout.com": day, "Modern Treasury": day, "Worldline": day,
		"Increase": ever, "Amazon Pay": ever,
		"PayPal": 3 * time.Hour, // of its APIs' the shortest
	}
	for _, v := range profiles.All() {
		guaranteed, isStated := stated[v.Name]
		if !isStated {
			f, _ := v.Fact("KeyTTL")
			assert.Equal(t, profiles.Inferred, f.Basis, v.Name)
			guaranteed = day
		}
		assert.LessOrEqual(t, v.Profile.KeyTTL, guaranteed, v.Name)
	}
}

func TestClassifiers(t *testing.T) {
	transient := http.Header{"Transient-Error": {"true"}}
	retry, final := http.Header{"Stripe-Should-Retry": {"true"}}, http.Header{"Stripe-Should-Retry": {"false"}}
	problem := http.Header{"Content-Type": {"application/problem+json; charset=utf-8"}}
	tried := map[string]map[idem.Signal]bool{}
	for name, row := range map[string]struct {
		vendor profiles.Vendor
		status int
		header http.Header
		body   string
		want   idem.Signal
	}{
		"IETF: in flight":            {profiles.IETF(), 409, problem, `{"title":"outstanding"}`, idem.SignalInProgress},
		"IETF: another payload":      {profiles.IETF(), 422, problem, `{"title":"used"}`, idem.SignalKeyReused},
		"IETF: no key":               {profiles.IETF(), 400, problem, `{"title":"missing"}`, idem.SignalError},
		"IETF: a 409 of a gateway":   {profiles.IETF(), 409, nil, `{"title":"outstanding"}`, idem.SignalNone},
		"IETF: server error":         {profiles.IETF(), 500, problem, `{}`, idem.SignalError},
		"Stripe: in flight":          {profiles.Stripe(), 409, retry, `{"error":{"type":"invalid_request_error","code":"idempotency_key_in_use"}}`, idem.SignalInProgress},
		"Stripe: reused":             {profiles.Stripe(), 400, final, `{"error":{"type":"idempotency_error"}}`, idem.SignalKeyReused},
		"Stripe: declined":           {profiles.Stripe(), 402, final, `{"error":{"type":"card_error","code":"card_declined"}}`, idem.SignalError},
		"Stripe: should retry":       {profiles.Stripe(), 409, retry, `{"error":{"type":"api_error","code":"lock_timeout"}}`, idem.SignalRetryable},
		"Stripe: rate limit":         {profiles.Stripe(), 429, retry, `{"error":{"type":"invalid_request_error"}}`, idem.SignalError},
		"Stripe: stored 500":         {profiles.Stripe(), 500, final, `{"error":{"type":"api_error"}}`, idem.SignalIndeterminate},
		"Stripe: 500":                {profiles.Stripe(), 500, nil, `{"error":{"type":"api_error"}}`, idem.SignalError},
		"Stripe: a gateway's":        {profiles.Stripe(), 403, retry, `{"error":"blocked"}`, idem.SignalNone},
		"Stripe: a success":          {profiles.Stripe(), 200, nil, `{"error":{"type":"api_error"}}`, idem.SignalNone},
		"Adyen: in flight":           {profiles.Adyen(), 409, nil, `{"status":409,"errorCode":"704"}`, idem.SignalInProgress},
		"Adyen: in flight, a 422":    {profiles.Adyen(), 422, nil, `{"status":422,"errorCode":704}`, idem.SignalInProgress},
		"Adyen: store down":          {profiles.Adyen(), 503, nil, `{"errorCode":"703"}`, idem.SignalRetryable},
		"Adyen: transient":           {profiles.Adyen(), 422, transient, `{"errorCode":"000"}`, idem.SignalRetryable},
		"Adyen: a 500":               {profiles.Adyen(), 500, nil, `{"errorCode":"000"}`, idem.SignalIndeterminate},
		"Adyen: refused":             {profiles.Adyen(), 422, nil, `{"errorCode":"101"}`, idem.SignalError},
		"Adyen: a transient gateway": {profiles.Adyen(), 422, transient, `<html>`, idem.SignalNone},
		"PayPal: in flight":          {profiles.PayPal(), 409, nil, `{"name":"RESOURCE_CONFLICT","debug_id":"1","details":[{"issue":"PREVIOUS_REQUEST_IN_PROGRESS"}]}`, idem.SignalInProgress},
		"PayPal: used":               {profiles.PayPal(), 422, nil, `{"name":"UNPROCESSABLE_ENTITY","debug_id":"1","details":[{"issue":"X"},{"issue":"PAYPAL_REQUEST_ID_PREVIOUSLY_USED"}]}`, idem.SignalKeyReused},
		"PayPal: used, by name":      {profiles.PayPal(), 422, nil, `{"name":"PAYPAL_REQUEST_ID_PREVIOUSLY_USED","debug_id":"1"}`, idem.SignalKeyReused},
		"PayPal: duplicate":          {profiles.PayPal(), 400, nil, `{"name":"DUPLICATE_REQUEST_ID","debug_id":"1"}`, idem.SignalRetryable},
		"PayPal: duplicate, issue":   {profiles.PayPal(), 422, nil, `{"debug_id":"1","details":[{"issue":"DUPLICATE_REQUEST_ID"}]}`, idem.SignalRetryable},
		"PayPal: refused":            {profiles.PayPal(), 422, nil, `{"name":"UNPROCESSABLE_ENTITY","debug_id":"1"}`, idem.SignalError},
		"Mollie: in flight":          {profiles.Mollie(), 409, nil, `{"status":409,"title":"Conflict"}`, idem.SignalInProgress},
		"Mollie: another request":    {profiles.Mollie(), 400, nil, `{"status":400,"title":"Bad Request"}`, idem.SignalError},
		"Increase: another request":  {profiles.Increase(), 409, nil, `{"type":"idempotency_key_already_used_error","resource_id":"x"}`, idem.SignalKeyReused},
		"Increase: refused":          {profiles.Increase(), 409, nil, `{"type":"invalid_operation_error","status":409}`, idem.SignalError},
		"Checkout: in flight":        {profiles.Checkout(), 429, nil, ``, idem.SignalInProgress},
		"Checkout: refused":          {profiles.Checkout(), 422, nil, `{"error_type":"request_invalid","error_codes":["amount_invalid"]}`, idem.SignalError},
		"Checkout: failed":           {profiles.Checkout(), 503, nil, `{"error_type":"x"}`, idem.SignalIndeterminate},
		"Treasury: in flight":        {profiles.ModernTreasury(), 409, nil, `{"errors":{"code":"conflict","message":"m"}}`, idem.SignalInProgress},
		"Treasury: refused":          {profiles.ModernTreasury(), 422, nil, `{"errors":{"code":"parameter_invalid","message":"m"}}`, idem.SignalError},
		"Treasury: a gateway's":      {profiles.ModernTreasury(), 404, nil, `{"errors":["upstream unavailable"]}`, idem.SignalNone},
		"Amazon: reused":             {profiles.AmazonPay(), 400, nil, `{"reasonCode":"DuplicateIdempotencyKey"}`, idem.SignalKeyReused},
		"Amazon: refused":            {profiles.AmazonPay(), 400, nil, `{"reasonCode":"InvalidParameterValue"}`, idem.SignalError},
		"Worldline: in flight":       {profiles.Worldline(), 409, nil, `{"errorId":"1","errors":[{"errorCode":"1409"}]}`, idem.SignalInProgress},
		"Worldline: unreadable 409":  {profiles.Worldline(), 409, nil, `{"errorId":NaN}`, idem.SignalInProgress},
		"Worldline: refused":         {profiles.Worldline(), 402, nil, `{"errorId":"1","errors":[{"errorCode":"430285"}]}`, idem.SignalError},
		"GoCardless: exists":         {profiles.GoCardless(), 409, nil, `{"error":{"type":"invalid_state","errors":[{"reason":"idempotent_creation_conflict"}]}}`, idem.SignalAlreadyExecuted},
		"GoCardless: refused":        {profiles.GoCardless(), 409, nil, `{"error":{"type":"invalid_state","errors":[{"reason":"bank_account_exists"}]}}`, idem.SignalError},
		"Square: reused":             {profiles.Square(), 400, nil, `{"errors":[{"category":"INVALID_REQUEST_ERROR","code":"IDEMPOTENCY_KEY_REUSED"}]}`, idem.SignalKeyReused},
		"Square: refused":            {profiles.Square(), 402, nil, `{"errors":[{"code":"CARD_DECLINED"}]}`, idem.SignalError},
	} {
		t.Run(name, func(t *testing.T) {
			got := row.vendor.Profile.Classify(row.status, row.header, []byte(row.body))
			assert.Equal(t, row.want, got)
		})
		if tried[row.vendor.Name] == nil {
			tried[row.vendor.Name] = map[idem.Signal]bool{}
		}
		tried[row.vendor.Name][row.want] = true
	}
	for _, v := range profiles.All() {
		for _, r := range v.Rules {
			assert.True(t, tried[v.Name][r.Signal], "%s: %s", v.Name, r)
		}
	}
}

func TestCodes(t *testing.T) {
	for name, row := range map[string]struct {
		vendor profiles.Vendor
		body   string
		want   string
	}{
		"the code":          {profiles.Stripe(), `{"error":{"type":"card_error","code":"card_declined"}}`, "card_declined"},
		"else the type":     {profiles.Stripe(), `{"error":{"type":"api_error"}}`, "api_error"},
		"the first of many": {profiles.GoCardless(), `{"error":{"type":"a","errors":[{"reason":"b"},{"reason":"c"}]}}`, "b"},
		"a number":          {profiles.Adyen(), `{"errorCode":704}`, "704"},
		"no word":           {profiles.Mollie(), `{"title":"Not a code"}`, ""},
		"an account":        {profiles.Adyen(), `{"errorCode":"4111111111111111"}`, ""},
		"no JSON":           {profiles.Adyen(), `<html>`, ""},
		"two documents":     {profiles.Adyen(), `{"errorCode":"1"}{"errorCode":"2"}`, ""},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, row.want, row.vendor.Profile.Code(400, []byte(row.body))) })
	}
}

// TestProofs: each vendor's own object proves a success, and what a gateway
// writes does not.
func TestProofs(t *testing.T) {
	own := map[string]string{
		"Stripe": `{"id":"pi_1","object":"payment_intent"}`, "Adyen": `{"pspReference":"X","resultCode":"Authorised"}`,
		"PayPal": `{"id":"1","links":[{"href":"x"}],"status":"CREATED"}`, "Mollie": `{"resource":"payment","id":"tr_1"}`,
		"Increase": `{"type":"ach_transfer","id":"1"}`, "Checkout.com": `{"action_id":"act_1"}`,
		"Modern Treasury": `{"id":"1","object":"payment_order"}`, "Amazon Pay": `{"refundId":"S01"}`,
		"Worldline": `{"payment":{"id":"1"}}`, "GoCardless": `{"payments":{"id":"PM1"}}`, "Square": `{"payment":{"id":"1"}}`,
	}
	for _, v := range profiles.All() {
		if v.Create.Prove == nil {
			assert.Equal(t, "IETF draft 07", v.Name, "the draft describes no success")
			continue
		}
		t.Run(v.Name, func(t *testing.T) {
			body := own[v.Name]
			require.True(t, json.Valid([]byte(body)))
			assert.Equal(t, idem.Proof{Kind: idem.ProvesExecution, Complete: true}, v.Create.Prove(200, nil, []byte(body)))
			for _, other := range []string{``, `{}`, `{"status":"ok"}`, `{"data":null,"message":"soon"}`, `{"errors":["x"]}`, `"ok"`, `[]`, body[:len(body)-1]} {
				assert.Equal(t, idem.Proof{}, v.Create.Prove(200, nil, []byte(other)), other)
			}
		})
	}
}
