package bluesnap_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/bardge/bardge-go/bluesnap"
)

func ExampleTransactionsService_Create() {
	sb, client := start()
	defer sb.Close()
	payment, _, err := client.Transactions.Create(context.Background(), bluesnap.CardTransactionParams{
		Type: bluesnap.AuthOnly, Amount: "11.00", Currency: "USD", VaultedShopperID: bluesnap.ID(sb.Seed.ShopperID),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(payment.Type, payment.Amount, payment.Currency)
	// Output: AUTH_ONLY 11.00 USD
}

func ExampleTransactionsService_Get() {
	sb, client := start()
	defer sb.Close()
	payment, _, err := client.Transactions.Get(context.Background(), bluesnap.ID(sb.Seed.TransactionID))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(payment.Type, payment.Amount, payment.MerchantTransactionID)
	// Output: AUTH_CAPTURE 25.00 order-0001
}

// The merchantTransactionId of a payment finds it again, whether the SDK made
// it or the caller.
func ExampleTransactionsService_Find() {
	sb, client := start()
	defer sb.Close()
	made, resp, err := client.Transactions.Create(context.Background(), payBy(sb, "11.00"))
	if err != nil {
		fmt.Println(err)
		return
	}
	found, _, err := client.Transactions.Find(context.Background(), resp.MerchantTransactionID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(resp.MerchantTransactionID), found.TransactionID == made.TransactionID)
	// Output: 44 true
}

func ExampleTransactionsService_Capture() {
	sb, client := start()
	defer sb.Close()
	authorized := bluesnap.CaptureParams{TransactionID: bluesnap.ID(sb.Seed.AuthorizedID)}
	payment, _, err := client.Transactions.Capture(context.Background(), authorized)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(payment.Type, payment.Amount)

	_, _, err = client.Transactions.Capture(context.Background(), authorized)
	fmt.Println(errors.Is(err, bluesnap.ErrAlreadyCaptured), bluesnap.OutcomeOf(err))
	// Output:
	// CAPTURE 40.00
	// true done
}

func ExampleTransactionsService_Reverse() {
	sb, client := start()
	defer sb.Close()
	payment, _, err := client.Transactions.Reverse(context.Background(), bluesnap.CaptureParams{
		TransactionID: bluesnap.ID(sb.Seed.AuthorizedID),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(payment.Type)
	// Output: AUTH_REVERSAL
}

func ExampleTransactionsService_Refund() {
	sb, client := start()
	defer sb.Close()
	refund, _, err := client.Transactions.Refund(context.Background(), bluesnap.ID(sb.Seed.TransactionID),
		bluesnap.RefundParams{Amount: "5.00", Reason: "broken"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(refund.Status, refund.Amount, refund.RefundTransactionID != "")
	// Output: SUCCESS 5.00 true
}

func anECP() bluesnap.AltTransactionParams {
	return bluesnap.AltTransactionParams{
		Amount: "30.00", Currency: "USD", AuthorizedByShopper: true,
		ECPTransaction: &bluesnap.ECPTransaction{
			RoutingNumber: "011075150", AccountType: "CONSUMER_CHECKING", AccountNumber: "4099999992",
		},
		PayerInfo: &bluesnap.PayerInfo{FirstName: "Ada", LastName: "Okafor", Zip: "12345"},
	}
}

func ExampleAltTransactionsService_Create() {
	sb, client := start()
	defer sb.Close()
	payment, _, err := client.AltTransactions.Create(context.Background(), anECP())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(payment.Amount, payment.ProcessingInfo.Status)
	// Output: 30.00 PENDING
}

func ExampleAltTransactionsService_Get() {
	sb, client := start()
	defer sb.Close()
	made, resp, err := client.AltTransactions.Create(context.Background(), anECP())
	if err != nil {
		fmt.Println(err)
		return
	}
	got, _, err := client.AltTransactions.Get(context.Background(), made.TransactionID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(got.Amount, got.MerchantTransactionID == resp.MerchantTransactionID)
	// Output: 30.00 true
}

func ExampleAltTransactionsService_Find() {
	sb, client := start()
	defer sb.Close()
	params := anECP()
	params.MerchantTransactionID = "order-17"
	if _, _, err := client.AltTransactions.Create(context.Background(), params); err != nil {
		fmt.Println(err)
		return
	}
	found, _, err := client.AltTransactions.Find(context.Background(), "order-17")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(found.Amount)
	// Output: 30.00
}
