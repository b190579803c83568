package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEveryPaymentIsMadeOnce(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), &out))
	for _, words := range []string{
		"503           server error", "INSUFFICIENT_FUNDS", "outcome: unknown", "order-17: done", "200 OK",
		"Three payments were wanted, and three were made.",
	} {
		assert.Contains(t, out.String(), words)
	}
}
