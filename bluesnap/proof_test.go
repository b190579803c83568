package bluesnap

import (
	"encoding/json"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
)

const proofBase = "https://ws.bluesnap.com"

func TestR26_NoPageProvesAnOperation(t *testing.T) {
	for name, op := range operations {
		prove := op.engineOperation(proofBase).Prove
		for _, body := range []string{
			``, `{}`, `[]`, `null`, `<html><body>down</body></html>`, `{"message":"maintenance"}`, `{"success":false}`, `{"errors":[]}`,
			`{"error":{}}`, `{"error":{},"` + op.id + `":7}`, `{"` + op.id + `":{}}`, `{"` + op.id + `":""}`, `[{"` + op.id + `":7}]`,
			`<messages xmlns="` + xmlNamespace + `"><message/></messages>`, `<html xmlns="http://www.w3.org/1999/xhtml"/>`,
		} {
			for _, location := range []string{
				"", "https://evil.example" + op.path + "/42", "/login", proofBase, op.path, op.path + "/", "/services/2/login/42",
			} {
				got := prove(200, http.Header{"Location": {location}}, []byte(body))
				assert.Contains(t, []idem.ProofKind{idem.ProvesNothing, idem.ProvesOther}, got.Kind, "%s: %s %s", name, body, location)
				assert.False(t, got.Complete)
			}
		}
	}
}

func TestR26_WhatWasMadeProvesAnOperation(t *testing.T) {
	for name, op := range operations {
		prove := op.engineOperation(proofBase).Prove
		id := op.id
		switch {
		case name == "GetVaultedShopper":
			id = "vaultedShopperId"
		case op.shows != nil:
			id = op.shows[0][0]
		case op.class == idem.Safe:
			id = "transactionId"
		}
		path := strings.NewReplacer("{subscriptionId}", "7", "{transactionId}", "7").Replace(op.path)
		if op.header {
			for _, location := range []string{path + "/42", proofBase + path + "/42"} {
				got := prove(201, http.Header{"Location": {location}}, nil)
				assert.Equal(t, idem.Proof{Kind: idem.ProvesExecution, Complete: true}, got, name)
			}
		}
		if op.xml {
			got := prove(200, nil, []byte(`<order xmlns="`+xmlNamespace+`"><a/></order>`))
			assert.Equal(t, idem.Proof{Kind: idem.ProvesExecution, Complete: true}, got, name)
			got = prove(200, nil, []byte(`<order xmlns="`+xmlNamespace+`"><a/>`))
			assert.Equal(t, idem.Proof{}, got, name)
			continue
		}
		for _, value := range []string{`7`, `"7"`} {
			got := prove(200, nil, []byte(`{"a":1,"`+id+`":`+value+`}`))
			assert.Equal(t, idem.Proof{Kind: idem.ProvesExecution, Complete: true}, got, name)
			got = prove(200, nil, []byte(`{"a":1,"`+id+`":`+value+`,"b`))
			assert.Equal(t, idem.Proof{Kind: idem.ProvesExecution}, got, "%s, cut", name)
		}
		op.xml = true // to those who ask for it
		got := prove(200, nil, []byte(`{`))
		assert.Equal(t, idem.Proof{}, got, name)
		if op.id != "" {
			text := `<x xmlns="` + xmlNamespace + `"><` + kebab(op.id) + `>7</` + kebab(op.id) + `></x>`
			assert.Equal(t, idem.ProvesExecution, op.engineOperation(proofBase).Prove(200, nil, []byte(text)).Kind, name)
			assert.Equal(t, idem.ProvesNothing, op.engineOperation(proofBase).Prove(200, nil, []byte(strings.ReplaceAll(text, "7", ""))).Kind, name)
		}
	}
}

// A subscription of a bank account has no id yet.
func TestR26_ASubscriptionIsKnownByItsPlanAndShopper(t *testing.T) {
	prove := operations["CreateSubscription"].engineOperation(proofBase).Prove
	for body, want := range map[string]idem.ProofKind{
		`{"subscriptionId":1}`:              idem.ProvesExecution,
		`{"planId":1,"vaultedShopperId":2}`: idem.ProvesExecution,
		`{"planId":1}`:                      idem.ProvesNothing,
		`{"vaultedShopperId":2}`:            idem.ProvesNothing,
	} {
		assert.Equal(t, want, prove(200, nil, []byte(body)).Kind, body)
	}
}

func TestR28_WhatDoesNotFitIsExtra(t *testing.T) {
	got, err := read[CardTransaction]([]byte("\ufeff" + `{"transactionId":12345678901234567890,"amount":11.00,"softDescriptor":7,` +
		`"cardHolderInfo":"none","creditCard":{"expirationYear":2030,"cardType":["VISA"]},"currency":{"a":1},"TransactionID":5,` +
		`"processingInfo":{"processingStatus":"SUCCESS","cvv":1.50}}`))
	require.NoError(t, err)
	value, _ := got.(*CardTransaction)
	require.NotNil(t, value)
	assert.Equal(t, ID("12345678901234567890"), value.TransactionID, "digit by digit; the exact name wins")
	assert.Equal(t, Amount("11.00"), value.Amount)
	assert.Equal(t, "7", value.SoftDescriptor)
	assert.Equal(t, "2030", value.CreditCard.ExpirationYear)
	assert.Nil(t, value.CardHolderInfo)
	assert.Empty(t, value.Currency)
	assert.Equal(t, "none", value.Extra["cardHolderInfo"])
	assert.Contains(t, value.Extra, "currency")
	assert.Equal(t, ProcessingSuccess, value.ProcessingInfo.Status)

	for _, body := range []string{
		`{"transactionId":{},"amount":"1"}`, `{"transactionId":1,"amount":true}`, `{"transactionId":1,"cardTransactionType":{}}`,
		`{"transactionId":1,"processingInfo":{"processingStatus":[]}}`, `{"transactionId":1,"vaultedShopperId":[1]}`,
	} {
		got, err := read[CardTransaction]([]byte(body))
		require.ErrorIs(t, err, ErrResponseIncomplete, body)
		assert.Nil(t, got)
	}
	_, err = read[Refund]([]byte(`{"refundTransactionId":1,"refundStatus":{}}`))
	require.ErrorIs(t, err, ErrResponseIncomplete)
	for _, body := range []string{``, ` `, `{`, `<html>`} {
		_, err := read[CardTransaction]([]byte(body))
		require.Error(t, err)
		assert.NotErrorIs(t, err, ErrResponseIncomplete, body)
	}
}

func TestR28_AHostileDocumentIsNotRead(t *testing.T) {
	for _, part := range []string{`{},`, `7,`, `[],`, `"a":1,`} {
		body := []byte(`{"paymentSources":{"creditCardInfo":[` + strings.Repeat(part, 9_000_000/len(part)) + `7]},"message":[]}`)
		if part == `"a":1,` {
			body = []byte(`{` + strings.Repeat(part, 9_000_000/len(part)) + `"vaultedShopperId":7}`)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := read[VaultedShopper](body)
		require.Error(t, err)
		assert.Empty(t, parseMessages(body))
		runtime.ReadMemStats(&after)
		assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20), part)
	}
}

// FuzzRead: in any success, an id and an amount are read as they are
// written, or the response is none.
func FuzzRead(f *testing.F) {
	for _, body := range []string{
		`{"transactionId":7,"amount":"1.00"}`, `{"transactionId":{},"amount":[]}`, `{"creditCard":{"cardType":1}}`, `{`, `null`,
		`{"TRANSACTIONID":1,"processingInfo":{"processingStatus":5}}`, "\ufeff{}",
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, op := range operations {
			got := op.engineOperation(proofBase).Prove(200, nil, body)
			require.True(t, !got.Complete || got.Kind == idem.ProvesExecution)
		}
		value, err := read[CardTransaction](body)
		if err != nil {
			require.Nil(t, value)
			return
		}
		var fields map[string]json.RawMessage
		require.NoError(t, json.Unmarshal([]byte(strings.TrimPrefix(string(body), "\ufeff")), &fields))
		card, _ := value.(*CardTransaction)
		for name, got := range map[string]string{"transactionId": string(card.TransactionID), "amount": string(card.Amount)} {
			if raw := fields[name]; len(raw) > 0 && string(raw) != "null" && string(raw) != `""` {
				require.NotEmpty(t, got, "%s is %s", name, raw)
			}
		}
	})
}
