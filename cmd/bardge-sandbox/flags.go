package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// settings are the command line's flags.
type settings struct {
	vendor string
	addr   string
	faults []scripted
	rate   float64
	seed   uint64
}

// scripted is a fault for one request. The vendor checks the operation's name.
type scripted struct {
	operation string
	fault     fakeserver.Fault
}

func parse(args []string, errs io.Writer) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("bardge-sandbox", flag.ContinueOnError)
	flags.SetOutput(errs)
	flags.StringVar(&s.vendor, "vendor", "bardge", "whose `API`: bardge or bluesnap")
	flags.StringVar(&s.addr, "addr", "127.0.0.1:8787", "loopback `address` to listen on; port 0 is a free one")
	flags.Func("fault", "`Operation=fault` for the next request of an operation, such as IssuePass=lose-response or "+
		"CreateCardTransaction=unavailable=2s; repeat it for more", s.addFault)
	flags.Float64Var(&s.rate, "faults", 0, "`probability`, 0 to 1, of a random fault on each request")
	flags.Uint64Var(&s.seed, "seed", 1, "`number` that random faults begin with")
	if err := flags.Parse(args); err != nil {
		return settings{}, err
	}
	if flags.NArg() > 0 {
		return settings{}, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	return s, loopback(s.addr)
}

func (s *settings) addFault(text string) error {
	name, rest, _ := strings.Cut(text, "=")
	fault, err := fakeserver.ParseFault(rest)
	if err != nil {
		return err
	}
	s.faults = append(s.faults, scripted{name, fault})
	return nil
}

// loopback refuses addresses that other machines can reach: the sandbox shows
// its credentials.
func loopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return errors.New("-addr must be a loopback address, such as 127.0.0.1:8787")
	}
	return nil
}

func (s *settings) options() []fakeserver.Option {
	return []fakeserver.Option{fakeserver.WithRandomFaults(s.seed, s.rate)}
}
