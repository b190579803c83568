package bluesnap_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// start starts the emulated server and makes a client for it, as the examples
// use them. Waits are short, so that the examples are.
func start(opts ...bluesnap.Option) (*bluesnaptest.Sandbox, *bluesnap.Client) {
	sb, err := bluesnaptest.New()
	if err != nil {
		panic(err)
	}
	client, err := bluesnap.New(sb.Username, sb.Password, append([]bluesnap.Option{
		bluesnap.WithBaseURL(sb.URL),
		bluesnap.WithHTTPClient(sb.Client()),
		bluesnap.WithMerchantID(sb.MerchantID),
		bluesnap.WithRetryPolicy(bluesnap.RetryPolicy{BaseDelay: time.Millisecond, MaxDelay: time.Millisecond}),
	}, opts...)...)
	if err != nil {
		panic(err)
	}
	return sb, client
}

// The payment of the vendor's own example, whose first answer is lost: it is
// made once, under the key that was given.
func Example() {
	sb, err := bluesnaptest.New() // the vendor's server, emulated
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sb.Close()
	// In a program of yours: bluesnap.New(username, password)
	client, err := bluesnap.New(sb.Username, sb.Password,
		bluesnap.WithBaseURL(sb.URL), bluesnap.WithHTTPClient(sb.Client()))
	if err != nil {
		fmt.Println(err)
		return
	}
	sb.Next(bluesnaptest.CreateCardTransaction, fakeserver.LoseResponse)

	key, err := bluesnap.UnsentKey("59a3401e-55f1-40f3-b582-90ae2265c709")
	if err != nil {
		fmt.Println(err)
		return
	}
	payment, resp, err := client.Transactions.Create(context.Background(), bluesnap.CardTransactionParams{
		Type:           bluesnap.AuthCapture,
		SoftDescriptor: "DescTest",
		Amount:         "11.00",
		Currency:       "USD",
		CardHolderInfo: &bluesnap.CardHolderInfo{
			FirstName: "test first name", LastName: "test last name", Zip: "123456",
		},
		CreditCard: &bluesnap.CreditCard{
			Number: "4263982640269299", SecurityCode: "837", ExpirationMonth: "02", ExpirationYear: "2023",
		},
	}, bluesnap.WithIdempotencyKey(key))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(payment.Type, payment.Amount, payment.Currency, payment.ProcessingInfo.Status)
	fmt.Println("attempts:", len(resp.Attempts), "key:", resp.Key, "echoed:", resp.KeyEchoed)
	fmt.Println("executed:", sb.Executed(bluesnaptest.CreateCardTransaction))
	// Output:
	// AUTH_CAPTURE 11.00 USD SUCCESS
	// attempts: 2 key: 59a3401e-55f1-40f3-b582-90ae2265c709 echoed: true
	// executed: 1
}

// What to do when a payment fails depends on its outcome, not on the error.
func Example_outcomes() {
	sb, client := start()
	defer sb.Close()
	pay := func(amount bluesnap.Amount) string {
		params := payBy(sb, amount)
		_, _, err := client.Transactions.Create(context.Background(), params, bluesnap.WithMaxAttempts(2))
		switch bluesnap.OutcomeOf(err) {
		case bluesnap.OutcomeNotSent:
			return "try again later"
		case bluesnap.OutcomeRejected:
			if errors.Is(err, bluesnap.ErrInsufficientFunds) {
				return "ask for another card"
			}
			return "fix the request"
		case bluesnap.OutcomeUnknown:
			return "ask again with the error's key, or look: it may have been paid"
		}
		return "paid"
	}
	fmt.Println(pay("11.00"))
	fmt.Println(pay(bluesnaptest.AmountNoFunds))
	fmt.Println(pay(bluesnaptest.AmountTimedOutPaid))
	// Output:
	// paid
	// ask for another card
	// ask again with the error's key, or look: it may have been paid
}

// No error is done; an error that is not the SDK's proves nothing.
func ExampleOutcomeOf() {
	sb, client := start()
	defer sb.Close()
	_, _, err := client.Transactions.Create(context.Background(), payBy(sb, bluesnaptest.AmountDeclined))
	for _, err := range []error{nil, fmt.Errorf("order 17: %w", err), errors.New("somebody else's")} {
		fmt.Println(bluesnap.OutcomeOf(err))
	}
	// Output:
	// done
	// rejected
	// unknown
}

// payBy is a payment by the seed's stored shopper.
func payBy(sb *bluesnaptest.Sandbox, amount bluesnap.Amount) bluesnap.CardTransactionParams {
	return bluesnap.CardTransactionParams{
		Type: bluesnap.AuthCapture, Amount: amount, Currency: "USD", VaultedShopperID: bluesnap.ID(sb.Seed.ShopperID),
	}
}

// An error's key resumes the payment that the error is about.
func ExampleCanRepeat() {
	sb, client := start()
	defer sb.Close()
	sb.Next(bluesnaptest.CreateCardTransaction, fakeserver.LoseResponse)
	params := payBy(sb, "11.00")
	_, _, err := client.Transactions.Create(context.Background(), params, bluesnap.WithMaxAttempts(1))

	if bluesnap.CanRepeat(err) {
		fmt.Println(bluesnap.OutcomeOf(err))
		_, _, err = client.Transactions.Create(context.Background(), params, bluesnap.WithIdempotencyKey(bluesnap.KeyOf(err)))
	}
	fmt.Println(err == nil, "executed:", sb.Executed(bluesnaptest.CreateCardTransaction))
	// Output:
	// unknown
	// true executed: 1
}

func ExampleResponse_Timeline() {
	sb, client := start()
	defer sb.Close()
	sb.Next(bluesnaptest.CreateCardTransaction, fakeserver.KeyStoreFailure, fakeserver.LoseResponse)
	_, resp, err := client.Transactions.Create(context.Background(), payBy(sb, "11.00"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(resp.Timeline())
	// Output:
	//  1  503           server error                          ambiguous, again after 1ms
	//  2  no answer     connection reset                      ambiguous, again at once
	//  3  200           executed                              done
	// =>  done
}

// The picture has a title and a description, for those who do not see it.
func ExampleResponse_TimelineSVG() {
	sb, client := start()
	defer sb.Close()
	sb.Next(bluesnaptest.CreateCardTransaction, fakeserver.LoseResponse)

	_, resp, err := client.Transactions.Create(context.Background(), payBy(sb, "11.00"))
	if err != nil {
		fmt.Println(err)
		return
	}
	picture := resp.TimelineSVG() // an SVG document, for a ticket
	_, title, _ := strings.Cut(picture, `<title id="timeline-title">`)
	title, _, _ = strings.Cut(title, "<")
	fmt.Println(title)
	// Output: CreateCardTransaction: done after 2 attempts
}

// A bad setting fails at once, with the field's name.
func ExampleNew() {
	_, err := bluesnap.New("API_1234567890", "password", bluesnap.WithBaseURL("http://ws.bluesnap.com"))
	var invalid *bluesnap.InvalidError
	fmt.Println(errors.As(err, &invalid), err)
	// Output: true bluesnap: WithBaseURL: base URL is not https (http is allowed to a loopback host only)
}

// BLUESNAP_USERNAME and BLUESNAP_PASSWORD are in the environment; options win.
func ExampleFromEnv() {
	_ = os.Setenv("BLUESNAP_USERNAME", "API_1234567890")
	_ = os.Setenv("BLUESNAP_PASSWORD", "password")
	defer func() { _ = os.Unsetenv("BLUESNAP_USERNAME") }()
	defer func() { _ = os.Unsetenv("BLUESNAP_PASSWORD") }()

	client, err := bluesnap.FromEnv(bluesnap.WithSandbox())
	fmt.Println(client != nil, err)
	// Output: true <nil>
}

// A program that ends lets its calls end, and then closes its journal.
func ExampleClient_Close() {
	sb, client := start()
	defer sb.Close()

	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := client.Close(ctx); err != nil {
		fmt.Println(err) // calls that are still under way
		return
	}
	_, _, err := client.Transactions.Create(context.Background(), payBy(sb, "11.00"))
	fmt.Println(errors.Is(err, bluesnap.ErrClientClosed), bluesnap.OutcomeOf(err))
	// Output: true not sent
}

// A proxy that is not named by the environment.
func ExampleWithHTTPClient_proxy() {
	proxy, err := url.Parse("http://proxy.example.com:3128")
	if err != nil {
		fmt.Println(err)
		return
	}
	transport := &http.Transport{Proxy: http.ProxyURL(proxy)}
	_, err = bluesnap.New("API_17", "a-password", bluesnap.WithHTTPClient(&http.Client{Transport: transport}))
	fmt.Println(err)
	// Output: <nil>
}

// Every attempt is logged, without keys, URLs, headers or bodies.
func ExampleWithLogger() {
	drop := func(_ []string, a slog.Attr) slog.Attr {
		switch a.Key {
		case slog.TimeKey, "took", "wait", "call_id", "key":
			return slog.Attr{}
		default:
			return a
		}
	}
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: drop}))
	sb, client := start(bluesnap.WithLogger(logger))
	defer sb.Close()
	_, _, err := client.Transactions.Create(context.Background(), payBy(sb, bluesnaptest.AmountDeclined))
	fmt.Println(errors.Is(err, bluesnap.ErrDoNotHonor))
	// Output:
	// level=DEBUG msg="bluesnap: attempt started" operation=CreateCardTransaction outcome="not sent" attempt=1
	// level=DEBUG msg="bluesnap: attempt ended" operation=CreateCardTransaction outcome=rejected attempt=1 status=400 verdict=rejected reason="rejected by the API"
	// level=DEBUG msg="bluesnap: call ended" operation=CreateCardTransaction outcome=rejected attempts=1 reason="rejected by the API"
	// true
}

// An observer hears every step.
func ExampleWithObserver() {
	sb, client := start(bluesnap.WithObserver(func(e bluesnap.Event) {
		if e.Kind == bluesnap.EventCallEnded {
			fmt.Println(e.Operation, e.Outcome)
		}
	}))
	defer sb.Close()
	if _, _, err := client.Transactions.Get(context.Background(), bluesnap.ID(sb.Seed.TransactionID)); err != nil {
		fmt.Println(err)
	}
	// Output: GetTransaction done
}
