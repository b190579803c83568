package main

import (
	"fmt"
	"io"
	"reflect"
	"text/tabwriter"

	"github.com/bardge/bardge-go/sandbox"
)

// describe prints what somebody needs to begin. The curl line repeats within 90 s, to show a replay.
func describe(out io.Writer, sb *sandbox.Sandbox, base string) {
	fmt.Fprintf(out, "Bardge sandbox: nothing here is real.\n\n")
	columns := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(columns, "base URL\t%s\nAPI key\t%s\n", base, sb.APIKey)
	seed := reflect.ValueOf(sb.Seed)
	for i := range seed.NumField() {
		fmt.Fprintf(columns, "%s\t%s\n", seed.Type().Field(i).Name, seed.Field(i))
	}
	_ = columns.Flush() // what cannot be printed cannot be told either
	fmt.Fprintf(out, `
Issue a pass, and again within 90 s to see it replayed:
  curl -i -X POST %s/issued_passes -H 'Authorization: Bearer %s' -H 'Content-Type: application/json'`+
		` -H 'Idempotency-Key: first-pass' -d '{"client_id":"%s","pass_id":"%s"}'

A request asks for a fault with a header, such as  -H '%s: %s'
`, base, sb.APIKey, sb.Seed.ClientID, sb.Seed.PassID, sandbox.FaultHeader, sandbox.LoseAnswer)
}
