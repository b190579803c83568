package bluesnap

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
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

	const answer = `{"transactionId":38504888,"amount":11.00,"creditCard":{"cardType":"VISA","issuer":"X"},` +
		`"processingInfo":{"processingStatus":"SUCCESS","cvvResponseCode":"MA","newer":"N"},` +
		`"networkTransactionInfo":{"networkTransactionId":"n"},"huge":12345678901234567890}`
	var value CardTransaction
	require.NoError(t, json.Unmarshal([]byte(answer), &value))
	assert.Equal(t, ID("38504888"), value.TransactionID)
	assert.Equal(t, Amount("11.00"), value.Amount, "digits as they came")
	assert.Equal(t, "VISA", value.CreditCard.CardType)
	assert.Equal(t, Extra{"issuer": "X"}, value.CreditCard.Extra)
	assert.Equal(t, ProcessingSuccess, value.ProcessingInfo.Status)
	assert.Equal(t, "MA", value.ProcessingInfo.CVVResponseCode)
	assert.Equal(t, Extra{"newer": "N"}, value.ProcessingInfo.Extra)
	assert.Equal(t, "n", value.NetworkTransactionInfo.NetworkTransactionID)
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
		_, keyed := keyedPost(op.method, op.path)
		assert.Equal(t, op.class.String() == "keyed", keyed, name)
		assert.Equal(t, op.class.String() == "keyed", slices.ContainsFunc(posts, func(p operation) bool { return p.name == name }), name)
	}
	for _, path := range []string{
		"/services/2/wallets", "/services/2/payment-fields-tokens", "/services/2/transactions/refund/", "/services/2/transactions/",
		"/services/2/transactions/refund/1/2", "/services/2/catalog/skus", "/services/2/transactions/refund/merchant/x", "/",
		"/services/2/transactions/refund/merchant%2Fx", "/services/2/transactions/refund/merchant%2fx",
		"/services/2/transactions/refund/merchant%5Cx", // a proxy may resolve them to the path above, which takes no key
	} {
		_, keyed := keyedPost("POST", path)
		assert.False(t, keyed, path)
	}
}

const canary = "4263982640269299"

var (
	secretType = reflect.TypeFor[Secret]()
	extraType  = reflect.TypeFor[Extra]()
)

// Anything that a caller passes or gets may end in a log, as a whole or in
// parts, and be printed by a verb that does not fit.
func TestR23_TypesShowNoSecrets(t *testing.T) {
	types := typesOfMethods()
	for name, typ := range types {
		t.Run(name, func(t *testing.T) {
			at := reflect.New(typ)
			at.Elem().Set(filled(typ))
			for _, v := range []any{at.Interface(), at.Elem().Interface()} {
				assert.NotContains(t, seenOf(v), canary)
			}
		})
	}
	for _, name := range declaredWithSecrets(t) {
		assert.Contains(t, types, name, "no method takes or returns it: this test must be told of it")
	}
}

func TestTypesShowWhatIsNoSecret(t *testing.T) {
	params := SubscriptionParams{PlanID: "7", PaymentSource: &PaymentSource{CreditCardInfo: &CreditCardInfo{
		CreditCard: &CreditCard{Number: canary, ExpirationMonth: "02", Extra: Extra{"cardType": "VISA"}},
	}}}
	const want = "{PlanID:7 VaultedShopperID: PayerInfo:<nil> PaymentSource:{CreditCardInfo:{CreditCard:{" +
		"Number:[redacted] SecurityCode:[redacted] ExpirationMonth:02 ExpirationYear: LastFourDigits: CardType: CardSubType: " +
		"Extra:[1 more]} PFToken:[redacted] BillingContactInfo:<nil> ProcessingInfo:<nil> Extra:[0 more]} Extra:[0 more]} AuthorizedByShopper:false Extra:[0 more]}"
	assert.Equal(t, want, fmt.Sprint(params))
	assert.Equal(t, want, params.LogValue().String())
}

func seenOf(v any) string {
	var seen bytes.Buffer
	slog.New(slog.NewJSONHandler(&seen, nil)).Info("shown", "it", v, slog.Group("in", "it", v))
	slog.New(slog.NewTextHandler(&seen, nil)).Info("shown", "it", v)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%t"} {
		fmt.Fprintf(&seen, verb+"\n", v)
		fmt.Fprintf(&seen, verb+"\n", []any{v})
	}
	return seen.String()
}

// typesOfMethods are the named structs and maps of this package that the
// methods of a client and of its services take and return, and the documents
// that they take encoded, with all that is in them.
func typesOfMethods() map[string]reflect.Type {
	found := map[string]reflect.Type{}
	client := reflect.TypeFor[*Client]()
	addMethods(found, client)
	for f := range client.Elem().Fields() {
		if f.IsExported() {
			addMethods(found, f.Type)
		}
	}
	for _, row := range documentRows() {
		addType(found, reflect.TypeOf(row.document))
	}
	return found
}

func addMethods(found map[string]reflect.Type, receiver reflect.Type) {
	for m := range receiver.Methods() {
		for in := range m.Type.Ins() {
			if in != receiver {
				addType(found, in)
			}
		}
		for out := range m.Type.Outs() {
			addType(found, out)
		}
	}
}

func addType(found map[string]reflect.Type, t reflect.Type) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		addType(found, t.Elem())
	case reflect.Func: // of an iterator
		for in := range t.Ins() {
			addType(found, in)
		}
	case reflect.Struct, reflect.Map:
		if t.PkgPath() != extraType.PkgPath() || found[t.Name()] != nil {
			return
		}
		found[t.Name()] = t
		if t.Kind() == reflect.Struct {
			for f := range t.Fields() {
				addType(found, f.Type)
			}
		}
	}
}

func filled(t reflect.Type) reflect.Value {
	v := reflect.New(t).Elem()
	switch {
	case t == secretType:
		v.SetString(canary)
	case t == extraType:
		v.Set(reflect.ValueOf(Extra{"number": canary}))
	case t.Kind() == reflect.Pointer && t.Elem().PkgPath() == extraType.PkgPath():
		v.Set(reflect.New(t.Elem()))
		v.Elem().Set(filled(t.Elem()))
	case t.Kind() == reflect.Slice && t.Elem().PkgPath() == extraType.PkgPath():
		v.Set(reflect.Append(v, filled(t.Elem())))
	case t.Kind() == reflect.Struct && t.PkgPath() == extraType.PkgPath():
		for i := range t.NumField() {
			if t.Field(i).IsExported() {
				v.Field(i).Set(filled(t.Field(i).Type))
			}
		}
	}
	return v
}

// declaredWithSecrets are the exported structs that have a field of type Secret
// or Extra, by the package's source.
func declaredWithSecrets(t *testing.T) []string {
	t.Helper()
	sources, err := filepath.Glob("*.go")
	require.NoError(t, err)
	var names []string
	for _, source := range sources {
		if strings.HasSuffix(source, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), source, nil, 0)
		require.NoError(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if ok && spec.Name.IsExported() && namesSecrets(spec.Type) {
				names = append(names, spec.Name.Name)
			}
			return !ok
		})
	}
	require.NotEmpty(t, names)
	return names
}

func namesSecrets(shape ast.Expr) (found bool) {
	if _, ok := shape.(*ast.StructType); !ok {
		return false
	}
	ast.Inspect(shape, func(n ast.Node) bool {
		if f, ok := n.(*ast.Field); ok {
			named, ok := f.Type.(*ast.Ident)
			found = found || ok && (named.Name == secretType.Name() || named.Name == extraType.Name())
		}
		return true
	})
	return found
}
