// Quickstart issues a pass, books a class, cancels it and buys credits, at a
// server that loses responses on purpose. Each is executed once.
//
// With BARDGE_BASE_URL and BARDGE_API_KEY it issues a pass at that server instead,
// or resumes that with the key in its argument.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

func main() {
	if err := start(context.Background(), os.Stdout, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(1)
	}
}

func start(ctx context.Context, out io.Writer, args []string) error {
	if os.Getenv("BARDGE_BASE_URL") == "" {
		return run(ctx, out)
	}
	return visit(ctx, out, strings.Join(args, ""))
}

func (t *tour) issue(ctx context.Context) error {
	t.chapter("Issue a pass. The response is lost; the key brings it again.")
	t.server.Next(sandbox.IssuePass, sandbox.LoseResponse)
	pass, resp, err := t.IssuedPasses.Issue(ctx, bardge.IssuePassParams{
		ClientID: "client_ada", PassID: t.server.Seed.PassID, FirstName: "Ada", LastName: "Okafor",
	})
	if err := t.show(resp, err); err != nil {
		return err
	}
	t.firstKey = resp.Key
	t.sayf("%s is issued, replayed: %t", pass.ID, resp.Replayed)
	return nil
}

func (t *tour) book(ctx context.Context) error {
	t.chapter("Book a class. The pass is used up: buy one more visit, through a 503.")
	session, resp, err := t.Bookings.BookClass(ctx, bardge.BookClassParams{
		ClassInstanceID: t.server.Seed.ClassInstanceID,
		ClientID:        t.server.Seed.ClientID,
		UserPassID:      t.server.Seed.UsedUpPassID,
	})
	if err := t.show(resp, err); err != nil {
		return err
	}
	t.sayf("the booking %s", session.Ending())

	t.server.Next(sandbox.ConfirmClassBooking, sandbox.Unavailable(time.Second))
	booking, resp, err := t.Bookings.ConfirmClass(ctx, session.SessionID, bardge.ConfirmClassParams{
		NumberOfVisits: 1, Duration: bardge.PassDurationMonthly,
	})
	if err := t.show(resp, err); err != nil {
		return err
	}
	t.bookingID = booking.ID
	t.sayf("%s is %s", booking.ID, booking.Status)
	return nil
}

func (t *tour) cancel(ctx context.Context) error {
	t.chapter("Cancel the booking. It takes no key, and the response is lost.")
	t.server.Next(sandbox.CancelBooking, sandbox.LoseResponse)
	booking, resp, err := t.Bookings.Cancel(ctx, t.bookingID)
	if err := t.show(resp, err); err != nil {
		return err
	}
	t.sayf("%s is %s, recovered: %t", booking.ID, booking.Status, resp.Recovered)
	return nil
}

func (t *tour) cancelAgain(ctx context.Context) error {
	t.chapter("Cancel it again: a typed error.")
	_, resp, err := t.Bookings.Cancel(ctx, t.bookingID)
	_, err = wants[*bardge.AlreadyCancelledError](t.show(resp, err))
	return err
}

func (t *tour) reuseKey(ctx context.Context) error {
	t.chapter("Another program uses the first key for another pass: a typed error.")
	elsewhere, err := connect(t.server)
	if err != nil {
		return err
	}
	key, err := bardge.UnsentKey(t.firstKey.String())
	if err != nil {
		return err
	}
	_, resp, err := elsewhere.IssuedPasses.Issue(ctx, bardge.IssuePassParams{
		ClientID: "client_ben", PassID: t.server.Seed.PassID, FirstName: "Ben", LastName: "Adeyemi",
	}, bardge.WithIdempotencyKey(key))
	_, err = wants[*bardge.IdempotencyKeyReusedError](t.show(resp, err))
	return err
}

func (t *tour) outage(ctx context.Context) error {
	t.chapter("Buy credits. The server dies before it answers, and the caller has one second.")
	order := bardge.PurchaseCreditsParams{ClientID: t.server.Seed.ClientID, PackageID: t.server.Seed.CreditPackageID}
	short, stop := context.WithTimeout(ctx, time.Second)
	defer stop()
	t.dieAfter(short, sandbox.PurchaseCredits)
	_, resp, err := t.Credits.Purchase(short, order)
	lost, err := wantsUnknown(t.show(resp, err))
	if err != nil {
		return err
	}

	t.sayf("safe to repeat: %t; the server is back, so resume with the error's key", bardge.CanRepeat(lost))
	t.server.Up()
	bought, resp, err := t.Credits.Purchase(ctx, order, bardge.WithIdempotencyKey(lost.Key))
	if err := t.show(resp, err); err != nil {
		return err
	}
	t.sayf("%s credits are bought, replayed: %t", bought.Credits, resp.Replayed)
	return nil
}
