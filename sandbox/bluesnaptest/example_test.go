package bluesnaptest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// A card is charged, the response is lost, and the same request is sent again
// with the same key. The ledger shows that the card was charged once.
func Example() {
	sb, err := bluesnaptest.New() // in a test: bluesnaptest.Start(t)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sb.Close()

	sb.Next(bluesnaptest.CreateCardTransaction, fakeserver.LoseResponse)
	for range 2 {
		fmt.Println(charge(sb, "59a3401e-55f1-40f3-b582-90ae2265c709"))
	}
	fmt.Println("executed:", sb.Executed(bluesnaptest.CreateCardTransaction))
	fmt.Print(sb.Ledger())
	// Output:
	// the answer is lost
	// 200 transaction 38000003
	// executed: 1
	// request   operation              key       result    status  fault          resource
	// req_0001  CreateCardTransaction  key_0001  executed  -       lose-response  38000003
	// req_0002  CreateCardTransaction  key_0001  replayed  200     -              38000003
}

// charge pays with a shopper's stored card, without retries.
func charge(sb *bluesnaptest.Sandbox, key string) string {
	body := `{"cardTransactionType":"AUTH_CAPTURE","amount":"11.00","currency":"USD","vaultedShopperId":` +
		sb.Seed.ShopperID + `}`
	request, err := http.NewRequest(http.MethodPost, sb.URL+"/services/2/transactions", strings.NewReader(body))
	if err != nil {
		return err.Error()
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", key)
	request.SetBasicAuth(sb.Username, sb.Password)
	request.Close = true // so that net/http does not repeat it
	response, err := sb.Client().Do(request)
	if err != nil {
		return "the answer is lost"
	}
	defer response.Body.Close()
	var paid struct {
		TransactionID string `json:"transactionId"`
	}
	if err := json.NewDecoder(response.Body).Decode(&paid); err != nil {
		return err.Error()
	}
	return fmt.Sprint(response.StatusCode, " transaction ", paid.TransactionID)
}
