package sandboxserver

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// Bind adds the flags of a sandbox to a set; parsing it fills the
// configuration.
func (c *Config) Bind(flags *flag.FlagSet) {
	flags.Var(text(&c.Vendor, "bardge"), "vendor", "whose `API`: bardge or bluesnap")
	flags.Var(text(&c.Addr, DefaultAddr), "addr", "loopback `address` to listen on; port 0 is a free one")
	flags.BoolVar(&c.ListenAnywhere, "listen-anywhere", false, "allow an address that other machines reach")
	flags.Func("host", "`name` that the Host of a request to the control API may have besides localhost, such as "+
		"sandbox; without a port, the sandbox's own is meant; repeatable",
		list(&c.Hosts))
	flags.Var(text(&c.TLSCert, ""), "tls-cert", "PEM `file` with the certificate; serves https")
	flags.Var(text(&c.TLSKey, ""), "tls-key", "PEM `file` with the certificate's key")
	flags.Func("cors-origin", "`origin` whose pages may call the API, such as http://localhost:3000, or *; repeatable",
		list(&c.CORSOrigins))
	flags.BoolVar(&c.NoControl, "no-control", false, "switch the control API /_sandbox/ off")

	flags.Func("key-memory", "`time` for which a key is remembered, above 0s (default the vendor's)", c.setKeyMemory)
	flags.Func("account", "`NAME:SECRET` of one more account; without a secret, one is chosen; repeatable",
		c.addAccount)
	flags.Func("switch", "`NAME=VALUE`, a behaviour that the vendor leaves open; repeatable", c.addSwitch)
	flags.Var(text(&c.SeedFile, ""), "seed", "JSON `file` with what exists from the start")
	flags.BoolVar(&c.Strict, "strict", false, "refuse what the vendor's contract does not name")
	flags.BoolVar(&c.Preview, "preview", false, "emulate the previews too, whose paths no page of the vendor shows")

	flags.Func("fault", "`Operation=fault` for the next request of an operation, such as IssuePass=lose-response or "+
		"CreateCardTransaction=unavailable=2s; repeatable; the faults are listed below", c.addFault)
	flags.Float64Var(&c.FaultRate, "faults", 0, "`probability`, 0 to 1, of a random fault on each request")
	flags.Uint64Var(&c.FaultSeed, "faults-seed", 1, "`number` that random faults begin with")

	flags.Func("drift", "`bend` of the API away from its contract, such as 'IssuePass: rename tx_ref reference'; "+
		"repeatable; the bends are listed below", c.addBend)

	flags.Var(text(&c.LedgerFile, ""), "ledger", "`file` to append the ledger to, a line of JSON per request")
	flags.IntVar(&c.LedgerLimit, "ledger-limit", DefaultLedgerLimit,
		"`lines` of the ledger to keep in memory; 0 keeps all")
	flags.BoolVar(&c.ReadyJSON, "ready-json", false, "print one line of JSON when the sandbox serves, and nothing else")
}

var errEmpty = errors.New("it is empty; leave the flag out for its default")

// given is the value of a flag that must not be empty: an unset variable of a
// script would mean the default.
type given struct{ value *string }

// text makes such a flag with its default.
func text(value *string, standard string) *given {
	*value = standard
	return &given{value}
}

// Set sets the value.
func (g *given) Set(text string) error {
	if text == "" {
		return errEmpty
	}
	*g.value = text
	return nil
}

// String returns the value.
func (g *given) String() string {
	if g.value == nil { // package flag asks the zero value, too
		return ""
	}
	return *g.value
}

// Type is the value's type in a command's help.
func (*given) Type() string { return "string" }

func list(values *[]string) func(string) error {
	return func(text string) error {
		if text == "" {
			return errEmpty
		}
		*values = append(*values, text)
		return nil
	}
}

func (c *Config) setKeyMemory(text string) error {
	d, err := time.ParseDuration(text)
	switch {
	case err != nil:
		return errors.New("it is no time, such as 90s")
	case d <= 0:
		return fmt.Errorf("%v is not positive", d)
	}
	c.KeyMemory = d
	return nil
}

func (c *Config) addAccount(text string) error {
	name, secret, _ := strings.Cut(text, ":")
	if name == "" {
		return fmt.Errorf("an account is NAME:SECRET")
	}
	if slices.ContainsFunc(c.Accounts, func(one fakeserver.NewAccount) bool { return one.Name == name }) {
		return fmt.Errorf("the account %s is given twice", name)
	}
	c.Accounts = append(c.Accounts, fakeserver.NewAccount{Name: name, Secret: secret})
	return nil
}

// withAccountFlag adds to the error of a seed for an unknown account how there
// is one.
func withAccountFlag(err error) error {
	if unknown, ok := errors.AsType[*fakeserver.UnknownAccountError](err); ok && unknown.Name != "" {
		return fmt.Errorf("%w; add it with --account %s:KEY", err, unknown.Name)
	}
	return err
}

func (c *Config) addSwitch(text string) error {
	name, value, ok := strings.Cut(text, "=")
	if !ok {
		return fmt.Errorf("a switch is NAME=VALUE")
	}
	if _, given := c.Switches[name]; given {
		return fmt.Errorf("the switch %s is given twice", name)
	}
	if c.Switches == nil {
		c.Switches = map[string]string{}
	}
	c.Switches[name] = value
	return nil
}

// addFault checks the fault; the vendor checks the operation's name.
func (c *Config) addFault(text string) error {
	_, fault, _ := strings.Cut(text, "=")
	if _, err := fakeserver.ParseFault(fault); err != nil {
		return err
	}
	c.Faults = append(c.Faults, text)
	return nil
}

// addBend reads a bend; the vendor checks the names in it.
func (c *Config) addBend(text string) error {
	b, err := fakeserver.ParseBend(text)
	if err == nil {
		c.Bends = append(c.Bends, b)
	}
	return err
}

// FaultHelp lists all faults with what they do, for a command's help.
func FaultHelp() string {
	return listed("Faults:", fakeserver.KnownFaults(), func(f fakeserver.FaultForm) (string, string) {
		return f.Form(), f.Description
	})
}

// BendHelp lists all bends with what they do, for a command's help.
func BendHelp() string {
	return listed("Bends, after an operation or \"*\" and a colon:", fakeserver.KnownBends(),
		func(b fakeserver.BendForm) (string, string) { return b.Form(), b.Description })
}

func listed[T any](title string, all []T, describe func(T) (form, description string)) string {
	var text strings.Builder
	text.WriteString(title + "\n")
	columns := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	for _, one := range all {
		form, description := describe(one)
		_, _ = fmt.Fprintf(columns, "  %s\t%s\n", form, description)
	}
	_ = columns.Flush() // a strings.Builder does not fail
	return text.String()
}
