package scenarios

import (
	"context"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/internal/sdktest"
)

func TestR3_EveryAttemptIsTheSame(t *testing.T) {
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Respond(503, ""), sdktest.Lose, sdktest.Pay}, func(t *testing.T, s *sdktest.BlueSnap) {
		value, resp, err := s.Client.Transactions.Create(t.Context(), sdktest.Payment())
		require.NoError(t, err)
		assert.Equal(t, bluesnap.ID("38504888"), value.TransactionID)
		assert.Len(t, resp.Attempts, 3)
		require.Len(t, s.Requests(), 3)
		sdktest.OneKey(t, s.Requests())

		r := s.Requests()[0]
		assert.Equal(t, "POST", r.Method)
		assert.Equal(t, "/services/2/transactions", r.Path)
		assert.Equal(t, resp.Key.String(), r.Key())
		assert.Equal(t, "3.0", r.Header.Get("Bluesnap-Version"))
		assert.Equal(t, "application/json", r.Header.Get("Accept"))
		assert.Equal(t, "application/json", r.Header.Get("Content-Type"))
		auth := r.Header.Get("Authorization")
		assert.Equal(t, 1, strings.Count(auth, " "), "exactly one space")
		user, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(auth, "Basic "))
		require.NoError(t, err)
		assert.Equal(t, sdktest.Username+":"+sdktest.Password, string(user))
	})
}

func TestOptionsShowInTheRequest(t *testing.T) {
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Pay}, func(t *testing.T, s *sdktest.BlueSnap) {
		_, _, err := s.Client.Transactions.Create(t.Context(), sdktest.Payment(),
			bluesnap.WithHeader("X-Own", "1"), bluesnap.WithExtraField("transactionFraudInfo", map[string]string{"a": "b"}))
		require.NoError(t, err)
		r := s.Requests()[0]
		assert.Equal(t, "2.0", r.Header.Get("Bluesnap-Version"))
		assert.Equal(t, "shop/1.0 bluesnap-go/"+bluesnap.Version, r.Header.Get("User-Agent"))
		assert.Equal(t, "1", r.Header.Get("X-Own"))
		assert.Contains(t, r.Body, `"transactionFraudInfo":{"a":"b"}`)
	}, bluesnap.WithAPIVersion("2.0"), bluesnap.WithUserAgent("shop/1.0"))
}

func TestBadCallsFailBeforeAnythingIsSent(t *testing.T) {
	sixtyFive, err := bluesnap.UnsentKey(strings.Repeat("k", 65))
	require.NoError(t, err)
	underscore, err := bluesnap.UnsentKey("order_17")
	require.NoError(t, err)
	for name, row := range map[string]struct {
		change func(*bluesnap.CardTransactionParams)
		opt    bluesnap.CallOption
		field  string
	}{
		"60103: key of 65":        {opt: bluesnap.WithIdempotencyKey(sixtyFive), field: "idempotency key"},
		"60104: underscore":       {opt: bluesnap.WithIdempotencyKey(underscore), field: "idempotency key"},
		"owned header":            {opt: bluesnap.WithHeader("bluesnap-version", "1.0"), field: "header Bluesnap-Version"},
		"extra field twice":       {opt: bluesnap.WithExtraField("amount", 1), field: "extra field amount"},
		"Extra of a modelled one": {change: func(p *bluesnap.CardTransactionParams) { p.Extra = bluesnap.Extra{"amount": 1} }, field: "extra field amount"},
		"Extra at depth": {change: func(p *bluesnap.CardTransactionParams) {
			p.CreditCard.Extra = bluesnap.Extra{"cardNumber": "1"}
		}, field: "extra field cardNumber"},
		"merchantTransactionId of 51": {change: func(p *bluesnap.CardTransactionParams) {
			p.MerchantTransactionID = strings.Repeat("m", 51)
		}, field: "merchantTransactionId"},
	} {
		t.Run(name, sdktest.BlueSnapTest(sdktest.Script{sdktest.Pay}, func(t *testing.T, s *sdktest.BlueSnap) {
			params := sdktest.Payment()
			if row.change != nil {
				row.change(&params)
			}
			value, resp, err := s.Client.Transactions.Create(t.Context(), params, row.opt)
			e := sdktest.BlueSnapErrorOf(t, value, resp, err)
			assert.Equal(t, bluesnap.OutcomeNotSent, e.Outcome)
			assert.True(t, bluesnap.CanRepeat(e))
			sdktest.Invalid(t, row.field, err)
			assert.Empty(t, s.Requests())
		}))
	}
}

func TestFromEnv(t *testing.T) {
	t.Setenv("BLUESNAP_USERNAME", sdktest.Username)
	t.Setenv("BLUESNAP_PASSWORD", sdktest.Password)
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Pay}, func(t *testing.T, s *sdktest.BlueSnap) {
		t.Setenv("BLUESNAP_BASE_URL", s.URL())
		client, err := bluesnap.FromEnv(bluesnap.WithHTTPClient(&http.Client{Transport: s.Transport()}))
		require.NoError(t, err)
		defer client.CloseIdleConnections()
		_, _, err = client.Transactions.Get(t.Context(), "38504888")
		require.NoError(t, err)
		assert.Equal(t, "/services/2/transactions/38504888", s.Requests()[0].Path)
		assert.Empty(t, s.Requests()[0].Key(), "R5: no key on a read")
	})
	t.Setenv("BLUESNAP_PASSWORD", "")
	_, err := bluesnap.FromEnv()
	assert.EqualError(t, err, "bluesnap: BLUESNAP_PASSWORD is not set")
}

func TestABaseMayEndInASlash(t *testing.T) {
	sdktest.WithBlueSnap(t, sdktest.Script{func(rw http.ResponseWriter, r *http.Request) {
		sdktest.Respond(201, "", "Location", "http://"+r.Host+"/services/2/vendors/5")(rw, r)
	}}, func(t *testing.T, s *sdktest.BlueSnap) {
		c := s.NewClient(t, bluesnap.WithBaseURL(s.URL()+"/"))
		defer c.CloseIdleConnections()
		vendor, _, err := c.Vendors.Create(t.Context(), bluesnap.VendorParams{})
		require.NoError(t, err)
		assert.Equal(t, bluesnap.ID("5"), vendor.VendorID)
	})
}

func TestFindRefusesWhatNamesNoPayment(t *testing.T) {
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Lose}, func(t *testing.T, s *sdktest.BlueSnap) {
		for _, tag := range []string{"", "a,b", strings.Repeat("x", 51)} {
			_, _, err := s.Client.Transactions.Find(t.Context(), tag)
			assert.Equal(t, bluesnap.OutcomeNotSent, bluesnap.OutcomeOf(err), tag)
		}
		assert.Empty(t, s.Requests())
	}, bluesnap.WithMerchantID("400111"))
}

func TestWithReconciler_RefusesWhatItCannotBeFor(t *testing.T) {
	find := func(context.Context, bluesnap.PendingOperation) (bluesnap.ReconcileResult, error) {
		return bluesnap.ReconcileResult{}, nil
	}
	for _, name := range []string{"CaptureTransaction", "ReverseAuthorization", "GetTransaction", "x"} {
		_, err := bluesnap.New("u", "p", bluesnap.WithReconciler(name, find))
		assert.ErrorAs(t, err, new(*bluesnap.InvalidError), name)
	}
}

func TestTransport_ErrorsNameTheOption(t *testing.T) {
	for want, opt := range map[string]bluesnap.Option{
		"WithTimeout(1s): option is not for a transport":      bluesnap.WithTimeout(time.Second),
		`WithHeader("X-Shop"): option is not for a transport`: bluesnap.WithHeader("X-Shop", "berlin"),
		"WithMerchantID: option is not for a transport":       bluesnap.WithMerchantID("17"),
		"WithRetryPolicy: MaxAttempts is negative":            bluesnap.WithRetryPolicy(bluesnap.RetryPolicy{MaxAttempts: -1}),
		"WithBaseURL: base URL is not an absolute URL":        bluesnap.WithBaseURL("example"),
		"WithMaxAttempts(0): MaxAttempts is less than 1":      bluesnap.WithMaxAttempts(0),
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://example.com", http.NoBody)
		require.NoError(t, err)
		resp, err := bluesnap.NewTransport(nil, nil, opt).RoundTrip(req)
		if err == nil {
			_ = resp.Body.Close()
		}
		require.ErrorContains(t, err, want)
		assert.ErrorAs(t, err, new(*bluesnap.InvalidError))
	}
}

func TestR27_AnAmountThatDoesNotFitIsDoneAndIncomplete(t *testing.T) {
	const body = `{"transactionId":7,"amount":{"value":11}}`
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Respond(200, body)}, func(t *testing.T, s *sdktest.BlueSnap) {
		value, resp, err := s.Client.Transactions.Create(t.Context(), bluesnap.CardTransactionParams{}, bluesnap.WithMaxAttempts(1))
		e := sdktest.BlueSnapErrorOf(t, value, resp, err)
		assert.Equal(t, bluesnap.OutcomeDone, e.Outcome)
		assert.ErrorIs(t, err, bluesnap.ErrResponseIncomplete)
		assert.ErrorIs(t, err, bluesnap.ErrResponseLost)
		assert.JSONEq(t, body, string(resp.Raw))
	})
}

func TestR26_AMaintenancePageIsAskedAgainAndNotRecorded(t *testing.T) {
	page := sdktest.Respond(200, `{"message":"scheduled maintenance"}`)
	sdktest.WithBlueSnap(t, sdktest.Script{page, page, sdktest.Respond(200, `{"transactionId":7}`)}, func(t *testing.T, s *sdktest.BlueSnap) {
		params := bluesnap.CardTransactionParams{Amount: "1", Currency: "USD"}
		_, _, err := s.Client.Transactions.Create(t.Context(), params, bluesnap.WithRef("order-1"), bluesnap.WithMaxAttempts(2))
		assert.Equal(t, bluesnap.OutcomeUnknown, bluesnap.OutcomeOf(err))
		paid, resp, err := s.Client.Transactions.Create(t.Context(), params, bluesnap.WithRef("order-1"))
		require.NoError(t, err)
		assert.Equal(t, bluesnap.ID("7"), paid.TransactionID)
		assert.False(t, resp.FromJournal)
		sdktest.OneKey(t, s.Requests())
	}, withJournal())
}

func TestErrorsOfNewNameTheOption(t *testing.T) {
	for want, opt := range map[string]bluesnap.Option{
		`bluesnap: WithAPIVersion: API version is not of the form "3.0"`:                      bluesnap.WithAPIVersion("latest"),
		`bluesnap: WithHeader("bluesnap_version"): header Bluesnap_version is set by the SDK`: bluesnap.WithHeader("bluesnap_version", "2.0"),
		"bluesnap: WithMerchantID: merchant id is not a number":                               bluesnap.WithMerchantID("x"),
	} {
		client, err := bluesnap.New(sdktest.Username, sdktest.Password, nil, opt)
		assert.Nil(t, client)
		require.EqualError(t, err, want)
		assert.ErrorAs(t, err, new(*bluesnap.InvalidError))
	}
	for want, row := range map[string]struct{ user, password string }{
		"bluesnap: username is empty":                                 {password: "p"},
		"bluesnap: password is empty":                                 {user: "u"},
		"bluesnap: username has a colon, which ends it in the header": {user: "a:b", password: "p"},
		"bluesnap: username or password has a control character":      {user: "u", password: "p\n"},
	} {
		_, err := bluesnap.New(row.user, row.password)
		assert.EqualError(t, err, want)
	}
	t.Setenv("BLUESNAP_USERNAME", sdktest.Username)
	t.Setenv("BLUESNAP_PASSWORD", sdktest.Password)
	t.Setenv("BLUESNAP_BASE_URL", "example")
	_, err := bluesnap.FromEnv()
	require.EqualError(t, err, "bluesnap: BLUESNAP_BASE_URL: base URL is not an absolute URL")
}

func TestR40_OptionsInDisguiseAreRefused(t *testing.T) {
	for field, opt := range map[string]bluesnap.CallOption{
		"header Bluesnap_version":           bluesnap.WithHeader("bluesnap_version", "2.0"),
		"extra field CARD-TRANSACTION-TYPE": bluesnap.WithExtraField("CARD-TRANSACTION-TYPE", "v"),
		"extra field Amount":                bluesnap.WithExtraField("Amount", "1"),
	} {
		t.Run("R40_"+field, sdktest.BlueSnapTest(sdktest.Script{sdktest.Pay}, func(t *testing.T, s *sdktest.BlueSnap) {
			params := sdktest.Payment()
			params.Extra = bluesnap.Extra{"card_transaction_type": "x"}
			value, resp, err := s.Client.Transactions.Create(t.Context(), params, opt)
			e := sdktest.BlueSnapErrorOf(t, value, resp, err)
			sdktest.Invalid(t, field, e)
			assert.Equal(t, bluesnap.OutcomeNotSent, e.Outcome)
			assert.Empty(t, s.Requests())
		}))
	}
	t.Run("R40_merchantTransactionId", sdktest.BlueSnapTest(sdktest.Script{sdktest.Pay}, func(t *testing.T, s *sdktest.BlueSnap) {
		_, _, err := s.Client.Transactions.Create(t.Context(), sdktest.Payment(), bluesnap.WithExtraField("MerchantTransactionID", "m-1"))
		assert.ErrorContains(t, err, "merchantTransactionId is set under a name in another case")
		assert.Empty(t, s.Requests())
	}))
	t.Run("R40_Extra", sdktest.BlueSnapTest(sdktest.Script{sdktest.Pay}, func(t *testing.T, s *sdktest.BlueSnap) {
		params := sdktest.Payment()
		params.CreditCard.Extra = bluesnap.Extra{"CardNumber": "1"}
		_, _, err := s.Client.Transactions.Create(t.Context(), params)
		assert.ErrorContains(t, err, "extra field CardNumber is set already")
		assert.Empty(t, s.Requests())
	}))
}

func TestR40_TheTransportRefusesHeadersInDisguise(t *testing.T) {
	for _, name := range []string{"Idempotency_Key", "X-HTTP-Method-Override", "Content_Length"} {
		sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Pay}, func(t *testing.T, s *sdktest.BlueSnap) {
			rt := bluesnap.NewTransport(s.Transport(), bluesnap.WithBaseURL(s.URL()))
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL()+"/services/2/transactions", http.NoBody)
			require.NoError(t, err)
			req.Header[name] = []string{"v"}
			resp, err := rt.RoundTrip(req)
			if err == nil {
				_ = resp.Body.Close()
			}
			require.ErrorAs(t, err, new(*bluesnap.InvalidError), name)
			assert.Empty(t, s.Requests())
		})
	}
}
