package idem

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestR23_WhatIsSentAndReceivedIsNotPrinted(t *testing.T) {
	const secret = "5f3a-secret"
	request := Request{
		Operation: Operation{Name: "Charge"}, Method: http.MethodPost, Path: "/" + secret,
		Query: url.Values{"q": {secret}}, Header: http.Header{"X-Q": {secret}}, Body: []byte(secret),
	}
	response := Response{Status: 201, Header: http.Header{"X-Q": {secret}}, Body: []byte(secret), Value: secret}
	pending := PendingOperation{Request: request}
	for name, v := range map[string]any{
		"a request": request, "one by pointer": &request, "a call": Call{Request: request},
		"a response": response, "one by pointer, too": &response, "a result": Result{Response: &response},
		"pending": pending, "recovered": RecoveryResult{Pending: pending, Result: Result{Response: &response}},
		"looked up": Lookup{Exists: &response}, "reconciled": ReconcileResult{Response: &response},
	} {
		var b bytes.Buffer
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
			fmt.Fprintf(&b, verb, v)
		}
		slog.New(slog.NewTextHandler(&b, nil)).Info("it", "v", v)
		assert.NotContains(t, b.String(), secret, name)
		assert.NotContains(t, b.String(), fmt.Sprintf("%x", secret), name)
		assert.NotContains(t, b.String(), fmt.Sprintf("%d", []byte(secret)), name)
	}
	assert.Equal(t, "Charge POST, 11 bytes", request.String())
	assert.Equal(t, "status 201, 11 bytes", response.String())
}
