package bluesnap_test

import (
	"context"
	"fmt"

	"github.com/bardge/bardge-go/bluesnap"
)

// The browser sends the card to the vendor under the token; the server pays
// with it and never sees the card.
func ExamplePaymentFieldsService_CreateToken() {
	sb, client := start()
	defer sb.Close()
	fields, _, err := client.PaymentFields.CreateToken(context.Background(), bluesnap.PaymentFieldsTokenParams{})
	if err != nil {
		fmt.Println(err)
		return
	}
	payment, _, err := client.Transactions.Create(context.Background(), bluesnap.CardTransactionParams{
		Type: bluesnap.AuthCapture, Amount: "11.00", Currency: "USD", PFToken: fields.Token,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(fields.Token, bluesnap.PaymentFieldsTokenLifetime, payment.Amount)
	// Output: [redacted] 1h0m0s 11.00
}
