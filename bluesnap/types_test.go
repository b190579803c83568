package bluesnap

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/wire"
)

func TestParamsAreWrittenAsTheVendorsExample(t *testing.T) {
	params := CardTransactionParams{
		Type: AuthCapture, SoftDescriptor: "DescTest", Amount: "11.00", Currency: "USD",
		CardHolderInfo: &CardHolderInfo{FirstName: "test first name", LastName: "test last name", Zip: "123456"},
		CreditCard: &CreditCard{
			Number: "4263982640269299", SecurityCode: "837", ExpirationMonth: "02", ExpirationYear: "2023",
		},
	}
	body, err := encodeRequest(params)
	require.NoError(t, err)
	//nolint:testifylint // byte for byte, in the order of the example
	assert.Equal(t, `{"cardTransactionType":"AUTH_CAPTURE","softDescriptor":"DescTest","amount":"11.00","currency":"USD",`+
		`"cardHolderInfo":{"firstName":"test first name","lastName":"test last name","zip":"123456"},`+
		`"creditCard":{"cardNumber":"4263982640269299","securityCode":"837","expirationMonth":"02","expirationYear":"2023"}}`,
		string(body))
}

func TestExtraFieldsGoBothWaysAtAnyDepth(t *testing.T) {
	body, err := encodeRequest(CardTransactionParams{
		Amount: "1", VaultedShopperID: "19549046",
		CreditCard: &CreditCard{Number: "4", Extra: Extra{"cardType": "VISA"}},
		Extra:      Extra{"wallet": map[string]any{"walletType": "APPLE_PAY"}, "a&b": 1, "walletId": "w"},
	})
	require.NoError(t, err)
	//nolint:testifylint // byte for byte: extra fields come last, by name
	assert.Equal(t, `{"amount":"1","creditCard":{"cardNumber":"4","cardType":"VISA"},"vaultedShopperId":19549046,`+
		`"a&b":1,"wallet":{"walletType":"APPLE_PAY"},"walletId":"w"}`, string(body))

	const answer = `{"transactionId":38504888,"amount":11.00,"creditCard":{"cardType":"VISA"},` +
		`"processingInfo":{"processingStatus":"SUCCESS","cvvResponseCode":"MA"},` +
		`"networkTransactionInfo":{"networkTransactionId":"n"},"huge":12345678901234567890}`
	var value CardTransaction
	require.NoError(t, json.Unmarshal([]byte(answer), &value))
	assert.Equal(t, ID("38504888"), value.TransactionID)
	assert.Equal(t, Amount("11.00"), value.Amount, "digits as they came")
	assert.Equal(t, Extra{"cardType": "VISA"}, value.CreditCard.Extra)
	assert.Equal(t, ProcessingSuccess, value.ProcessingInfo.Status)
	assert.Equal(t, Extra{"cvvResponseCode": "MA"}, value.ProcessingInfo.Extra)
	assert.Equal(t, Extra{"huge": json.Number("12345678901234567890")}, value.Extra)
	again, err := wire.Encode(value)
	require.NoError(t, err)
	var second CardTransaction
	require.NoError(t, json.Unmarshal(again, &second))
	assert.Equal(t, value, second)
}

func TestIDsAndAmountsAreReadFromStringsAndNumbers(t *testing.T) {
	for text, want := range map[string]string{`"38504888"`: "38504888", `38504888`: "38504888", `null`: "", `11.00`: "11.00", `"x"`: "x"} {
		var id ID
		var amount Amount
		require.NoError(t, json.Unmarshal([]byte(text), &id))
		require.NoError(t, json.Unmarshal([]byte(text), &amount))
		assert.Equal(t, want, string(id))
		assert.Equal(t, want, string(amount))
	}
	var id ID
	assert.Error(t, json.Unmarshal([]byte(`{}`), &id))
	for id, want := range map[ID]string{"19549046": `19549046`, "007": `"007"`, "a-1": `"a-1"`, "9999999999999999999": `"9999999999999999999"`} {
		text, err := json.Marshal(id)
		require.NoError(t, err)
		assert.Equal(t, want, string(text))
	}
}

func TestR23_TypesPrintNoSecrets(t *testing.T) {
	for _, v := range []any{
		CreditCard{Number: "4263982640269299", SecurityCode: "837", Extra: Extra{"x": "4263982640269299"}},
		ECPTransaction{RoutingNumber: "4263982640269299", AccountNumber: "837"},
		CardTransactionParams{PFToken: "837"},
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
			text := fmt.Sprintf(verb, v)
			assert.NotContains(t, text, "4263982640269299")
			assert.NotContains(t, text, "837")
		}
	}
}

func TestSameAmount(t *testing.T) {
	for _, row := range []struct {
		a, b Amount
		same bool
	}{
		{a: "11.00", b: "11", same: true},
		{a: "11.00", b: "11.0", same: true},
		{a: "0.50", b: "00.5", same: true},
		{a: "11.00", b: "11.01"},
		{},
		{a: "1e2", b: "100"},
		{a: "-1", b: "-1"},
		{a: "1.", b: "1"},
	} {
		assert.Equal(t, row.same, payment{Amount: row.a}.paysAs(payment{Amount: row.b}), "%s %s", row.a, row.b)
	}
}

func TestTheTableHoldsTheVendorsList(t *testing.T) {
	assert.Len(t, posts, 19, "20 lines, of which two are the same")
	for name, op := range operations {
		assert.Equal(t, name, op.name)
		assert.NotEmpty(t, op.method)
		assert.Equal(t, op.class.String() == "keyed", op.method == "POST", name)
		_, keyed := keyedPost(op.method, op.path)
		assert.Equal(t, op.method == "POST", keyed, name)
	}
	for _, path := range []string{
		"/services/2/wallets", "/services/2/payment-fields-tokens", "/services/2/transactions/refund/", "/services/2/transactions/",
		"/services/2/transactions/refund/1/2", "/services/2/catalog/skus", "/services/2/transactions/refund/merchant/x", "/",
	} {
		_, keyed := keyedPost("POST", path)
		assert.False(t, keyed, path)
	}
}
