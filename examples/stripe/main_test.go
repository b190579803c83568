package main

import (
	"bytes"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const story = `1. stripe-go as it is. Three responses are lost, and it makes three attempts.
   no charge; outcome: unknown, key in the error: false
   requests: 3; charges executed so far: 1
2. stripe-go over the transport. Five responses are lost.
   ch_2, 1100 eur, succeeded
   requests: 6; charges executed so far: 2
3. All responses are lost, and the program cannot wait. It asks again later, with the error's key.
   no charge; outcome: unknown, key in the error: true
   requests: some; charges executed so far: 3
   ch_3, 1100 eur, succeeded
   requests: 1; charges executed so far: 3
`

// hasty is how many attempts fit into the time of a program that cannot wait.
var hasty = regexp.MustCompile(`(key in the error: true\n +requests: )\d+`)

func TestEachChargeIsExecutedOnce(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), &out))
	assert.Equal(t, story, hasty.ReplaceAllString(out.String(), "${1}some"))
}
