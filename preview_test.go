package bardge_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

// startPreview is start with a sandbox that emulates the previews.
func startPreview() (*sandbox.Sandbox, *bardge.Client) {
	sb, err := sandbox.New(sandbox.WithPreview())
	if err != nil {
		panic(err)
	}
	client, err := bardge.New(sb.APIKey, bardge.WithBaseURL(sb.URL), bardge.WithHTTPClient(sb.Client()))
	if err != nil {
		panic(err)
	}
	return sb, client
}

// The response to the first attempt is lost; its repetition moves nothing more.
func ExamplePreviewService_RescheduleBooking() {
	sb, client := startPreview()
	defer sb.Close()
	id := bookOne(sb, client)
	sb.Next(sandbox.RescheduleBooking, sandbox.LoseResponse)

	moved, resp, err := client.Preview.RescheduleBooking(context.Background(), id, bardge.RescheduleBookingParams{
		ClassInstanceID: sb.Seed.LastPlaceInstanceID,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	old, _, err := client.Bookings.Get(context.Background(), id)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(old.ID, "is", old.Status)
	fmt.Println(moved.ID, "is", moved.Status, "replayed:", resp.Replayed)
	// Output:
	// booking_0001 is RESCHEDULED
	// booking_0002 is PENDING replayed: true
}

// The pass does not cover the gym. Instead of a code there is a session.
func ExamplePreviewService_ConfirmAccessCode() {
	sb, client := startPreview()
	defer sb.Close()

	_, resp, err := client.AccessCodes.Generate(context.Background(), bardge.GenerateAccessCodeParams{
		ClientID: sb.Seed.ClientID, UserPassID: sb.Seed.UncoveredPassID, ProviderID: sb.Seed.GymID,
	})
	var session bardge.AccessCodeSession
	if !errors.Is(err, bardge.ErrResponseIncomplete) || json.Unmarshal(resp.Raw, &session) != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(session.SessionID, "needs a co-pay:", session.CopayRequired)

	confirmed, _, err := client.Preview.ConfirmAccessCode(context.Background(), session.SessionID,
		bardge.ConfirmAccessCodeParams{CopayPackageID: sb.Seed.CopayPackageID})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("code:", confirmed.Code, "of", len(string(confirmed.Code)), "characters")
	// Output:
	// visit_0001 needs a co-pay: true
	// code: [redacted] of 9 characters
}

func ExamplePreviewService_ListProviderServices() {
	sb, client := startPreview()
	defer sb.Close()

	page, _, err := client.Preview.ListProviderServices(context.Background(), sb.Seed.SpaID,
		bardge.ListProviderServicesParams{Limit: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, service := range page.Data {
		fmt.Println(service.Name, service.Credits, "credits")
	}
	fmt.Println("more:", page.HasMore)
	// Output:
	// Deep Tissue Massage 5 credits
	// more: true
}

func ExamplePreviewService_AllProviderServices() {
	sb, client := startPreview()
	defer sb.Close()

	params := bardge.ListProviderServicesParams{}
	for service, err := range client.Preview.AllProviderServices(context.Background(), sb.Seed.SpaID, params) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(service.ID, service.Price, service.Currency)
	}
	// Output:
	// service_massage 20000 NGN
	// service_sauna 5000 NGN
}

func ExamplePreviewService_ProviderAvailability() {
	sb, client := startPreview()
	defer sb.Close()

	day, _, err := client.Preview.ProviderAvailability(context.Background(), sb.Seed.SpaID,
		bardge.GetProviderAvailabilityParams{Date: sb.Seed.SlotDate})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, slot := range day.Slots {
		if !slot.Available {
			fmt.Println(slot.Time, "is taken")
		}
	}
	// Output: 15:00 is taken
}
