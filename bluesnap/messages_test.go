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
			`{"message":[{"errorName":"DO_NOT_HONOR","code":"14002","description":"words"}]}`,
			[]Message{{Code: "14002", Name: "DO_NOT_HONOR", Description: "words"}},
		},
		"JSON, code as a number": {
			`{"message":[{"errorName":"DO_NOT_HONOR","code":14002,"description":"words"}]}`,
			[]Message{{Code: "14002", Name: "DO_NOT_HONOR", Description: "words"}},
		},
		"JSON, several": {
			`{"message":[{"errorName":"A","code":1},{"errorName":"B","code":2}]}`,
			[]Message{{Code: "1", Name: "A"}, {Code: "2", Name: "B"}},
		},
		"JSON, invalid property as an object": {
			`{"message":[{"code":"10001","invalidProperty":{"name":"amount","messageValue":"x"}}]}`,
			[]Message{{Code: "10001", InvalidProperty: "amount"}},
		},
		"JSON, invalid property as a string": {
			`{"message":[{"code":"10001","invalidProperty":"amount"}]}`,
			[]Message{{Code: "10001", InvalidProperty: "amount"}},
		},
		"JSON, a field of an odd type hides nothing": {
			`{"message":[{"code":"10001","errorName":["x"],"description":{"a":1}}]}`, []Message{{Code: "10001"}},
		},
		"JSON, with a byte order mark": {"\ufeff" + `{"message":[{"code":1}]}`, []Message{{Code: "1"}}},
		"authentication": {
			`{"errorCode":"401","errorDescription":"words","errorName":"UNAUTHORIZED"}`,
			[]Message{{Code: "401", Name: "UNAUTHORIZED", Description: "words"}},
		},
		"authentication without a name": {
			`{"errorCode":403,"errorDescription":"words"}`, []Message{{Code: "403", Description: "words"}},
		},
		"XML": {
			`<?xml version="1.0" encoding="UTF-8"?>` + ns + `<message><error-name>DO_NOT_HONOR</error-name><code>14002</code>` +
				`<description>words</description><invalid-property><name>amount</name></invalid-property></message></messages>`,
			[]Message{{Code: "14002", Name: "DO_NOT_HONOR", Description: "words", InvalidProperty: "amount"}},
		},
		"XML, invalid property as text": {
			ns + `<message><code>1</code><invalid-property> amount </invalid-property></message></messages>`,
			[]Message{{Code: "1", InvalidProperty: "amount"}},
		},
		"XML without a namespace, several": {
			`<messages><message><code>1</code></message><message><code>2</code></message></messages>`,
			[]Message{{Code: "1"}, {Code: "2"}},
		},
		"XML with prefixes": {
			`<b:messages xmlns:b="http://ws.plimus.com"><b:message><b:error-name>A</b:error-name><b:code>1</b:code></b:message></b:messages>`,
			[]Message{{Code: "1", Name: "A"}},
		},
		"XML in Latin-1": {
			`<?xml version="1.0" encoding="ISO-8859-1"?>` + ns + "<message><code>1</code><description>caf\xe9</description></message></messages>",
			[]Message{{Code: "1", Description: "café"}},
		},
		"XML in ASCII": {
			`<?xml version="1.0" encoding="US-ASCII"?>` + ns + `<message><code>1</code></message></messages>`, []Message{{Code: "1"}},
		},
		"XML with a byte order mark": {
			"\ufeff" + `<?xml version="1.0" encoding="utf-8"?>` + ns + `<message><code>1</code></message></messages>`, []Message{{Code: "1"}},
		},
		"XML in an encoding that is not known": {
			`<?xml version="1.0" encoding="EBCDIC-US"?>` + ns + `<message><code>1</code></message></messages>`, nil,
		},
		"XML of another kind":   {`<html><message><code>1</code></message></html>`, nil},
		"XML cut":               {ns + `<message><code>1</code>`, nil},
		"plain text":            {"Request blocked", nil},
		"empty":                 {"", nil},
		"JSON, empty":           {"{}", nil},
		"JSON, empty list":      {`{"message":[]}`, nil},
		"JSON, empty message":   {`{"message":[{}]}`, nil},
		"JSON, message as text": {`{"message":"Forbidden"}`, nil},
		"JSON, null":            {`{"message":null}`, nil},
		"JSON, cut":             {`{"message":[{"code":1`, nil},
		"array":                 {`[{"code":1}]`, nil},
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
		"a payment":                     {200, `{"transactionId":1}`, idem.SignalNone},
		"key reused":                    {422, message("60101", ""), idem.SignalKeyReused},
		"in progress":                   {409, message("60102", ""), idem.SignalInProgress},
		"another conflict":              {409, message("20003", "TRANSACTION_LOCKED"), idem.SignalError},
		"store of keys":                 {400, message("60106", ""), idem.SignalRetryable},
		"timeout":                       {400, message("14002", "PROCESSING_TIMEOUT"), idem.SignalIndeterminate},
		"connection to the processor":   {400, message("14002", "BLS_CONNECTION_PROBLEM"), idem.SignalIndeterminate},
		"general failure by its name":   {400, message("10000", "PAYMENT_GENERAL_FAILURE"), idem.SignalIndeterminate},
		"500":                           {500, message("10000", "X"), idem.SignalIndeterminate},
		"503":                           {503, message("10000", "X"), idem.SignalError},
		"10000 under another name":      {400, message("10000", "INVALID_API_VERSION"), idem.SignalError},
		"decline":                       {400, message("14002", "DO_NOT_HONOR"), idem.SignalError},
		"threshold":                     {423, message("1", "X"), idem.SignalRetryable},
		"XML":                           {409, `<messages><message><code>60102</code></message></messages>`, idem.SignalInProgress},
		"401 in words of a gateway":     {401, "<html>Unauthorized</html>", idem.SignalError},
		"401 without a word":            {401, "", idem.SignalError},
		"403 without a word":            {403, "", idem.SignalNone},
		"403 in words of a filter":      {403, "blocked", idem.SignalNone},
		"somebody between":              {404, "<html>", idem.SignalNone},
		"a success that holds an error": {200, message("1", "X"), idem.SignalError},
		"a success in XML that holds one": {
			200, `<messages><message><code>1</code></message></messages>`, idem.SignalError,
		},
		"a success in XML with prefixes that holds one": {
			200, `<b:messages xmlns:b="http://ws.plimus.com"><b:message><b:code>1</b:code></b:message></b:messages>`,
			idem.SignalError,
		},
		"an order whose text says messages": {
			200, `<order><note>your:messages</note><messages>2</messages></order>`, idem.SignalNone,
		},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, row.want, classify(row.status, []byte(row.body))) })
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
		classify(status, body)
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
		"https://ws.bluesnap.com/services/2/vendors/12345":                "12345",
		"https://WS.bluesnap.com/services/2/recurring/plans/2_a-B":        "2_a-B",
		"https://ws.bluesnap.com:443/services/2/vendors/12345":            "12345",
		"/services/2/wallets/onboarding/7":                                "7",
		"":                                                                "",
		"services/2/vendors/12345":                                        "",
		"12345":                                                           "",
		"https://ws.bluesnap.com/services/2/vendors/":                     "",
		"https://ws.bluesnap.com/services/2/12345":                        "",
		"https://ws.bluesnap.com/elsewhere/vendors/12345":                 "",
		"http://ws.bluesnap.com/services/2/vendors/12345":                 "",
		"https://sandbox.bluesnap.com/services/2/vendors/12345":           "",
		"https://ws.bluesnap.com:8443/services/2/vendors/12345":           "",
		"https://user@ws.bluesnap.com/services/2/vendors/12345":           "",
		"https://ws.bluesnap.com/services/2/vendors/12345?x=1":            "",
		"https://ws.bluesnap.com/services/2/vendors/12345#x":              "",
		"https://ws.bluesnap.com/services/2/vendors/1%2F2":                "",
		"https://ws.bluesnap.com/services/2/vendors/../../../12345":       "",
		"https://ws.bluesnap.com/services/2/vendors/a b":                  "",
		"https://ws.bluesnap.com/services/2/vendors/ü":                    "",
		"https://ws.bluesnap.com/services/2/v/" + strings.Repeat("1", 65): "",
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
