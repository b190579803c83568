package main

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
)

// TestWhatWasDoneBeforeIsNoError: a script finds the booking on standard output,
// as after the first cancellation.
func TestWhatWasDoneBeforeIsNoError(t *testing.T) {
	d, sb := bardgeDesk(t)
	booking := d.field("booking_id", "bookings", "book-class",
		"--class-instance-id", sb.Seed.ClassInstanceID, "--client-id", sb.Seed.ClientID)
	d.done("bookings", "cancel", booking)
	again := d.run("bookings", "cancel", booking, "-o", "json")
	assert.Equal(t, cli.ExitDone, again.code)
	found := object(t, again.stdout)
	assert.Equal(t, booking, found["id"])
	assert.Equal(t, "CANCELLED", found["status"])
	report := object(t, again.stderr)
	assert.Len(t, report, 1)
	assert.Contains(t, report["note"], "already_cancelled")
}

func TestACaptureThatWasDoneBeforeIsNoError(t *testing.T) {
	d, sb := bluesnapDesk(t)
	capture := []string{"bluesnap", "transactions", "capture", "--transaction-id", sb.Seed.AuthorizedID, "-o", "json"}
	d.done(capture...)
	again := d.run(capture...)
	assert.Equal(t, cli.ExitDone, again.code, again.stderr)
	assert.Equal(t, json.Number(sb.Seed.AuthorizedID), object(t, again.stdout)["transactionId"])
	assert.Len(t, object(t, again.stderr), 1)
}
