package sandboxserver

import (
	"fmt"
	"reflect"
	"strings"
	"text/tabwriter"

	"github.com/bardge/bardge-go/internal/sandboxserver/control"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// Ready is what a program needs to use a sandbox. Nothing in it is real.
type Ready struct {
	// Vendor is whose API is served.
	Vendor string `json:"vendor"`
	// BaseURL is the API's base URL.
	BaseURL string `json:"base_url"`
	// ControlURL is the control API's, with a slash at its end; "" if it is
	// off.
	ControlURL string `json:"control_url"`
	// ConsoleURL is the page of live requests in a browser; "" if there is none.
	// It holds a token, and works once, in the browser that opens it first.
	ConsoleURL string `json:"console_url"`
	// Credentials are the sandbox's own account's: "api_key", or "username",
	// "password" and "merchant_id".
	Credentials map[string]string `json:"credentials"`
	// Values are others that the vendor's sandbox reacts to, by name.
	Values map[string]string `json:"values"`
	// Seed holds what exists from the start, by the names of its Go fields.
	Seed map[string]string `json:"seed"`
}

// Ready returns what a program needs to use the sandbox.
func (s *Server) Ready() Ready {
	guide := s.guide()
	ready := Ready{
		Vendor: s.sandbox.vendor, BaseURL: guide.BaseURL,
		Credentials: guide.Credentials, Values: guide.Values, Seed: guide.Seed,
	}
	if s.control != nil {
		ready.ControlURL = s.origin + control.Prefix
	}
	if s.console != nil {
		ready.ConsoleURL = s.console.URL()
	}
	return ready
}

// guide returns what the control API shows of it.
func (s *Server) guide() control.Guide {
	base := s.origin + s.sandbox.basePath
	return control.Guide{
		Name: s.sandbox.name, BaseURL: base,
		Credentials: byName(s.sandbox.credentials), Values: byName(s.sandbox.facts),
		Seed: byName(s.sandbox.seedFacts()),
		Curl: s.sandbox.curl(base), Example: s.sandbox.example,
	}
}

func byName(facts []fact) map[string]string {
	values := make(map[string]string, len(facts))
	for _, f := range facts {
		values[f.name] = f.value
	}
	return values
}

func (e *emulated) seedFacts() []fact {
	fields := reflect.ValueOf(e.seed)
	facts := make([]fact, fields.NumField())
	for i := range facts {
		name := fields.Type().Field(i).Name
		facts[i] = fact{name, name, fields.Field(i).String()}
	}
	return facts
}

// describe returns the same for people, with a curl line that has a fixed key,
// so that it shows a replay.
func (s *Server) describe() string {
	ready := s.Ready()
	var text strings.Builder
	fmt.Fprintf(&text, "%s sandbox: nothing here is real.\n\n", s.sandbox.name)
	columns := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintf(columns, "base URL\t%s\n", ready.BaseURL)
	if ready.ControlURL != "" {
		_, _ = fmt.Fprintf(columns, "control API\t%sopenapi.json\n", ready.ControlURL)
	}
	if ready.ConsoleURL != "" {
		_, _ = fmt.Fprintf(columns, "live requests\t%s\n", ready.ConsoleURL)
	}
	for _, facts := range [][]fact{s.sandbox.credentials, s.sandbox.facts, s.sandbox.seedFacts()} {
		for _, f := range facts {
			_, _ = fmt.Fprintf(columns, "%s\t%s\n", f.label, f.value)
		}
	}
	_ = columns.Flush() // a strings.Builder does not fail
	fmt.Fprintf(&text, "\n%s\n  %s\n\nA request selects a fault with a header, such as  -H '%s: %s'\n",
		s.sandbox.example, s.sandbox.curl(ready.BaseURL), fakeserver.FaultHeader, fakeserver.LoseResponse)
	return text.String()
}
