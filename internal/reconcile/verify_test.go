package reconcile_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestJ10_WhatAnOperationIsReportedToHaveMade(t *testing.T) {
	const pass, class, spa = "GetIssuedPass x1", "BookClass", "ConfirmSpaBooking"
	for name, row := range map[string]struct {
		operation, body, path, shown, reason string
	}{
		"an issued pass":           {"IssuePass", `{"client_id":"ada","pass_id":"p1"}`, "", `{"client_id":"ada","pass_id":"p1"}`, ""},
		"the API shows less":       {"IssuePass", `{"client_id":"ada","pass_id":"p1"}`, "", `{}`, ""},
		"the journal knows less":   {"IssuePass", ``, "", `{"client_id":"ada","pass_id":"p1"}`, ""},
		"of another client":        {"IssuePass", `{"client_id":"ada","pass_id":"p1"}`, "", `{"client_id":"bea"}`, "issued pass <x1> is of another client or package"},
		"of another package":       {"IssuePass", `{"client_id":"ada","pass_id":"p1"}`, "", `{"pass_id":"p2"}`, "of another client or package"},
		"a pass from before":       {"IssuePass", ``, "", `{"created":946685394999}`, "issued pass <x1> is older than the operation"},
		"a pass of that time":      {"IssuePass", ``, "", `{"created":946685395000}`, ""},
		"an update":                {"UpdateIssuedPass", `{"user_pass_id":"x1"}`, "", `{}`, ""},
		"of another pass":          {"UpdateIssuedPass", `{"user_pass_id":"x2"}`, "", `{}`, "issued pass <x1> is not the one that the request was about"},
		"an expiry":                {"UpdateIssuedPassExpiry", `{"user_pass_id":"x2"}`, "x1", `{}`, ""},
		"of another pass's":        {"UpdateIssuedPassExpiry", `{}`, "x2", `{}`, "is not the one"},
		"a class booking":          {class, `{"client_id":"ada"}`, "", `{"type":"CLASS","client_id":"ada","created":946685395}`, ""},
		"a kind that is not shown": {class, ``, "", `{}`, ""},
		"a spa, not a class":       {class, ``, "", `{"type":"spa"}`, "booking <x1> is of another kind"},
		"a class, not a spa":       {spa, ``, "s1", `{"type":"class"}`, "booking <x1> is of another kind"},
		"a confirmed spa":          {spa, ``, "s1", `{"type":"spa"}`, ""},
		"a confirmed class":        {"ConfirmClassBooking", `{}`, "s1", `{"type":"class"}`, ""},
		"of another's client":      {class, `{"client_id":"ada"}`, "", `{"client_id":"bea"}`, "booking <x1> is of another client"},
		"a booking from before":    {class, ``, "", `{"created":946685394}`, "booking <x1> is older than the operation"},
		"a cancellation":           {"CancelBooking", ``, "x1", `{"status":"cancelled"}`, ""},
		"of another booking":       {"CancelBooking", ``, "x2", `{"status":"cancelled"}`, "booking <x1> is not the one that the request was about"},
		"not cancelled":            {"CancelBooking", ``, "x1", `{"status":"ACTIVE"}`, "booking <x1> is not cancelled"},
		"no status":                {"CancelBooking", ``, "x1", `{}`, "booking <x1> is not cancelled"},
	} {
		t.Run(name, func(t *testing.T) {
			o := readings{pass: row.shown, "GetBookingStatus x1": row.shown}.pending(row.operation, row.body)
			o.PathID = row.path
			verified, err := o.Verify(t.Context(), "x1")
			assert.Equal(t, row.reason == "", verified)
			if row.reason != "" {
				assert.ErrorContains(t, err, row.reason)
			}
			o.Read = readings{}.pending("", "").Read
			verified, err = o.Verify(t.Context(), "x1")
			assert.False(t, verified)
			assert.Error(t, err, "what cannot be read is not confirmed")
		})
	}
}

func TestJ10_WhatTheAPIDoesNotShowIsNotVerified(t *testing.T) {
	for _, name := range []string{"GenerateAccessCode", "BookSpa", "PurchaseCredits", "InitiateLookup"} {
		verified, err := readings{}.pending(name, ``).Verify(t.Context(), "x1")
		assert.NoError(t, err, name)
		assert.False(t, verified, name)
	}
}
