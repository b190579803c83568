package web

import (
	"encoding/json"
	"fmt"
	"io"
)

// Ready is what a program needs to use a console.
type Ready struct {
	// URL is the address with the token, for one browser.
	URL string `json:"url"`
	// Origin is the address without a path, Authorization the header of
	// requests that scripts make.
	Origin        string `json:"origin"`
	Authorization string `json:"authorization"`
	// AllowsWrites reports whether requests may change something.
	AllowsWrites bool `json:"allows_writes"`
}

// Ready returns what a program needs to use the console.
func (s *Server) Ready() Ready {
	return Ready{
		URL: s.origin + "/?" + tokenParam + "=" + s.session.token, Origin: s.origin,
		Authorization: "Bearer " + s.session.secret, AllowsWrites: s.allowsWrites,
	}
}

// Announce prints where the console is: for people the address, as JSON a
// [Ready] in one line.
func (s *Server) Announce(out io.Writer, asJSON bool) error {
	ready := s.Ready()
	if asJSON {
		return json.NewEncoder(out).Encode(ready)
	}
	mode := "It is read only."
	if ready.AllowsWrites {
		mode = "It may change the journal."
	}
	_, err := fmt.Fprintf(out, "Console: %s\n%s The address works once, in one browser. Interrupt ends it.\n",
		ready.URL, mode)
	return err
}
