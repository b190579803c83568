package bluesnap_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strings"
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

// A queue puts a payment that was rate limited back, for the wait that the
// server requested.
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

func ownCharge(ctx context.Context, client *http.Client, sb *bluesnaptest.Sandbox) error {
	body := `{"cardTransactionType":"AUTH_CAPTURE","amount":"11.00","currency":"USD","vaultedShopperId":` + sb.Seed.ShopperID + `}`
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, sb.URL+"/services/2/transactions", strings.NewReader(body))
	if err != nil {
		return err
	}
	req.SetBasicAuth(sb.Username, sb.Password)
	req.Header.Set("Content-Type", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	fmt.Println(resp.Status)
	return nil
}

// An integration with its own HTTP code gets key, retries and outcome from its
// transport.
func ExampleNewTransport() {
	sb, err := bluesnaptest.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sb.Close()
	// For the vendor's own hosts, bluesnap.NewTransport(nil) is enough.
	client := &http.Client{Transport: bluesnap.NewTransport(sb.Client().Transport, bluesnap.WithBaseURL(sb.URL))}
	defer client.CloseIdleConnections()

	sb.Next(bluesnaptest.CreateCardTransaction, fakeserver.LoseResponse)
	if err := ownCharge(context.Background(), client, sb); err != nil {
		fmt.Println(err)
	}
	fmt.Println("executed:", sb.Executed(bluesnaptest.CreateCardTransaction))
	// Output:
	// 200 OK
	// executed: 1
}

// An error's key resumes the payment.
func ExampleContextWithKey() {
	sb, err := bluesnaptest.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sb.Close()
	once := bluesnap.WithRetryPolicy(bluesnap.RetryPolicy{MaxAttempts: 1})
	client := &http.Client{Transport: bluesnap.NewTransport(sb.Client().Transport, bluesnap.WithBaseURL(sb.URL), once)}
	defer client.CloseIdleConnections()

	sb.Next(bluesnaptest.CreateCardTransaction, fakeserver.LoseResponse)
	err = ownCharge(context.Background(), client, sb)
	if e, ok := errors.AsType[*bluesnap.Error](err); ok {
		fmt.Println(e.Outcome)
		err = ownCharge(bluesnap.ContextWithKey(context.Background(), e.Key), client, sb)
	}
	fmt.Println(err, "executed:", sb.Executed(bluesnaptest.CreateCardTransaction))
	// Output:
	// unknown
	// 200 OK
	// <nil> executed: 1
}
