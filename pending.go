package bardge

import (
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
)

// PendingOperation is an open operation of the journal that no call works on
// any more. It prints by allow-list: no header, no body.
type PendingOperation struct {
	// ID is its name in the journal, for [Client.ResolveID]: "ref:" and the
	// ref, "key:" and the key where it has no ref, or "call:" and a name of its
	// own.
	ID string
	// Operation is the operation's name, such as "IssuePass".
	Operation string
	// Ref is the caller's name for it; empty where it goes by its key.
	Ref string
	// Key is its idempotency key with what is known of it; zero if it takes
	// none.
	Key Key
	// Since is when the intent was recorded, before the first send, by the wall
	// clock of the machine that did.
	Since time.Time
	// PathID is the id in the request's path, such as the session of a
	// confirmation; empty where the path has none.
	PathID string
	// Header holds the headers of the call itself, such as a lookup token's.
	Header http.Header
	// Body is the request's, as JSON; nil if it has none.
	Body []byte
}

// newPending takes over what the engine knows.
func newPending(o idem.PendingOperation) PendingOperation {
	return PendingOperation{
		ID:        o.ID,
		Operation: o.Request.Operation.Name,
		Ref:       o.Ref,
		Key:       o.Key,
		Since:     o.Since,
		PathID:    pathID(o.Request),
		Header:    o.Request.Header,
		Body:      o.Request.Body,
	}
}

// pathID returns the id in a request's path; empty if its operation has none.
func pathID(r idem.Request) string {
	before, _, found := strings.Cut(gen.OperationID(r.Operation.Name).Operation().Path, "{")
	rest, fits := strings.CutPrefix(r.Path, before)
	if !found || !fits {
		return ""
	}
	segment, _, _ := strings.Cut(rest, "/")
	id, _ := url.PathUnescape(segment)
	return id
}

// String returns operation, ref, key and since when it is open.
func (o PendingOperation) String() string { return o.printed().String() }

// LogValue logs what String returns, as a group.
func (o PendingOperation) LogValue() slog.Value { return slog.GroupValue(o.printed().Attrs()...) }

func (o PendingOperation) printed() sdk.PendingOperation {
	return sdk.PendingOperation{Operation: o.Operation, ID: o.ID, Ref: o.Ref, Key: o.Key, Since: o.Since}
}
