//go:build !windows

package main

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
)

// TestATextThatJSONCannotHoldIsRefused: it would be sent altered.
func TestATextThatJSONCannotHoldIsRefused(t *testing.T) {
	d, sb := bardgeDesk(t)
	verify := []string{"lookups", "verify", "lookup_1", "--access-code-file", "-"}
	for _, row := range []struct {
		name, stdin string
		args        []string
	}{
		{name: "a body's bytes", args: issue(sb, "--body", "-"), stdin: "{\"first_name\":\"A\xff\"}"},
		{name: "a field's name", args: issue(sb, "--body", "-", "--allow-extra-fields"), stdin: "{\"A\xff\":1}"},
		{name: "half of a pair", args: issue(sb, "--body", "-"), stdin: `{"first_name":"A\ud800"}`},
		{name: "a flag", args: issue(sb, "--first-name", "A\xff")},
		{name: "a file's text", args: verify, stdin: "A\xff"},
	} {
		t.Run(row.name, func(t *testing.T) {
			d.T, d.stdin = t, row.stdin
			r := d.run(row.args...)
			assert.Equal(t, cli.ExitUsage, r.code, r.stderr)
			assert.Contains(t, r.stderr, "not UTF-8")
		})
	}
	assert.Empty(t, sb.Ledger())
	d.T, d.stdin = t, `{"first_name":"A\ud83d\ude00"}`
	d.done(issue(sb, "--body", "-")...)
}
