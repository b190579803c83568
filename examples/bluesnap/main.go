// Command bluesnap charges cards through an emulated server that loses
// responses, offline; its ledger shows what was executed.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run fails if any payment was made twice.
func run(ctx context.Context, out io.Writer) error {
	server, err := bluesnaptest.New()
	if err != nil {
		return err
	}
	defer server.Close()
	client, err := bluesnap.New(server.Username, server.Password,
		bluesnap.WithBaseURL(server.URL), // bluesnap.WithSandbox() for the vendor's own sandbox
		bluesnap.WithHTTPClient(server.Client()),
		bluesnap.WithMerchantID(server.MerchantID),
		bluesnap.WithJournal(journal.NewMemory(), "acme"), // a durable one in a program of yours
	)
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	for _, story := range []func(context.Context, io.Writer, *bluesnaptest.Sandbox, *bluesnap.Client) error{
		lostAnswer, decline, crash, ownCode,
	} {
		if err := story(ctx, out, server, client); err != nil {
			return err
		}
	}
	say(out, strings.TrimSuffix(server.Ledger().String(), "\n"))
	if n := server.Executed(bluesnaptest.CreateCardTransaction); n != 3 {
		return fmt.Errorf("3 payments were wanted, %d were made", n)
	}
	say(out, "Three payments were wanted, and three were made.")
	return nil
}

func payment(server *bluesnaptest.Sandbox, amount bluesnap.Amount) bluesnap.CardTransactionParams {
	return bluesnap.CardTransactionParams{
		Type:             bluesnap.AuthCapture,
		Amount:           amount,
		Currency:         "USD",
		VaultedShopperID: bluesnap.ID(server.Seed.ShopperID),
	}
}

func lostAnswer(ctx context.Context, out io.Writer, server *bluesnaptest.Sandbox, client *bluesnap.Client) error {
	say(out, "The store of keys is away, then an answer is lost. The same key again; the card is charged once.")
	server.Next(bluesnaptest.CreateCardTransaction, fakeserver.KeyStoreFailure, fakeserver.LoseResponse)
	_, resp, err := client.Transactions.Create(ctx, payment(server, "11.00"))
	if err != nil {
		return err
	}
	say(out, resp.Timeline())
	return nil
}

func decline(ctx context.Context, out io.Writer, server *bluesnaptest.Sandbox, client *bluesnap.Client) error {
	say(out, "A card without money is refused for certain: another one may be tried.")
	_, _, err := client.Transactions.Create(ctx, payment(server, bluesnaptest.AmountNoFunds))
	if !errors.Is(err, bluesnap.ErrInsufficientFunds) {
		return fmt.Errorf("not declined: %w", err)
	}
	say(out, err.Error())
	return nil
}

func crash(ctx context.Context, out io.Writer, server *bluesnaptest.Sandbox, client *bluesnap.Client) error {
	say(out, "A process gives up before it hears the answer. The next one takes the order up from the journal.")
	server.Next(bluesnaptest.CreateCardTransaction, fakeserver.LoseResponse)
	_, _, err := client.Transactions.Create(ctx, payment(server, "12.00"),
		bluesnap.WithRef("order-17"), bluesnap.WithMaxAttempts(1))
	say(out, "outcome: "+bluesnap.OutcomeOf(err).String())
	for r, err := range client.Recover(ctx) {
		if err != nil {
			return err
		}
		say(out, fmt.Sprintf("%s: %s", r.Ref, r.Outcome))
	}
	return nil
}

// ownCode pays without the client, by code without retries.
func ownCode(ctx context.Context, out io.Writer, server *bluesnaptest.Sandbox, _ *bluesnap.Client) error {
	say(out, "The merchant's own code pays, over this SDK's transport.")
	server.Next(bluesnaptest.CreateCardTransaction, fakeserver.LoseResponse)
	transport := bluesnap.NewTransport(server.Client().Transport, bluesnap.WithBaseURL(server.URL))
	client := &http.Client{Transport: transport}
	defer client.CloseIdleConnections()
	body := `{"cardTransactionType":"AUTH_CAPTURE","amount":"13.00","currency":"USD","vaultedShopperId":` +
		server.Seed.ShopperID + `}`
	url := server.URL + "/services/2/transactions"
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.SetBasicAuth(server.Username, server.Password)
	req.Header.Set("Content-Type", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return err // errors.As finds a *bluesnap.Error in it, with outcome and key
	}
	say(out, resp.Status)
	return resp.Body.Close()
}

func say(out io.Writer, text string) {
	_, _ = fmt.Fprintf(out, "\n%s\n", text) // there may be no terminal
}
