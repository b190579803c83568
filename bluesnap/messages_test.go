package bluesnap

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
)

func TestShapesOfErrors(t *testing.T) {
	const ns = `<messages xmlns="http://ws.plimus.com">`
	for name, row := range map[string]struct {
		body string
		want []Message
	}{
		"JSON, code as a string": {
			body: `{"message":[{"errorName":"DO_NOT_HONOR","code":"14002","description":"words"}]}`,
			want: []Message{{Code: "14002", Name: "DO_NOT_HONOR", Description: "words"}},
		},
		"JSON, code as a number": {
			body: `{"message":[{"errorName":"DO_NOT_HONOR","code":14002,"description":"words"}]}`,
			want: []Message{{Code: "14002", Name: "DO_NOT_HONOR", Description: "words"}},
		},
		"JSON, several": {
			body: `{"message":[{"errorName":"A","code":1},{"errorName":"B","code":2}]}`,
			want: []Message{{Code: "1", Name: "A"}, {Code: "2", Name: "B"}},
		},
		"JSON, invalid property as an object": {
			body: `{"message":[{"code":"10001","invalidProperty":{"name":"amount","messageValue":"x"}}]}`,
			want: []Message{{Code: "10001", InvalidProperty: "amount"}},
		},
		"JSON, invalid property as a string": {
			body: `{"message":[{"code":"10001","invalidProperty":"amount"}]}`,
			want: []Message{{Code: "10001", InvalidProperty: "amount"}},
		},
		"JSON, a field of an odd type hides nothing": {
			body: `{"message":[{"code":"10001","errorName":["x"],"description":{"a":1}}]}`, want: []Message{{Code: "10001"}},
		},
		"JSON, with a byte order mark": {body: "\ufeff" + `{"message":[{"code":1}]}`, want: []Message{{Code: "1"}}},
		"authentication": {
			body: `{"errorCode":"401","errorDescription":"words","errorName":"UNAUTHORIZED"}`,
			want: []Message{{Code: "401", Name: "UNAUTHORIZED", Description: "words"}},
		},
		"authentication without a name": {
			body: `{"errorCode":403,"errorDescription":"words"}`, want: []Message{{Code: "403", Description: "words"}},
		},
		"XML": {
			body: `<?xml version="1.0" encoding="UTF-8"?>` + ns + `<message><error-name>DO_NOT_HONOR</error-name><code>14002</code>` +
				`<description>words</description><invalid-property><name>amount</name></invalid-property></message></messages>`,
			want: []Message{{Code: "14002", Name: "DO_NOT_HONOR", Description: "words", InvalidProperty: "amount"}},
		},
		"XML, invalid property as text": {
			body: ns + `<message><code>1</code><invalid-property> amount </invalid-property></message></messages>`,
			want: []Message{{Code: "1", InvalidProperty: "amount"}},
		},
		"XML without a namespace, several": {
			body: `<messages><message><code>1</code></message><message><code>2</code></message></messages>`,
			want: []Message{{Code: "1"}, {Code: "2"}},
		},
		"XML with prefixes": {
			body: `<b:messages xmlns:b="http://ws.plimus.com"><b:message><b:error-name>A</b:error-name><b:code>1</b:code></b:message></b:messages>`,
			want: []Message{{Code: "1", Name: "A"}},
		},
		"XML in Latin-1": {
			body: `<?xml version="1.0" encoding="ISO-8859-1"?>` + ns + "<message><code>1</code><description>caf\xe9</description></message></messages>",
			want: []Message{{Code: "1", Description: "café"}},
		},
		"XML in ASCII": {
			body: `<?xml version="1.0" encoding="US-ASCII"?>` + ns + `<message><code>1</code></message></messages>`, want: []Message{{Code: "1"}},
		},
		"XML with a byte order mark": {
			body: "\ufeff" + `<?xml version="1.0" encoding="utf-8"?>` + ns + `<message><code>1</code></message></messages>`, want: []Message{{Code: "1"}},
		},
		"XML in an encoding that is not known": {
			body: `<?xml version="1.0" encoding="EBCDIC-US"?>` + ns + `<message><code>1</code></message></messages>`,
		},
		"XML of another kind":   {body: `<html><message><code>1</code></message></html>`},
		"XML cut":               {body: ns + `<message><code>1</code>`},
		"plain text":            {body: "Request blocked"},
		"empty":                 {},
		"JSON, empty":           {body: "{}"},
		"JSON, empty list":      {body: `{"message":[]}`},
		"JSON, empty message":   {body: `{"message":[{}]}`},
		"JSON, message as text": {body: `{"message":"Forbidden"}`},
		"JSON, null":            {body: `{"message":null}`},
		"JSON, cut":             {body: `{"message":[{"code":1`},
		"array":                 {body: `[{"code":1}]`},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, row.want, parseMessages([]byte(row.body))) })
	}
}

func TestClassify(t *testing.T) {
	message := func(code, name string) string {
		return `{"message":[{"errorName":"` + name + `","code":"` + code + `"}]}`
	}
	for name, row := range map[string]struct {
		status int
		body   string
		want   idem.Signal
	}{
		"a payment":                     {status: 200, body: `{"transactionId":1}`, want: idem.SignalNone},
		"key reused":                    {status: 422, body: message("60101", ""), want: idem.SignalKeyReused},
		"in progress":                   {status: 409, body: message("60102", ""), want: idem.SignalInProgress},
		"another conflict":              {status: 409, body: message("20003", "TRANSACTION_LOCKED"), want: idem.SignalError},
		"store of keys":                 {status: 400, body: message("60106", ""), want: idem.SignalRetryable},
		"timeout":                       {status: 400, body: message("14002", "PROCESSING_TIMEOUT"), want: idem.SignalIndeterminate},
		"connection to the processor":   {status: 400, body: message("14002", "BLS_CONNECTION_PROBLEM"), want: idem.SignalIndeterminate},
		"general failure by its name":   {status: 400, body: message("10000", "PAYMENT_GENERAL_FAILURE"), want: idem.SignalIndeterminate},
		"500":                           {status: 500, body: message("10000", "X"), want: idem.SignalIndeterminate},
		"503":                           {status: 503, body: message("10000", "X"), want: idem.SignalError},
		"10000 under another name":      {status: 400, body: message("10000", "INVALID_API_VERSION"), want: idem.SignalError},
		"decline":                       {status: 400, body: message("14002", "DO_NOT_HONOR"), want: idem.SignalError},
		"threshold":                     {status: 423, body: message("1", "X"), want: idem.SignalRetryable},
		"XML":                           {status: 409, body: `<messages><message><code>60102</code></message></messages>`, want: idem.SignalInProgress},
		"401 in words of a gateway":     {status: 401, body: "<html>Unauthorized</html>", want: idem.SignalError},
		"401 without a word":            {status: 401, want: idem.SignalError},
		"403 without a word":            {status: 403, want: idem.SignalNone},
		"403 in words of a filter":      {status: 403, body: "blocked", want: idem.SignalNone},
		"somebody between":              {status: 404, body: "<html>", want: idem.SignalNone},
		"a success that holds an error": {status: 200, body: message("1", "X"), want: idem.SignalError},
		"a success in XML that holds one": {
			status: 200, body: `<messages><message><code>1</code></message></messages>`, want: idem.SignalError,
		},
		"a success in XML with prefixes that holds one": {
			status: 200, body: `<b:messages xmlns:b="http://ws.plimus.com"><b:message><b:code>1</b:code></b:message></b:messages>`,
			want: idem.SignalError,
		},
		"an order whose text says messages": {
			status: 200, body: `<order><note>your:messages</note><messages>2</messages></order>`, want: idem.SignalNone,
		},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, row.want, classify(row.status, nil, []byte(row.body))) })
	}
}

func FuzzMessages(f *testing.F) {
	for _, seed := range []string{
		`{"message":[{"errorName":"DO_NOT_HONOR","code":14002,"invalidProperty":{"name":"x"}}]}`,
		`{"errorCode":"401","errorDescription":"words"}`,
		`<messages xmlns="http://ws.plimus.com"><message><code>1</code></message></messages>`, "blocked", "", "{", "<",
		`<?xml version="1.0" encoding="ISO-8859-1"?><messages><message><code>1</code>` + "\xe9</message></messages>",
	} {
		f.Add(400, []byte(seed))
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		classify(status, nil, body)
		for _, m := range parseMessages(body) {
			require.True(t, m.Code != "" || m.Name != "", "a message says which error it is")
			e := &Error{Messages: []Message{m}}
			require.LessOrEqual(t, len(e.Error()), 160)
			require.False(t, strings.ContainsFunc(e.Error(), func(r rune) bool { return r < ' ' || r > '~' }))
			require.NotRegexp(t, `[0-9]{10}`, e.Error(), "room for a card's number")
		}
	})
}

func TestLocationsAreReadStrictly(t *testing.T) {
	for location, want := range map[string]string{
		"https://ws.bluesnap.com/services/2/vendors/12345":                 "12345",
		"https://WS.bluesnap.com/services/2/recurring/plans/2_a-B":         "2_a-B",
		"https://ws.bluesnap.com:443/services/2/vendors/12345":             "12345",
		"/services/2/wallets/onboarding/7":                                 "7",
		"":                                                                 "",
		"services/2/vendors/12345":                                         "",
		"12345":                                                            "",
		"https://ws.bluesnap.com/services/2/vendors/":                      "",
		"https://ws.bluesnap.com/services/2/12345":                         "",
		"https://ws.bluesnap.com/elsewhere/vendors/12345":                  "",
		"http://ws.bluesnap.com/services/2/vendors/12345":                  "",
		"https://sandbox.bluesnap.com/services/2/vendors/12345":            "",
		"https://ws.bluesnap.com:8443/services/2/vendors/12345":            "",
		"https://user@ws.bluesnap.com/services/2/vendors/12345":            "",
		"https://ws.bluesnap.com/services/2/vendors/12345?x=1":             "",
		"https://ws.bluesnap.com/services/2/vendors/12345#x":               "",
		"https://ws.bluesnap.com/services/2/vendors/1%2F2":                 "",
		"https://ws.bluesnap.com/services/2/vendors/../../../12345":        "",
		"https://ws.bluesnap.com/services/2/vendors/a b":                   "",
		"https://ws.bluesnap.com/services/2/vendors/ü":                     "",
		"https://ws.bluesnap.com/services/2/v/" + strings.Repeat("1", 129): "",
		"://": "",
	} {
		assert.Equal(t, want, locationID(ProductionURL, location), location)
	}
	assert.Equal(t, "7", locationID("https://proxy.example/pay", "https://proxy.example/pay/services/2/vendors/7"))
	assert.Empty(t, locationID("https://proxy.example/pay", "https://proxy.example/services/2/vendors/7"))
}

func FuzzLocation(f *testing.F) {
	f.Add("https://ws.bluesnap.com/services/2/vendors/12345")
	f.Add("/services/2/vendors/12345")
	f.Add("//ws.bluesnap.com/services/2/../2/vendors/12345")
	f.Fuzz(func(t *testing.T, location string) {
		id := locationID(ProductionURL, location)
		if id != "" {
			require.True(t, plainID(id))
			require.True(t, strings.HasSuffix(location, id), "the id is what the location ends in")
		}
	})
}

// The vendor answers a payment that its fraud rules hold for review with the
// error of a declined one. It may still be approved.
func TestAPaymentHeldForReviewIsNotRejected(t *testing.T) {
	json := func(events string) string {
		return `{"message":[{"errorName":"FRAUD_DETECTED","code":15011,"description":"no","fraudEvents":` + events + `}]}`
	}
	for name, row := range map[string]struct {
		body string
		want idem.Signal
	}{
		"held":         {json(`{"fraudReferenceId":3565,"fraudEvent":[{"fraudEventCode":"x","fraudEventDecision":"R"}]}`), idem.SignalIndeterminate},
		"held, alone":  {json(`{"fraudEvent":{"fraudEventDecision":"R"}}`), idem.SignalIndeterminate},
		"declined":     {json(`{"fraudEvent":[{"fraudEventDecision":"D"},{"fraudEventDecision":"D"}]}`), idem.SignalError},
		"both":         {json(`{"fraudEvent":[{"fraudEventDecision":"R"},{"fraudEventDecision":"D"}]}`), idem.SignalError},
		"no decision":  {json(`{"fraudReferenceId":3565}`), idem.SignalError},
		"another form": {json(`[1,{"fraudEvent":7}]`), idem.SignalError},
		"held, in XML": {`<messages xmlns="http://ws.plimus.com"><message><error-name>FRAUD_DETECTED</error-name><code>15011</code>` +
			`<fraud-events><fraud-event><fraud-event-decision>R</fraud-event-decision></fraud-event></fraud-events></message></messages>`, idem.SignalIndeterminate},
		"declined, in XML": {`<messages xmlns="http://ws.plimus.com"><message><error-name>FRAUD_DETECTED</error-name><code>15011</code>` +
			`<fraud-events><fraud-event><fraud-event-decision>D</fraud-event-decision></fraud-event></fraud-events></message></messages>`, idem.SignalError},
	} {
		assert.Equal(t, row.want, classify(400, nil, []byte(row.body)), name)
		assert.True(t, has(parseMessages([]byte(row.body)), ErrFraudDetected), name)
	}
}
