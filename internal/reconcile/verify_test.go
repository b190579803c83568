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
		"an issued pass":           {operation: "IssuePass", body: `{"client_id":"ada","pass_id":"p1"}`, shown: `{"client_id":"ada","pass_id":"p1"}`},
		"the API shows less":       {operation: "IssuePass", body: `{"client_id":"ada","pass_id":"p1"}`, shown: `{}`},
		"the journal knows less":   {operation: "IssuePass", shown: `{"client_id":"ada","pass_id":"p1"}`},
		"of another client":        {operation: "IssuePass", body: `{"client_id":"ada","pass_id":"p1"}`, shown: `{"client_id":"bea"}`, reason: "issued pass <x1> is of another client or package"},
		"of another package":       {operation: "IssuePass", body: `{"client_id":"ada","pass_id":"p1"}`, shown: `{"pass_id":"p2"}`, reason: "of another client or package"},
		"a pass from before":       {operation: "IssuePass", shown: `{"created":946685394999}`, reason: "issued pass <x1> is older than the operation"},
		"a pass of that time":      {operation: "IssuePass", shown: `{"created":946685395000}`},
		"an update":                {operation: "UpdateIssuedPass", body: `{"user_pass_id":"x1"}`, shown: `{}`},
		"of another pass":          {operation: "UpdateIssuedPass", body: `{"user_pass_id":"x2"}`, shown: `{}`, reason: "issued pass <x1> is not the one that the request was about"},
		"an expiry":                {operation: "UpdateIssuedPassExpiry", body: `{"user_pass_id":"x2"}`, path: "x1", shown: `{}`},
		"of another pass's":        {operation: "UpdateIssuedPassExpiry", body: `{}`, path: "x2", shown: `{}`, reason: "is not the one"},
		"a class booking":          {operation: class, body: `{"client_id":"ada"}`, shown: `{"type":"CLASS","client_id":"ada","created":946685395}`},
		"a kind that is not shown": {operation: class, shown: `{}`},
		"a spa, not a class":       {operation: class, shown: `{"type":"spa"}`, reason: "booking <x1> is of another kind"},
		"a class, not a spa":       {operation: spa, path: "s1", shown: `{"type":"class"}`, reason: "booking <x1> is of another kind"},
		"a confirmed spa":          {operation: spa, path: "s1", shown: `{"type":"spa"}`},
		"a confirmed class":        {operation: "ConfirmClassBooking", body: `{}`, path: "s1", shown: `{"type":"class"}`},
		"of another's client":      {operation: class, body: `{"client_id":"ada"}`, shown: `{"client_id":"bea"}`, reason: "booking <x1> is of another client"},
		"a booking from before":    {operation: class, shown: `{"created":946685394}`, reason: "booking <x1> is older than the operation"},
		"a moved booking":          {operation: "RescheduleBooking", path: "b1", shown: `{"created":946685395}`},
		"the one that was to move": {operation: "RescheduleBooking", path: "x1", shown: `{}`, reason: "booking <x1> is the one that was to be moved"},
		"one from before the move": {operation: "RescheduleBooking", path: "b1", shown: `{"created":946685394}`, reason: "booking <x1> is older than the operation"},
		"a cancellation":           {operation: "CancelBooking", path: "x1", shown: `{"status":"cancelled"}`},
		"of another booking":       {operation: "CancelBooking", path: "x2", shown: `{"status":"cancelled"}`, reason: "booking <x1> is not the one that the request was about"},
		"not cancelled":            {operation: "CancelBooking", path: "x1", shown: `{"status":"ACTIVE"}`, reason: "booking <x1> is not cancelled"},
		"no status":                {operation: "CancelBooking", path: "x1", shown: `{}`, reason: "booking <x1> is not cancelled"},
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
	for _, name := range []string{"GenerateAccessCode", "ConfirmAccessCode", "BookSpa", "PurchaseCredits", "InitiateLookup"} {
		verified, err := readings{}.pending(name, ``).Verify(t.Context(), "x1")
		assert.NoError(t, err, name)
		assert.False(t, verified, name)
	}
}
