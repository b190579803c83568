package bluesnap_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// A ref is done once; a later call gets the recorded result.
func ExampleWithRef() {
	sb, client := start(bluesnap.WithJournal(journal.NewMemory(), "acme")) // a durable one in a program of yours
	defer sb.Close()
	for range 2 {
		payment, resp, err := client.Transactions.Create(context.Background(), payBy(sb, "11.00"), bluesnap.WithRef("order-2026-17"))
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(payment.Amount, "from the journal:", resp.FromJournal)
	}
	fmt.Println("executed:", sb.Executed(bluesnaptest.CreateCardTransaction))
	// Output:
	// 11.00 from the journal: false
	// 11.00 from the journal: true
	// executed: 1
}

// A ref belongs to one operation with one body.
func ExampleWithJournal() {
	sb, client := start(bluesnap.WithJournal(journal.NewMemory(), "acme")) // a durable one in a program of yours
	defer sb.Close()
	ctx, ref := context.Background(), bluesnap.WithRef("order-2026-17")
	payment, _, err := client.Transactions.Create(ctx, payBy(sb, "11.00"), ref)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, _, err = client.Transactions.Refund(ctx, payment.TransactionID, bluesnap.RefundParams{}, ref)
	fmt.Println("the payment's ref is reused:", errors.Is(err, bluesnap.ErrRefReused))

	_, _, err = client.Transactions.Refund(ctx, payment.TransactionID, bluesnap.RefundParams{},
		bluesnap.WithRef("order-2026-17/refund"))
	fmt.Println("a ref of its own:", bluesnap.OutcomeOf(err))
	// Output:
	// the payment's ref is reused: true
	// a ref of its own: done
}

// After a rotation of the secret the previous one opens what it sealed.
func ExampleWithJournalSecret() {
	sb, _ := start()
	defer sb.Close()
	j := journal.NewMemory()
	old, recent := []byte("32 random bytes from last year.."), []byte("32 random bytes from this year..")
	for _, secrets := range [][][]byte{{old}, {recent}, {recent, old}} {
		client, err := bluesnap.New(sb.Username, sb.Password, bluesnap.WithBaseURL(sb.URL), bluesnap.WithHTTPClient(sb.Client()),
			bluesnap.WithJournal(j, "acme"), bluesnap.WithJournalSecret(secrets[0], secrets[1:]...))
		if err != nil {
			fmt.Println(err)
			return
		}
		_, resp, err := client.Transactions.Create(context.Background(), payBy(sb, "11.00"), bluesnap.WithRef("order-2026-17"))
		fmt.Println("from the journal:", resp.FromJournal, "wrong secret:", errors.Is(err, bluesnap.ErrJournalSecret))
	}
	// Output:
	// from the journal: false wrong secret: false
	// from the journal: false wrong secret: true
	// from the journal: true wrong secret: false
}

// An account was renamed in the configuration. The journal is the same
// account's, so the operator takes it along.
func ExampleClient_Rebind() {
	j := journal.NewMemory()
	sb, client := start(bluesnap.WithJournal(j, "acme"))
	defer sb.Close()
	pay := func(client *bluesnap.Client) error {
		_, _, err := client.Transactions.Create(context.Background(), payBy(sb, "11.00"), bluesnap.WithRef("order-1"))
		return err
	}
	if err := pay(client); err != nil {
		fmt.Println(err)
		return
	}
	renamed, err := bluesnap.New(sb.Username, sb.Password, bluesnap.WithBaseURL(sb.URL),
		bluesnap.WithHTTPClient(sb.Client()), bluesnap.WithJournal(j, "acme-ltd"))
	if err != nil {
		fmt.Println(err)
		return
	}
	var other *bluesnap.OtherAccountError
	if err := pay(renamed); !errors.As(err, &other) {
		fmt.Println(err)
		return
	}
	fmt.Println("bound to:", other.Bound.Name)
	if err := renamed.Rebind(context.Background(), other.Bound); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("paid again:", pay(renamed))
	// Output:
	// bound to: acme
	// paid again: <nil>
}

// The shop numbers its payments itself, each number once: what is found under
// one is the requested payment.
func ExampleWithUniqueTransactionIDs() {
	for _, opts := range [][]bluesnap.Option{nil, {bluesnap.WithUniqueTransactionIDs()}} {
		opts = append(opts, bluesnap.WithJournal(journal.NewMemory(), "acme"), shortWindow)
		sb, client := start(opts...)
		params := payBy(sb, "11.00")
		params.MerchantTransactionID = "payment-4711"
		sb.Next(bluesnaptest.CreateCardTransaction, fakeserver.LoseResponse)
		_, _, _ = client.Transactions.Create(context.Background(), params, bluesnap.WithRef("order-2026-17"), bluesnap.WithMaxAttempts(1))
		for r, err := range client.Recover(context.Background()) {
			if err != nil {
				fmt.Println(err)
				break
			}
			fmt.Printf("%s: %s\n", r.Outcome, r.Evidence)
		}
		sb.Close()
	}
	// Output:
	// unknown: its merchantTransactionId is the caller's own, and may be that of another payment
	// done: transaction 38000003 has its merchantTransactionId
}
