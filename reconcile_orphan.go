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

	bound time.Duration // how long after Since it may have been sent, where a deadline allowed for more
}

// newPending takes over what the engine knows.
func newPending(o idem.PendingOperation) PendingOperation {
	name := o.Request.Operation.Name
	return PendingOperation{
		ID:        o.ID,
		Operation: name,
		Ref:       o.Ref,
		Key:       o.Key,
		Since:     o.Since,
		PathID:    pathID(gen.OperationID(name).Operation().Path, o.Request.Path),
		Header:    o.Request.Header,
		Body:      o.Request.Body,
		bound:     o.Bound,
	}
}

// pathID returns what stands in a path where its template has a placeholder.
func pathID(template, path string) string {
	segments := strings.Split(path, "/")
	for i, name := range strings.Split(template, "/") {
		if strings.HasPrefix(name, "{") && i < len(segments) {
			id, err := url.PathUnescape(segments[i])
			if err != nil {
				return ""
			}
			return id
		}
	}
	return ""
}

// String returns operation, ref, key and since when it is open.
func (o PendingOperation) String() string { return o.printed().String() }

// LogValue logs what String returns, as a group.
func (o PendingOperation) LogValue() slog.Value { return slog.GroupValue(o.printed().Attrs()...) }

func (o PendingOperation) printed() sdk.PendingOperation {
	return sdk.PendingOperation{Operation: o.Operation, ID: o.ID, Ref: o.Ref, Key: o.Key, Since: o.Since}
}
