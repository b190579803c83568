package main

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal/postgres/pgtest"
)

func TestEachMemberGetsOnePass(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var out bytes.Buffer
	require.NoError(t, run(ctx, &out, pgtest.Start(t).DSN))
	assert.Equal(t, `4 jobs inserted, 1 skipped
4 requests to issue a pass
0 jobs inserted, 5 skipped
4 requests to issue a pass
`, out.String())
}
