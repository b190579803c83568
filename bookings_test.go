package bardge_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

func ExampleClassesService_ListCategories() {
	sb, client := start()
	defer sb.Close()

	list, _, err := client.Classes.ListCategories(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, category := range list.Data {
		fmt.Println(category.ID, category.Name)
	}
	// Output: category_yoga Yoga
}

func ExampleClassesService_List() {
	sb, client := start()
	defer sb.Close()

	page, _, err := client.Classes.List(context.Background(), bardge.ListClassesParams{ProviderID: sb.Seed.GymID})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, class := range page.Data {
		fmt.Println(class.Name, "at", class.ProviderName)
	}
	// Output:
	// Morning Yoga Flow at FitZone Lagos
	// Morning Yoga at FitZone Lagos
}

func ExampleClassesService_All() {
	sb, client := start()
	defer sb.Close()

	for class, err := range client.Classes.All(context.Background(), bardge.ListClassesParams{Limit: 1}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(class.ID)
	}
	// Output:
	// class_flow
	// class_yoga
}

func ExampleClassesService_Get() {
	sb, client := start()
	defer sb.Close()

	class, _, err := client.Classes.Get(context.Background(), sb.Seed.ClassID)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, instance := range class.Instances {
		fmt.Println(instance.ID, instance.Time, instance.AvailableSpots, "places left")
	}
	// Output:
	// ci_yoga 07:00 20 places left
	// ci_yoga_last 07:00 1 places left
	// ci_yoga_full 07:00 0 places left
}

func ExampleBookingsService_BookSpa() {
	sb, client := start()
	defer sb.Close()

	open, _, err := client.Bookings.BookSpa(context.Background(), bardge.BookSpaParams{
		ProviderID: sb.Seed.SpaID, ServiceIDs: []string{sb.Seed.ServiceID},
		Date: sb.Seed.SlotDate, Time: sb.Seed.TakenSlotTime, ClientID: sb.Seed.ClientID,
	})
	if errors.Is(err, bardge.ErrSlotUnavailable) {
		fmt.Println("taken, another time please")
	} else {
		fmt.Println(open, err)
	}
	// Output: taken, another time please
}

// A class booking has three endings. Two of them open a session, to be
// confirmed with what is bought.
func ExampleBookingsService_BookClass() {
	sb, client := start()
	defer sb.Close()

	for _, pass := range []string{sb.Seed.IssuedPassID, sb.Seed.UsedUpPassID, sb.Seed.UncoveredPassID} {
		booking, _, err := client.Bookings.BookClass(context.Background(), bardge.BookClassParams{
			ClassInstanceID: sb.Seed.ClassInstanceID, ClientID: sb.Seed.ClientID, UserPassID: pass,
			FirstName: "Ada", LastName: "Okafor",
		})
		if err != nil {
			fmt.Println(err)
			return
		}
		switch booking.Ending() {
		case bardge.ClassBooked:
			fmt.Println("booked:", booking.BookingID)
		case bardge.ClassNeedsVisits:
			fmt.Println("confirm with visits at", booking.CostPerVisit, booking.Currency, "each")
		case bardge.ClassNeedsCopay:
			fmt.Println("confirm with a co-pay, such as", booking.CopayOptions[0].Name)
		default:
			fmt.Println("the vendor says something new")
		}
	}
	// Output:
	// booked: booking_0001
	// confirm with visits at 2500 NGN each
	// confirm with a co-pay, such as Day Pass
}

func ExampleClassBooking_Ending() {
	fmt.Println((&bardge.ClassBooking{BookingID: "booking_1"}).Ending())
	fmt.Println((&bardge.ClassBooking{SessionID: "sess_1", AdditionalVisitsRequired: true}).Ending())
	fmt.Println((&bardge.ClassBooking{SessionID: "sess_1", CopayRequired: true}).Ending())
	fmt.Println((&bardge.ClassBooking{}).Ending())
	// Output:
	// booked
	// needs visits
	// needs co-pay
	// unrecognized
}

func ExampleBookingsService_ConfirmSpa() {
	sb, client := start()
	defer sb.Close()
	ctx := context.Background()

	open, _, err := client.Bookings.BookSpa(ctx, bardge.BookSpaParams{
		ProviderID: sb.Seed.SpaID, ServiceIDs: []string{sb.Seed.ServiceID, sb.Seed.FreeServiceID},
		Date: sb.Seed.SlotDate, Time: sb.Seed.SlotTime, ClientID: sb.Seed.ClientID,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	booking, _, err := client.Bookings.ConfirmSpa(ctx, open.SessionID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(booking.ServiceName, "at", booking.ProviderName)
	// Output: Deep Tissue Massage, Sauna at Zen Wellness Spa
}

// The confirmation goes through although the API is busy at first.
func ExampleBookingsService_ConfirmClass() {
	sb, client := start()
	defer sb.Close()
	ctx := context.Background()

	open, _, err := client.Bookings.BookClass(ctx, bardge.BookClassParams{
		ClassInstanceID: sb.Seed.ClassInstanceID, ClientID: sb.Seed.ClientID, UserPassID: sb.Seed.UsedUpPassID,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	sb.Next(sandbox.ConfirmClassBooking, sandbox.Unavailable(0))
	booking, resp, err := client.Bookings.ConfirmClass(ctx, open.SessionID, bardge.ConfirmClassParams{
		NumberOfVisits: 5, Duration: bardge.PassDurationMonthly,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(booking.ID, booking.ClassName, booking.Time)
	fmt.Println("attempts:", len(resp.Attempts))
	// Output:
	// booking_0001 Morning Yoga 07:00
	// attempts: 2
}

func bookOne(sb *sandbox.Sandbox, client *bardge.Client) string {
	booking, _, err := client.Bookings.BookClass(context.Background(), bardge.BookClassParams{
		ClassInstanceID: sb.Seed.ClassInstanceID, ClientID: sb.Seed.ClientID,
	})
	if err != nil {
		panic(err)
	}
	return booking.BookingID
}

func ExampleBookingsService_ListForClient() {
	sb, client := start()
	defer sb.Close()
	bookOne(sb, client)

	page, _, err := client.Bookings.ListForClient(context.Background(), sb.Seed.ClientID, bardge.ListClientBookingsParams{Limit: 20})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, booking := range page.Data {
		fmt.Println(booking.ID, booking.Type, booking.ClassName, booking.Status)
	}
	// Output: booking_0001 class Morning Yoga PENDING
}

func ExampleBookingsService_AllForClient() {
	sb, client := start()
	defer sb.Close()
	for range 3 {
		bookOne(sb, client)
	}

	params := bardge.ListClientBookingsParams{Limit: 2}
	for booking, err := range client.Bookings.AllForClient(context.Background(), sb.Seed.ClientID, params) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(booking.ID)
	}
	// Output:
	// booking_0003
	// booking_0002
	// booking_0001
}

func ExampleBookingsService_Get() {
	sb, client := start()
	defer sb.Close()
	id := bookOne(sb, client)

	booking, _, err := client.Bookings.Get(context.Background(), id)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(booking.Status, "cancelled:", booking.Status.Is(bardge.BookingCancelled))
	// Output: PENDING cancelled: false
}

// The answer to the cancellation is lost; the booking is read and returned.
func ExampleBookingsService_Cancel() {
	sb, client := start()
	defer sb.Close()
	id := bookOne(sb, client)
	sb.Next(sandbox.CancelBooking, sandbox.LoseResponse)

	booking, resp, err := client.Bookings.Cancel(context.Background(), id)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(booking.Status, "recovered:", resp.Recovered)

	_, _, err = client.Bookings.Cancel(context.Background(), id)
	if already, ok := errors.AsType[*bardge.AlreadyCancelledError](err); ok {
		fmt.Println(already.BookingID, "was already cancelled, so the outcome is", bardge.OutcomeOf(err))
	}
	// Output:
	// CANCELLED recovered: true
	// booking_0001 was already cancelled, so the outcome is done
}
