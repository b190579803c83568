package main

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

const paymentInJSON = `{"cardTransactionType":"AUTH_CAPTURE","amount":"11.00","currency":"USD","vaultedShopperId":"19000001"}`

func TestNothingInDoubtIsRepeatedWithRequireEcho(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct{ flag, env, outcome string }{
		"a flag":       {flag: "--require-echo", outcome: "unknown"},
		"the variable": {flag: "--merchant-id=1", env: "true", outcome: "unknown"},
		"neither":      {flag: "--merchant-id=1", env: "0"},
	} {
		d, sb := bluesnapDesk(t)
		d.set("BLUESNAP_REQUIRE_ECHO", row.env)
		sb.Next(bluesnaptest.CreateCardTransaction, fakeserver.LoseResponse)
		d.stdin = paymentInJSON
		r := d.run("bluesnap", "transactions", "create", "-o", "json", row.flag)
		if row.outcome == "" {
			assert.Zero(t, r.code, name)
			assert.Len(t, sb.Ledger(), 2, name)
			continue
		}
		assert.Equal(t, row.outcome, object(t, r.stderr)["outcome"], name)
		assert.Len(t, sb.Ledger(), 1, name)
	}
}

func TestRequireEchoIsTrueOrFalse(t *testing.T) {
	t.Parallel()
	d, sb := bluesnapDesk(t)
	d.set("BLUESNAP_REQUIRE_ECHO", "maybe")
	d.stdin = paymentInJSON
	r := d.run("bluesnap", "transactions", "create")
	assert.Equal(t, cli.ExitUsage, r.code)
	assert.Contains(t, r.stderr, "BLUESNAP_REQUIRE_ECHO is not true or false")
	assert.Empty(t, sb.Ledger())
}
