package profiles_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/idem/profiles"
)

var update = flag.Bool("update", false, "write docs/profiles.md anew")

const page = "../../docs/profiles.md"

const intro = `<!-- Written from idem/profiles by "go test ./idem/profiles -run Page -update"; DO NOT EDIT. -->

# Profiles of other vendors

Package ` + "`idem/profiles`" + ` describes how other vendors do idempotency, for the engine of this SDK. Each fact is *documented* (a
page of the vendor's states it), *secondary* (code or a text of others does) or *inferred* (nothing does: the careful
reading). The pages were read as stored copies: check the live page before you rely on a detail. None of the profiles
has been run against a vendor's production server.

` + "```go" + `
square := profiles.Square()
engine, err := idem.New(idem.Config{BaseURL: server.URL, Profile: square.Profile})
if err != nil {
	fmt.Println(err)
	return
}
create := square.Create
create.Name = "CreatePayment"
result := engine.Do(context.Background(), idem.Call{Request: idem.Request{
	Operation: create, Method: http.MethodPost, Path: "/v2/payments", Body: []byte(` + "`{\"source_id\":\"card\"}`" + `),
}})
` + "```" + `

[A transport](transport.md) takes a profile too, and [the conformance kit](conformance.md) tries a server by it.

Each profile runs against a model server of the vendor's rules, with lost responses, restarts, sleeping clocks and
keys that calls share. The model shares no code with the profiles. What the vendor's pages leave open differs from seed
to seed. Duplicates: 0. Wrong outcomes: 0. Profiles that are broken on purpose are found out.

` + "```sh" + `
go test ./idem/profiles -run TestProperty -seeds 500 -v # 20,000 operations per vendor
` + "```" + `

The column *not documented* names what rests on less than a page of the vendor's. A window is never longer than what is
guaranteed; where a key is kept for ever or nothing is stated, it is a careful time.
`

// TestPageIsWhatTheDataSays holds docs/profiles.md against the data.
func TestPageIsWhatTheDataSays(t *testing.T) {
	var b strings.Builder
	b.WriteString(intro)
	b.WriteString("\n| vendor | key | length | window | replay mark | another request | still running | stored | not documented |\n")
	b.WriteString("| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n")
	for _, v := range profiles.All() {
		b.WriteString(tableRow(v))
	}
	for _, v := range profiles.All() {
		fmt.Fprintf(&b, "\n## %s\n\n%s.\n\n| what | value | basis | source |\n| --- | --- | --- | --- |\n", v.Name, v.Scope)
		for _, f := range v.Facts {
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", f.Field, cell(f.Claim), f.Basis, link(f.Source))
		}
		for _, r := range v.Rules {
			fmt.Fprintf(&b, "| %s | %s: %s | %s | %s |\n", code(r.String()), signalNames[r.Signal], cell(r.Claim), r.Basis, link(r.Source))
		}
	}
	if *update {
		require.NoError(t, os.WriteFile(page, []byte(b.String()), 0o600))
	}
	written, err := os.ReadFile(page)
	require.NoError(t, err)
	assert.Equal(t, b.String(), string(written), "run it with -update")
}

func tableRow(v profiles.Vendor) string {
	p := v.Profile
	length := fmt.Sprint(p.KeyMaxLength)
	if f, ok := v.Fact("KeyAlphabet"); ok {
		length += ", " + f.Claim
	}
	stored, _ := v.Fact("Stored")
	return fmt.Sprintf("| [%s](#%s) | %s | %s | %s | %s | %s | %s | %s | %s |\n",
		v.Name, anchor(v.Name), carrier(p), length, windowText(p.KeyTTL), mark(p), rulesFor(v, idem.SignalKeyReused, idem.SignalAlreadyExecuted),
		rulesFor(v, idem.SignalInProgress), cell(stored.Claim), undocumented(v))
}

func anchor(name string) string {
	return strings.ToLower(strings.NewReplacer(" ", "-", ".", "").Replace(name))
}

func carrier(p idem.Profile) string {
	switch {
	case p.KeyField != "":
		return code(p.KeyField) + " in the body"
	case p.QuoteKey:
		return code(p.KeyHeader) + ", quoted"
	default:
		return code(p.KeyHeader)
	}
}

func windowText(d time.Duration) string {
	if d >= 48*time.Hour {
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	}
	if d >= time.Hour {
		return fmt.Sprintf("%d h", d/time.Hour)
	}
	return fmt.Sprintf("%d min", d/time.Minute)
}

func mark(p idem.Profile) string {
	switch {
	case p.ReplayHeader == "":
		return "none"
	case p.ReplayValue == "":
		return code(p.ReplayHeader)
	default:
		return code(p.ReplayHeader + ": " + p.ReplayValue)
	}
}

func rulesFor(v profiles.Vendor, signals ...idem.Signal) string {
	var all []string
	for _, r := range v.Rules {
		for _, s := range signals {
			if r.Signal == s {
				all = append(all, code(r.String()))
			}
		}
	}
	if all == nil {
		return "not distinguished"
	}
	return strings.Join(all, "; ")
}

func undocumented(v profiles.Vendor) string {
	var all []string
	for _, f := range v.Facts {
		if f.Basis != profiles.Documented && f.Field != "MaxElapsedTime" {
			all = append(all, f.Field)
		}
	}
	for _, r := range v.Rules {
		if r.Basis != profiles.Documented {
			all = append(all, code(r.String()))
		}
	}
	return strings.Join(all, ", ")
}

var signalNames = map[idem.Signal]string{
	idem.SignalError: "rejected, or a server error", idem.SignalKeyReused: "key reused", idem.SignalInProgress: "still running",
	idem.SignalAlreadyExecuted: "executed before", idem.SignalRetryable: "settles nothing, repeat", idem.SignalIndeterminate: "settles nothing, repeat a few times",
}

func code(s string) string { return "`" + s + "`" }

func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

func link(url string) string {
	if url == "" {
		return ""
	}
	return "<" + url + ">"
}
