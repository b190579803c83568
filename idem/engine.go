package idem

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"reflect"
	"time"

	"github.com/bardge/bardge-go/idem/internal/clock"
	"github.com/bardge/bardge-go/idem/internal/pace"
	"github.com/bardge/bardge-go/idem/internal/sendonce"
	"github.com/bardge/bardge-go/journal"
)

// Config is what an Engine is made of.
type Config struct {
	Profile Profile // the vendor's way of idempotency
	Policy  Policy  // how operations are tried; zero values are the defaults
	// BaseURL is what a request's path is appended to. It must be https, or
	// http to a loopback host, without user, query or fragment. Blanks around
	// it and slashes at its end are trimmed.
	BaseURL string
	// Transport carries the attempts. An *http.Transport (nil: one like Go's
	// default) is cloned and made to speak HTTP/1.1 on connections that take
	// undelivered bytes with them when they close. Any other RoundTripper is
	// used as it is: a request that it gave up may arrive later, its late
	// writes are refused only where the body is read or, without one, where it
	// reports to httptrace, and attempts that follow a broken connection may
	// get another stale one.
	Transport http.RoundTripper
	// Header goes out with every attempt. A dump of the Engine by reflection
	// shows it: credentials belong into Authorize.
	Header http.Header
	// Authorize adds the credentials of each attempt. An error, or the
	// attempt's deadline, ends the call with nothing sent by that attempt. Nil
	// adds none.
	Authorize func(context.Context, http.Header) error
	// Sign signs each attempt, after Authorize: method, URL, headers and body
	// are as they will be sent, with the key. It may read the body, and change
	// headers alone, but not the key's: nothing is sent then. An error, or the
	// attempt's deadline, ends the call as Authorize's does. Nil signs nothing.
	Sign func(context.Context, *http.Request) error
	// RateLimit is the server's limit in requests a second, where it is known;
	// the engine's attempts keep 4 % below it. Zero: none is known, and a rate
	// is kept once the server rejects requests with 429 (R41).
	RateLimit float64
	// Limiter decides when an attempt may be sent, in place of RateLimit. Nil
	// is none.
	Limiter       Limiter
	MaxConcurrent int             // attempts at the same time; zero: no limit until the first 429, then 64
	Journal       journal.Journal // makes operations last longer than the process; nil is none
	// Account is the name of the account that the operations belong to. The
	// journal is bound to it, to Profile.Vendor and to BaseURL when it is first
	// used, and refuses other engines (J12). The API key is no part of it.
	Account        string
	JournalTimeout time.Duration // bounds each call of the journal; zero is 10 s
	// JournalSecrets, of 16 bytes or more, seal what the journal keeps of
	// requests and responses: the first one seals, all of them open, so that a
	// secret can be replaced. None leaves it in the clear; with one, a record
	// in the clear is refused (J14).
	JournalSecrets [][]byte
	// Resource names what an operation made, from its response's body, so that
	// Recover takes it for no other operation's. It returns "" for what makes
	// nothing. Nil names nothing.
	Resource func(operation string, body []byte) string
	// Scope names what an operation may make, such as bookings of one client
	// for one class, so that Recover knows all that may have made what it
	// finds. The journal keeps a digest of it. It returns "" for what is never
	// looked for. Where a key's window is longer than about half an hour, a
	// match is believed only while the journal keeps all that is as old
	// (journal.Keeper). Nil names nothing.
	Scope func(Request) string
	// Inspect holds the responses of a call against the API's description, and
	// returns all of its drift, including what Call.Decode found. It is called once,
	// before EventCallEnded, for each call that got a response; not for one
	// whose response the journal had. It must not keep or change what it gets.
	// A panic of it is contained, and adds nothing, as nil does.
	Inspect func(Inspection) []Drift
	// Observe gets every step, from the goroutine of the call: it must not
	// block. A panic of it is contained. Nil observes nothing.
	Observe func(Event)
	// Logger reports at level error, once, that a hook panicked which only
	// observes: Observe, or a hook of a trace in a call's context. Nil is
	// package log's.
	Logger           *slog.Logger
	MaxResponseBytes int64            // bounds a body, after decompression; zero is 10 MiB
	WallClock        func() time.Time // for tests; nil is time.Now
	// SleptClock returns how long the machine has slept since some moment, for
	// tests: if the wall clock jumps and this does not, the wall clock was set.
	// Nil uses the platform (Linux reports it) unless WallClock is set; where
	// nothing reports sleep, every jump counts as one.
	SleptClock func() time.Duration
}

const (
	defaultMaxResponseBytes = 10 << 20
	maxMaxResponseBytes     = 1 << 30
)

// Engine sends operations. It is safe for concurrent use.
type Engine struct {
	profile   Profile
	policy    Policy  // with its defaults
	given     Policy  // as it was given
	root      url.URL // the base URL, without a slash at its end
	base      string  // the same, as text
	session   *sendonce.Session
	header    http.Header
	authorize func(context.Context, http.Header) error
	sign      signer
	sealed    sealedJournal
	resource  func(string, []byte) string
	scope     func(Request) string
	inspect   func(Inspection) []Drift
	observe   func(Event)
	panics    *panics
	clock     clock.Clock
	keys      *keyRegistry
	window    window
	budget    budget
	pace      *pace.Pacer
	drain     *drainer
}

// New checks the configuration and makes an Engine.
func New(c Config) (*Engine, error) {
	profile, err := c.Profile.withDefaults()
	if err != nil {
		return nil, err
	}
	policy, err := c.Policy.withDefaults(profile)
	if err != nil {
		return nil, err
	}
	root, err := parseBaseURL(c.BaseURL)
	if err != nil {
		return nil, err
	}
	seal, err := newSeal(c.JournalSecrets)
	if err != nil {
		return nil, err
	}
	tooLarge := c.MaxResponseBytes < 0 || c.MaxResponseBytes > maxMaxResponseBytes
	nameless := c.Journal != nil && profile.Vendor == ""
	err = cmp.Or(
		invalidIf(tooLarge, "MaxResponseBytes", "is negative, or more than 1 GiB"),
		invalidIf(c.JournalTimeout < 0, "JournalTimeout", "is negative"),
		c.checkPace(),
		invalidIf(isNilPointer(c.Journal), "journal", "is a nil pointer"), // it would panic in a call
		invalidIf(isNilPointer(c.Transport), "transport", "is a nil pointer"),
		invalidIf(isNilPointer(c.Limiter), "limiter", "is a nil pointer"),
		invalidIf(nameless, "Profile.Vendor", "is empty: a journal belongs to one vendor's account"),
	)
	if err != nil {
		return nil, err
	}
	panics := &panics{logger: c.Logger}
	clocks := clock.New(c.WallClock, c.SleptClock)
	prompt, _ := c.Journal.(journal.Prompt)
	return &Engine{
		profile:   profile,
		policy:    policy,
		given:     c.Policy,
		base:      root.String(),
		root:      *root,
		session:   sendonce.NewSession(c.Transport, clocks, cmp.Or(c.MaxResponseBytes, defaultMaxResponseBytes)),
		header:    canonical(c.Header),
		authorize: boundAuthorizer(c.Authorize),
		sign:      c.Sign,
		sealed: sealedJournal{
			journal: c.Journal, seal: seal, clock: clocks, panics: panics,
			binder:  &binder{account: Account{Vendor: profile.Vendor, BaseURL: root.String(), Name: c.Account}},
			timeout: cmp.Or(c.JournalTimeout, defaultJournalTimeout),
			watches: &watches{},
			prompt:  prompt != nil && prompt.IsPrompt(),
		},
		resource: c.Resource,
		scope:    c.Scope,
		inspect:  c.Inspect,
		observe:  c.Observe,
		panics:   panics,
		clock:    clocks,
		keys:     newKeyRegistry(policy.KeyTTL),
		window:   window{ttl: policy.KeyTTL, margin: policy.KeyTTLMargin},
		pace:     pace.New(pace.Settings{Rate: c.RateLimit, MaxInFlight: c.MaxConcurrent, Limiter: c.Limiter}),
		drain:    &drainer{closing: make(chan struct{}), idle: make(chan struct{})},
	}, nil
}

func isNilPointer(hook any) bool {
	v := reflect.ValueOf(hook)
	return v.Kind() == reflect.Pointer && v.IsNil()
}

// CloseIdleConnections closes the idle connections of the engine's own pool,
// not a custom RoundTripper's.
func (e *Engine) CloseIdleConnections() { e.session.CloseIdleConnections() }

func (e *Engine) resourceOf(op Operation, a *Response) string {
	if e.resource == nil || a == nil || !op.succeeds(a.Status) {
		return ""
	}
	return e.resource(op.Name, a.Body)
}

func (e *Engine) scopeOf(r Request) string {
	if e.scope == nil {
		return ""
	}
	return scopeDigest(e.scope(r))
}
