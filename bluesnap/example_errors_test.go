package bluesnap_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// A fake of your own finds the order by its ref.
func ExampleRefOf() {
	opts := []bluesnap.CallOption{bluesnap.WithMaxAttempts(2), bluesnap.WithRef("order-17/pay")}
	fmt.Println(bluesnap.RefOf(opts...))
	fmt.Println(bluesnap.WithRef("order-17/pay") == opts[1])
	// Output:
	// order-17/pay
	// true
}

// A queue puts a payment that was rate limited back, for as long as the server
// asked.
func ExampleErrRateLimited() {
	sb, client := start()
	defer sb.Close()
	sb.Next("CreateCardTransaction", fakeserver.TooMany(time.Minute))

	_, _, err := client.Transactions.Create(context.Background(), payBy(sb, "11.00"), bluesnap.WithMaxAttempts(1))
	var failed *bluesnap.Error
	if errors.Is(err, bluesnap.ErrRateLimited) && errors.As(err, &failed) {
		wait := max(failed.RetryAfter, time.Minute) // zero where the server named no time
		fmt.Println("again in", wait)
	}
	// Output: again in 1m0s
}

// A declined card stays declined: a loop that resumes asks whether repeating
// helps.
func ExampleRetryHelps() {
	sb, client := start()
	defer sb.Close()
	_, _, err := client.Transactions.Create(context.Background(), payBy(sb, bluesnaptest.AmountDeclined))
	fmt.Println("safe:", bluesnap.CanRepeat(err), "helps:", bluesnap.RetryHelps(err))
	// Output: safe: true helps: false
}

// No encoding writes a card's number. RedactSecrets also empties Extra, which
// may hold anything, and covers fields that are not exported.
func ExampleRedactSecrets() {
	card := bluesnap.CreditCard{Number: "4263982640269299", Extra: bluesnap.Extra{"cardType": "VISA"}}
	text, err := json.Marshal(card)
	fmt.Println(string(text), err)

	logger := slog.New(slog.NewJSONHandler(os.Stdout, &slog.HandlerOptions{
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return bluesnap.RedactSecrets(groups, a)
		},
	}))
	logger.Info("paid", "cards", []bluesnap.CreditCard{card})
	// Output:
	// {"cardNumber":"[redacted]","cardType":"VISA"} <nil>
	// {"level":"INFO","msg":"paid","cards":[{"cardNumber":"[redacted]"}]}
}

func ExampleWithVerboseErrors() {
	sb, client := start(bluesnap.WithVerboseErrors())
	defer sb.Close()
	_, _, err := client.Transactions.Create(context.Background(), payBy(sb, bluesnaptest.AmountDeclined))
	fmt.Println(err)
	// Output: bluesnap: CreateCardTransaction: rejected: 400 14002 DO_NOT_HONOR: "The processor refused or failed": rejected by the API
}
