package main

import (
	"bytes"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The test binary is its own child.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "buy" {
		exit(buy(os.Stdout))
	}
	os.Exit(m.Run())
}

func TestThePurchaseHappensOnce(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(&out))
	assert.Contains(t, out.String(), "replayed: true, from the journal: false")
	assert.Contains(t, out.String(), "replayed: false, from the journal: true")
	assert.Contains(t, out.String(), "The purchase was executed once.")
}
