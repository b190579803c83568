package main

import (
	"fmt"
	"reflect"
	"strings"
	"text/tabwriter"

	"github.com/bardge/bardge-go/sandbox"
)

// describe tells what somebody needs to begin. The curl line has a fixed key, so that it shows a replay.
func describe(sb *sandbox.Sandbox, base string) string {
	var text strings.Builder
	text.WriteString("Bardge sandbox: nothing here is real.\n\n")
	columns := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintf(columns, "base URL\t%s\nAPI key\t%s\n", base, sb.APIKey)
	seed := reflect.ValueOf(sb.Seed)
	for i := range seed.NumField() {
		_, _ = fmt.Fprintf(columns, "%s\t%s\n", seed.Type().Field(i).Name, seed.Field(i))
	}
	_ = columns.Flush() // a strings.Builder takes everything
	fmt.Fprintf(&text, `
Issue a pass, and again within 90 s to see it replayed:
  curl -i -X POST %s/issued_passes -H 'Authorization: Bearer %s' -H 'Content-Type: application/json'`+
		` -H 'Idempotency-Key: first-pass' -d '{"client_id":"%s","pass_id":"%s"}'

A request asks for a fault with a header, such as  -H '%s: %s'
`, base, sb.APIKey, sb.Seed.ClientID, sb.Seed.PassID, sandbox.FaultHeader, sandbox.LoseAnswer)
	return text.String()
}
