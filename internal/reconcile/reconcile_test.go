package reconcile_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/reconcile"
)

const intent = 946685400

var errRead = errors.New("reading failed")

type readings map[string]string

func (r readings) pending(name, body string) reconcile.Operation {
	return reconcile.Operation{
		Name: name, Body: []byte(body), Since: time.Unix(intent, 0), KeyTTL: 90 * time.Second,
		Printable: func(id string) string { return "<" + id + ">" },
		Read: func(_ context.Context, operation, id string, into any) error {
			shown, ok := r[operation+" "+id]
			if !ok {
				return errRead
			}
			return json.Unmarshal([]byte(shown), into)
		},
	}
}

func proves(t *testing.T, o reconcile.Operation) bool {
	t.Helper()
	r, err := o.Reconcile(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, r.Evidence)
	if r.Response != nil {
		require.NotEmpty(t, r.Scopes, "others may have made it")
		require.NotContains(t, r.Scopes, "")
	}
	return r.Response != nil
}

func TestJ11_OfThreeOperationsAMatchIsProof(t *testing.T) {
	api := readings{
		"ListClientBookings ada": `[` + booking("b1", "07:00", intent) + `]`,
		"ListClasses ":           `[` + yoga("c1") + `]`,
		"GetClass c1":            yoga("c1", instance("ci_1", "07:00")),
		"ListCreditPackages ":    `[{"id":"p1","name":"20 Pack","credits":20}]`,
		"GetClientCredits ada":   moved("CREDIT", "20", "20 Pack", intent*1000),
		"GetIssuedPass p1":       `{"id":"p1","expires_at":946685400000}`,
		"GetClient ada":          passes(ref("x1", "p1", intent)),
	}
	for name, row := range map[string]struct {
		body, response, evidence string
		also                     []string // scopes of others
	}{
		"BookClass": {
			bookClass, `{"object":"class_booking_initiation","booking_id":"b1","status":"CONFIRMED","class_name":"Yoga",
				"provider_name":"Gym","date":"2000-01-04","time":"07:00","scheduled_for":947000000,"visits_deducted":2,
				"created":946685400}`, "booking <b1> of client <ada> is for class instance <ci_1>",
			[]string{"confirmed class bookings", "rescheduled bookings"},
		},
		"IssuePass": {
			issuePass, `{"object":"issued_pass","id":"x1","status":"ACTIVE","client_id":"ada","pass_id":"p1",
				"pass_name":"Premium","created":946685400000,"expires_at":949363800000}`,
			"client <ada> has issued pass <x1> of package <p1>, made at that time", nil,
		},
		"PurchaseCredits": {
			purchaseCredits, `{"object":"credit_purchase","client_id":"ada","package_id":"p1","credits":20,
				"created":946685400000}`, "client <ada> has one credit of that time from package <p1>", nil,
		},
		"UpdateIssuedPassExpiry": {
			`{"expires_at":946685400000}`, api["GetIssuedPass p1"], "issued pass <p1> ends at the requested time", nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := api.pending(name, row.body)
			o.PathID = "p1"
			r, err := o.Reconcile(t.Context())
			require.NoError(t, err)
			response, err := json.Marshal(r.Response)
			require.NoError(t, err)
			assert.JSONEq(t, row.response, string(response))
			assert.Equal(t, row.evidence, r.Evidence)
			assert.Equal(t, append([]string{o.Scope()}, row.also...), r.Scopes)
			for reading := range api {
				o.Read = api.without(reading).pending(name, row.body).Read
				if r, err := o.Reconcile(t.Context()); err != nil {
					assert.ErrorIs(t, err, errRead)
					assert.Nil(t, r.Response, "without %s", reading)
				}
			}
		})
	}
}

func (r readings) without(reading string) readings {
	rest := readings{}
	for name, shown := range r {
		if name != reading {
			rest[name] = shown
		}
	}
	return rest
}

func TestJ11_NothingIsReadTooEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := readings{"ListClientBookings ada": `[]`}.pending("BookClass", bookClass)
		o.Since = time.Now()
		time.Sleep(200*time.Second - time.Millisecond)
		r, err := o.Reconcile(t.Context())
		require.NoError(t, err)
		assert.Contains(t, r.Evidence, "too early")
		time.Sleep(time.Millisecond)
		r, err = o.Reconcile(t.Context())
		require.NoError(t, err)
		assert.Contains(t, r.Evidence, "no class booking of that time")
	})
}

func TestJ11_ARequestThatCannotBeReadProvesNothing(t *testing.T) {
	for _, body := range []string{``, `{`, `{"client_id":5}`, `{"expires_at":"2027-01-01"}`} {
		for _, name := range []string{"IssuePass", "BookClass", "PurchaseCredits", "UpdateIssuedPassExpiry"} {
			r, err := readings{}.pending(name, body).Reconcile(t.Context())
			assert.Error(t, err, "%s %s", name, body)
			assert.Nil(t, r.Response)
		}
	}
}

func TestJ11_WhatCannotBeReadHasItsReason(t *testing.T) {
	for name, reason := range map[string]string{
		"GenerateAccessCode": "shows an access code once", "ConfirmAccessCode": "shows an access code once",
		"RescheduleBooking":   "which booking replaced another",
		"ConfirmClassBooking": "whose session", "ConfirmSpaBooking": "whose session",
		"PurchaseCopay": "has no list of co-pay purchases", "PurchaseGymCopay": "has no list of co-pay purchases",
		"PurchaseSpaCopay": "has no list of co-pay purchases", "InitiateLookup": "has no list of lookups",
		"VerifyLookup": "shows a lookup token once",
	} {
		r, err := readings{}.pending(name, ``).Reconcile(t.Context())
		require.NoError(t, err)
		assert.Contains(t, r.Evidence, reason, name)
		assert.Nil(t, r.Response)
	}
}

// J11: journals keep digests of scopes, also those that an earlier version wrote.
func TestJ11_ScopesDoNotChange(t *testing.T) {
	for name, row := range map[string]struct{ path, body, scope string }{
		"BookClass":              {"", `{"client_id":"a&<b","class_instance_id":"ci"}`, `["class bookings","a&<b","ci"]`},
		"ConfirmClassBooking":    {"", `{`, "confirmed class bookings"},
		"RescheduleBooking":      {"b1", `{`, "rescheduled bookings"},
		"IssuePass":              {"", `{"client_id":"ada","pass_id":"p1"}`, `["issued passes","ada"]`},
		"PurchaseCredits":        {"", `{"client_id":"ada"}`, `["credits","ada"]`},
		"UpdateIssuedPassExpiry": {"p1", `{"expires_at":946685400000}`, `["expiry","p1","946685400000"]`},
	} {
		assert.Equal(t, row.scope, reconcile.Operation{Name: name, PathID: row.path, Body: []byte(row.body)}.Scope(), name)
	}
}

// Operations of one scope may have made the same.
func TestJ11_Scopes(t *testing.T) {
	scope := func(name, path, body string) string {
		return reconcile.Operation{Name: name, PathID: path, Body: []byte(body)}.Scope()
	}
	class := scope("BookClass", "", bookClass)
	for name, row := range map[string]struct {
		scope string
		same  bool
	}{
		"the same place":        {scope("BookClass", "", `{"client_id":"ada","class_instance_id":"ci_1","date":5}`), true},
		"of another client":     {scope("BookClass", "", `{"client_id":"bea","class_instance_id":"ci_1"}`), false},
		"of another instance":   {scope("BookClass", "", `{"client_id":"ada","class_instance_id":"ci_2"}`), false},
		"names that are joined": {scope("BookClass", "", `{"client_id":"ada\",\"ci_1","class_instance_id":""}`), false},
		"a confirmation":        {scope("ConfirmClassBooking", "s1", `{`), false},
		"credits":               {scope("PurchaseCredits", "", purchaseCredits), false},
	} {
		assert.NotEmpty(t, row.scope, name)
		assert.Equal(t, row.same, row.scope == class, name)
	}
	assert.Equal(t, scope("PurchaseCredits", "", purchaseCredits), scope("PurchaseCredits", "", `{"client_id":"ada","package_id":"p2"}`))
	assert.NotEqual(t, scope("PurchaseCredits", "", purchaseCredits), scope("PurchaseCredits", "", `{"client_id":"bea"}`))
	expiry := scope("UpdateIssuedPassExpiry", "p1", `{"expires_at":946685400000}`)
	assert.NotEqual(t, expiry, scope("UpdateIssuedPassExpiry", "p2", `{"expires_at":946685400000}`))
	assert.NotEqual(t, expiry, scope("UpdateIssuedPassExpiry", "p1", `{"expires_at":946685400001}`))
	assert.Equal(t, scope("IssuePass", "", issuePass), scope("IssuePass", "", `{"client_id":"ada","pass_id":"p2"}`))
	assert.NotEqual(t, scope("IssuePass", "", issuePass), scope("IssuePass", "", `{"client_id":"bea","pass_id":"p1"}`))
	assert.Empty(t, scope("UpdateIssuedPass", "", `{"user_pass_id":"x1"}`), "nothing finds it")
}

func TestJ10_TheResponseOfWhatIsKnownByItsID(t *testing.T) {
	for name, row := range map[string]struct{ response, resource string }{
		"IssuePass":              {`{"object":"issued_pass","id":"x1"}`, "issued pass:x1"},
		"UpdateIssuedPass":       {`{"object":"issued_pass","id":"x1"}`, ""},
		"UpdateIssuedPassExpiry": {`{"object":"issued_pass","id":"x1"}`, ""},
		"BookClass":              {`{"object":"class_booking_initiation","booking_id":"x1"}`, "booking:x1"},
		"ConfirmClassBooking":    {`{"object":"booking","id":"x1"}`, "booking:x1"},
		"BookSpa":                {`{"object":"spa_booking_initiation","booking_id":"x1"}`, "booking:x1"},
		"ConfirmSpaBooking":      {`{"object":"booking","id":"x1"}`, "booking:x1"},
		"CancelBooking":          {`{"object":"booking","id":"x1","status":"CANCELLED"}`, ""},
		"RescheduleBooking":      {`{"object":"booking","id":"x1"}`, "booking:x1"},
		"ConfirmAccessCode":      {`null`, ""},
		"PurchaseCopay":          {`{"object":"copay_purchase","copay_purchase_id":"x1"}`, "co-pay purchase:x1"},
		"PurchaseGymCopay":       {`{"object":"gym_copay_purchase","copay_purchase_id":"x1"}`, "co-pay purchase:x1"},
		"PurchaseSpaCopay":       {`{"object":"spa_copay_purchase","copay_purchase_id":"x1"}`, "co-pay purchase:x1"},
		"PurchaseCredits":        {`{"object":"credit_purchase","id":"x1"}`, "credit purchase:x1"},
		"InitiateLookup":         {`{"object":"lookup","id":"x1"}`, "lookup:x1"},
		"GenerateAccessCode":     {`null`, ""},
		"VerifyLookup":           {`null`, ""},
		"ListPasses":             {`null`, ""},
	} {
		body, err := json.Marshal(reconcile.Response(name, "x1"))
		require.NoError(t, err)
		assert.JSONEq(t, row.response, string(body), name)
		assert.Equal(t, row.resource, reconcile.Resource(name, body), name)
		assert.Nil(t, reconcile.Response(name, ""), name)
		for _, other := range []string{``, `[]`, `{}`, `{"id":5,"booking_id":5,"copay_purchase_id":null}`} {
			assert.Empty(t, reconcile.Resource(name, []byte(other)), "%s %s", name, other)
		}
	}
}
