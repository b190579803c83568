package sandboxserver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// Defaults of [Config].
const (
	DefaultAddr        = "127.0.0.1:8787"
	DefaultLedgerLimit = 100_000
)

// Config is how a sandbox is served. The zero value serves Bardge's on
// [DefaultAddr].
type Config struct {
	// Vendor is whose API is emulated: "bardge" or "bluesnap"; "" is bardge.
	Vendor string
	// Addr is the address to listen on; "" is [DefaultAddr]. Port 0 is a free
	// one. Only loopback addresses are allowed, unless ListenAnywhere is set.
	Addr string
	// ListenAnywhere allows addresses that other machines reach. The sandbox
	// shows its credentials to everyone.
	ListenAnywhere bool
	// Hosts are names by which the control API may be called, besides the
	// loopback ones, such as "sandbox" or "sandbox:9000".
	Hosts []string
	// TLSCert and TLSKey are PEM files; both or neither.
	TLSCert, TLSKey string
	// CORSOrigins are the origins whose pages may call the API itself, such as
	// "http://localhost:3000"; "*" is any. The control API allows none.
	CORSOrigins []string
	// NoControl switches the control API off.
	NoControl bool

	// KeyMemory is how long an idempotency key is remembered; 0 is the
	// vendor's.
	KeyMemory time.Duration
	// Accounts exist from the start, besides the sandbox's own.
	Accounts []fakeserver.NewAccount
	// Switches are positions of the vendor's switches, by name.
	Switches map[string]string
	// SeedFile has what exists from the start, in JSON; "" is the sandbox's own
	// seed.
	SeedFile string
	// Strict refuses what the vendor's contract does not name.
	Strict bool
	// Preview emulates the operations of which no page of the vendor shows the
	// path.
	Preview bool

	// Faults are queued from the start: "IssuePass=lose-response".
	Faults []string
	// FaultRate is the probability, 0 to 1, of a random fault on each request
	// without another.
	FaultRate float64
	// FaultSeed begins the draws of random faults.
	FaultSeed uint64

	// Bends are differences from the vendor's contract.
	Bends []fakeserver.Bend

	// LedgerFile gets each line of the ledger in JSON, appended when the
	// request ends; "" is none.
	LedgerFile string
	// LedgerLimit is how many lines are kept in memory; 0 keeps all. The flag's
	// default is [DefaultLedgerLimit].
	LedgerLimit int

	// Console makes pages that show the sandbox and steer it over its control
	// API, for [Run]; nil is none. Without a control API there are none.
	Console func(ctx context.Context, s *Server) (Console, error)

	// ReadyJSON makes [Run] print one line of JSON, a [Ready], and nothing
	// else.
	ReadyJSON bool
	// Version is the program's, for the control API; "" is unknown.
	Version string
	// Out is where [Run] prints; nil is nowhere.
	Out io.Writer
	// Warn gets warnings, each a sentence without its end; nil drops them.
	Warn func(text string)
}

// Console is pages that show a sandbox.
type Console interface {
	// URL is where the pages are.
	URL() string
	// Serve answers until ctx ends.
	Serve(ctx context.Context) error
}

// listenAddr returns the address to listen on, if it is allowed.
func (c *Config) listenAddr() (string, error) {
	addr := cmp.Or(c.Addr, DefaultAddr)
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "", fmt.Errorf("--addr: %w", err)
	}
	if _, err := net.DefaultResolver.LookupPort(context.Background(), "tcp", port); err != nil {
		return "", fmt.Errorf("--addr: invalid port %s", port)
	}
	if !c.ListenAnywhere && !isLoopback(host) {
		return "", errors.New("--addr must be a loopback address, such as " + DefaultAddr + ": other machines would " +
			"reach the sandbox, which shows its credentials; --listen-anywhere allows it")
	}
	return addr, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// check checks what the options would report under names of their own.
func (c *Config) check() error {
	if !(c.FaultRate >= 0 && c.FaultRate <= 1) { // NaN is neither
		return fmt.Errorf("--faults: %v is not between 0 and 1", c.FaultRate)
	}
	if c.KeyMemory < 0 {
		return fmt.Errorf("--key-memory: %v is negative", c.KeyMemory)
	}
	if c.LedgerLimit < 0 {
		return fmt.Errorf("--ledger-limit: %d is negative; 0 keeps all lines", c.LedgerLimit)
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return errors.New("--tls-cert and --tls-key: give both, or neither")
	}
	for _, host := range c.Hosts {
		if strings.ContainsAny(host, "/\\?#@*, ") { // no request would have it
			return fmt.Errorf("--host: %q is not a name, such as sandbox or sandbox:9000", host)
		}
	}
	for _, origin := range c.CORSOrigins {
		if err := checkOrigin(origin); err != nil {
			return err
		}
	}
	return nil
}

// options returns the sandbox's options. lines gets the ledger; nil is none.
func (c *Config) options(lines io.Writer) ([]fakeserver.Option, error) {
	opts := []fakeserver.Option{
		fakeserver.WithRandomFaults(c.FaultSeed, c.FaultRate), fakeserver.WithLedgerLimit(c.LedgerLimit),
		fakeserver.WithDrift(c.Bends...),
	}
	if c.KeyMemory != 0 {
		opts = append(opts, fakeserver.WithKeyMemory(c.KeyMemory))
	}
	for _, account := range c.Accounts {
		opts = append(opts, fakeserver.WithAccount(account.Name, account.Secret))
	}
	for name, value := range c.Switches {
		opts = append(opts, fakeserver.WithSwitch(name, value))
	}
	if c.SeedFile != "" {
		data, err := os.ReadFile(c.SeedFile)
		if err != nil {
			return nil, fmt.Errorf("--seed: %w", err)
		}
		opts = append(opts, fakeserver.WithSeed(data))
	}
	if c.Strict {
		opts = append(opts, fakeserver.WithStrict())
	}
	if c.Preview {
		opts = append(opts, fakeserver.WithPreview())
	}
	if lines != nil {
		opts = append(opts, fakeserver.WithLedgerWriter(lines))
	}
	return opts, nil
}

// queue queues the faults of the start.
func (c *Config) queue(control *fakeserver.Control) error {
	for _, text := range c.Faults {
		operation, fault, _ := strings.Cut(text, "=")
		rule := fakeserver.FaultRule{Operation: operation, Fault: fakeserver.Fault(fault)}
		if err := control.QueueFaults(rule); err != nil {
			return fmt.Errorf("--fault %s: %w", text, err)
		}
	}
	return nil
}
