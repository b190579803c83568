package bluesnap_test

import (
	"context"
	"fmt"

	"github.com/bardge/bardge-go/bluesnap"
)

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
