package journalcmd

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/spf13/pflag"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/cmd/bardge/internal/connect"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
)

// Desk is the journal that flags and environment name.
type Desk struct{ desk *desk }

// NewDesk adds the flags of a journal, its secrets and its API.
func NewDesk(app *cli.App, flags *pflag.FlagSet) *Desk {
	d := &desk{app: app, flags: connect.New(app)}
	d.flags.AddJournal(flags)
	d.flags.AddAPI(flags, "API key")
	d.flags.AddPaths(flags)
	d.flags.AddBlueSnap(flags)
	return &Desk{d}
}

// HasJournal reports whether flags or environment name a journal.
func (d *Desk) HasJournal() bool { return d.desk.flags.HasJournal() }

// Book is an open journal, as a program that runs for long reads and changes it.
type Book struct {
	desk    *desk
	journal connect.Journal

	mu    sync.Mutex
	known *identity // nil until the journal is used
}

// identity is a journal with whose it is.
type identity struct {
	*opened

	noAPI error // why the API is not called
}

// Open opens the journal, for reading alone unless writes are allowed. The
// caller must close it.
func (d *Desk) Open(ctx context.Context, allowWrites bool) (*Book, error) {
	open := d.desk.flags.OpenReadOnly
	if allowWrites {
		open = d.desk.flags.OpenJournal
	}
	j, err := open(ctx)
	if err != nil {
		return nil, err
	}
	b := &Book{desk: d.desk, journal: j}
	if _, err := b.identify(ctx); err != nil {
		return nil, errors.Join(err, j.Close())
	}
	return b, nil
}

// Close waits for what has begun, and closes the journal.
func (b *Book) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	var err error
	if b.known != nil && b.known.client != nil {
		err = closeClient(context.Background(), b.known.client)
	}
	return errors.Join(err, b.journal.Close())
}

// identify returns the journal with its client. One that was never used has
// none; a program may have begun to use it meanwhile.
func (b *Book) identify(ctx context.Context) (*identity, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.known != nil {
		return b.known, nil
	}
	found, err := b.desk.identify(ctx, b.journal, credentials{})
	if err != nil {
		return nil, err
	}
	known := &identity{opened: found}
	if found.client == nil && !found.sealed {
		return known, nil
	}
	if found.client != nil {
		var c credentials
		if c, known.noAPI = b.desk.credentials(found.account); known.noAPI == nil {
			known.opened, err = b.desk.identify(ctx, b.journal, c)
		}
	}
	if err == nil {
		b.known = known
	}
	return known, err
}

// Whose describes whose journal it is.
type Whose struct {
	// Account is the journal's, and so that of all its operations; empty: it was
	// never used, or is sealed.
	Account string
	// Sealed: no secret that was given opens the journal.
	Sealed bool
	// NoAPI is why the API is not called; nil: it can be.
	NoAPI error
}

// Whose returns whose journal it is.
func (b *Book) Whose(ctx context.Context) (Whose, error) {
	o, err := b.identify(ctx)
	if err != nil {
		return Whose{}, err
	}
	w := Whose{Sealed: o.sealed, NoAPI: o.noAPI}
	if o.client != nil {
		w.Account = o.account.String()
	}
	return w, nil
}

// Stats counts the journal's operations.
func (b *Book) Stats(ctx context.Context) (journal.Stats, error) {
	reader, err := readerOf(b.journal)
	if err != nil {
		return journal.Stats{}, err
	}
	return reader.Stats(ctx)
}

// Entry is an operation with what may be done about it now.
type Entry struct {
	view

	// MaySend: it was never sent, or is safe to send again.
	MaySend bool
	// MayResolve: a person may report what became of it.
	MayResolve bool
	// Stored: the server has stored a failure under its key, so that repeating
	// brings the same one.
	Stored bool
	// ShowKey is the command line that prints its key in full, where one
	// operation is shown. It has no key itself.
	ShowKey string
}

// LastReport returns what a person reported last, in words; "" if none did.
func (e *Entry) LastReport() string {
	if len(e.Resolutions) == 0 {
		return ""
	}
	return e.Resolutions[len(e.Resolutions)-1].text()
}

// List returns one page of the operations that match the filter, without their
// timelines and advice.
func (b *Book) List(ctx context.Context, f journal.Filter) ([]*Entry, error) {
	o, err := b.identify(ctx)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	found, err := o.page(ctx, f, now)
	page := make([]*Entry, len(found))
	for i, v := range found {
		page[i] = newEntry(v, now)
	}
	return page, err
}

// Show returns one operation.
func (b *Book) Show(ctx context.Context, id string) (*Entry, error) {
	o, err := b.identify(ctx)
	if err != nil {
		return nil, err
	}
	v, err := b.desk.view(ctx, o.opened, id)
	if err != nil {
		return nil, err
	}
	e := newEntry(v, time.Now())
	e.ShowKey = b.desk.flags.JournalCommand("list", "")
	if v.Ref != "" {
		e.ShowKey = b.desk.commandFor("show", v.ID, v.Ref)
	}
	return e, nil
}

func newEntry(v *view, now time.Time) *Entry {
	return &Entry{view: *v, MaySend: v.maySend(now), MayResolve: v.mayResolve(), Stored: v.stored}
}

// maySend reports whether recovery sends the operation.
func (v *view) maySend(now time.Time) bool {
	until := ParseStamp(v.SafeUntil)
	switch {
	case v.Owned || v.Sealed != "":
		return false
	case v.State == "reserved":
		return true
	case v.State != "open":
		return false
	default:
		return v.class == idem.Idempotent || v.class == idem.Keyed && v.Ref != "" && !v.stored && until.After(now)
	}
}

func (v *view) mayResolve() bool {
	return v.Sealed == "" && !v.Owned && (v.State == "open" || v.State == "reserved" || v.ByPerson)
}

// Reading is what the API shows of an operation.
type Reading struct {
	// Done: it was executed, and made what ID names, if that is known.
	Done bool
	ID   string
	// Evidence describes what was found.
	Evidence string
}

// Look reads what the API shows of an open operation, and records nothing.
func (b *Book) Look(ctx context.Context, id string) (Reading, error) {
	o, err := b.calling(ctx)
	if err != nil {
		return Reading{}, err
	}
	return o.client.look(ctx, id)
}

// withClient returns the journal, which must be open and in use.
func (b *Book) withClient(ctx context.Context) (*identity, error) {
	o, err := b.identify(ctx)
	if err == nil {
		err = o.needClient()
	}
	return o, err
}

// calling returns the journal with a client that may call the API.
func (b *Book) calling(ctx context.Context) (*identity, error) {
	o, err := b.withClient(ctx)
	if err == nil {
		err = o.noAPI
	}
	return o, err
}

// Resolution is what a person reports about an operation.
type Resolution struct {
	// Executed reports that the operation was executed, and made or changed the
	// thing with this ID, which may be empty.
	Executed bool
	ID       string
	// By is who reports it, Note the reason.
	By, Note string
	// Generation is which operation of the ref is meant.
	Generation int
	// Unverified has the ID believed without reading it from the API.
	Unverified bool
}

// Resolve records what became of an operation. It fails if the API, when it is
// read first, shows the opposite.
func (b *Book) Resolve(ctx context.Context, id string, r Resolution) error {
	o, err := b.withClient(ctx)
	if err != nil {
		return err
	}
	if !r.Executed && o.noAPI == nil {
		if found, err := o.client.look(ctx, id); err == nil && found.Done {
			return &ContradictionError{ID: found.ID, Evidence: found.Evidence}
		}
	}
	return o.client.resolve(ctx, id, r)
}

// ContradictionError refuses a resolution that the API contradicts.
type ContradictionError struct {
	// ID is what the operation made, Evidence what was found.
	ID, Evidence string
}

// Error describes the contradiction.
func (e *ContradictionError) Error() string {
	return "the API shows that it was executed: " + e.Evidence
}

// Sent is what became of an operation that was sent.
type Sent struct {
	// Outcome is what is known about it now.
	Outcome idem.Outcome
	// Reason is why it is not done; "" if it is.
	Reason string
}

// Send has recovery take up one operation now: it is sent, if that is safe. The
// error is [ErrNotTaken], or why the journal could not be read or written. The
// journal must be open for writing.
func (b *Book) Send(ctx context.Context, id string) (Sent, error) {
	o, err := b.calling(ctx)
	if err != nil {
		return Sent{}, err
	}
	c, err := b.desk.credentials(o.account)
	if err != nil {
		return Sent{}, err
	}
	only, err := b.desk.identify(ctx, &oneRecord{Journal: b.journal, id: id}, c)
	if err != nil {
		return Sent{}, err
	}
	sent, err := only.sendOne(ctx)
	return sent, errors.Join(err, closeClient(ctx, only.client))
}

// sendOne runs recovery on a journal of which it finds one record.
func (o *opened) sendOne(ctx context.Context) (Sent, error) {
	for r, err := range o.client.recover(ctx, bardge.RecoveryOptions{Limit: 1}) {
		if err != nil {
			return Sent{}, err
		}
		sent := Sent{Outcome: r.outcome}
		if r.err != nil {
			sent.Reason = newTaken(r).Reason
		}
		return sent, nil
	}
	return Sent{}, ErrNotTaken
}
