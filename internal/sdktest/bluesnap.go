package sdktest

import (
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// The credentials for a scripted server of BlueSnap.
const (
	Username = "API_1234567890"
	Password = "correct horse battery"
)

// BlueSnap is a client of BlueSnap and its scripted server.
type BlueSnap = Scripted[*bluesnap.Client, bluesnap.Option]

// WithBlueSnap calls f in virtual time, with a client of these options.
func WithBlueSnap(t *testing.T, script Script, f func(t *testing.T, s *BlueSnap), opts ...bluesnap.Option) {
	t.Helper()
	s := &BlueSnap{connect: func(s *Server, opts []bluesnap.Option) (*bluesnap.Client, error) {
		return bluesnap.New(Username, Password, append([]bluesnap.Option{
			bluesnap.WithBaseURL(s.URL()), bluesnap.WithHTTPClient(&http.Client{Transport: s.Transport()}),
		}, opts...)...)
	}}
	s.run(t, script, nil, func(t *testing.T) { f(t, s) }, opts)
}

// BlueSnapTest is WithBlueSnap as a subtest.
func BlueSnapTest(script Script, f func(t *testing.T, s *BlueSnap), opts ...bluesnap.Option) func(*testing.T) {
	return func(t *testing.T) { WithBlueSnap(t, script, f, opts...) }
}

// WithBlueSnapSandbox calls f in virtual time, with an emulated server and a
// client.
func WithBlueSnapSandbox(
	t *testing.T, f func(t *testing.T, sb *bluesnaptest.Sandbox, c *bluesnap.Client),
	server []fakeserver.Option, opts ...bluesnap.Option,
) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		sb := bluesnaptest.Start(t, server...)
		client, err := bluesnap.New(sb.Username, sb.Password, append([]bluesnap.Option{
			bluesnap.WithBaseURL(sb.URL), bluesnap.WithHTTPClient(sb.Client()), bluesnap.WithMerchantID(sb.MerchantID),
		}, opts...)...)
		require.NoError(t, err)
		t.Cleanup(client.CloseIdleConnections)
		f(t, sb, client)
	})
}

// RefuseWith responds with one of the vendor's messages, whose description
// repeats the card.
func RefuseWith(status int, code, name string) http.HandlerFunc {
	return Respond(status, `{"message":[{"errorName":"`+name+`","code":"`+code+`","description":"card 4263982640269299 no"}]}`)
}

// Paid is the body of the response to a payment.
const Paid = `{"cardTransactionType":"AUTH_CAPTURE","transactionId":"38504888","amount":11.00,"currency":"USD",` +
	`"creditCard":{"cardLastFourDigits":"9299","cardType":"VISA"},"processingInfo":{"processingStatus":"SUCCESS"}}`

// Pay responds with a payment.
var Pay = Respond(http.StatusOK, Paid)

// Payment is the request of the vendor's page on idempotency.
func Payment() bluesnap.CardTransactionParams {
	return bluesnap.CardTransactionParams{
		Type: bluesnap.AuthCapture, SoftDescriptor: "DescTest", Amount: "11.00", Currency: "USD",
		CardHolderInfo: &bluesnap.CardHolderInfo{FirstName: "test first name", LastName: "test last name", Zip: "123456"},
		CreditCard: &bluesnap.CreditCard{
			Number: "4263982640269299", SecurityCode: "837", ExpirationMonth: "02", ExpirationYear: "2023",
		},
	}
}

// OneKey checks that all requests so far are the same one, under one key.
func OneKey(t *testing.T, all []Request) {
	t.Helper()
	for _, r := range all {
		assert.NotEmpty(t, r.Key())
		assert.Equal(t, all[0], r)
	}
}

// BlueSnapErrorOf checks what every failed call owes (R21, R22) and returns its
// error.
func BlueSnapErrorOf[T any](t *testing.T, value *T, resp *bluesnap.Response, err error) *bluesnap.Error {
	t.Helper()
	assert.Nil(t, value)
	require.NotNil(t, resp)
	var e *bluesnap.Error
	require.ErrorAs(t, err, &e)
	assert.Same(t, resp, e.Response)
	return e
}
