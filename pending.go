package bardge

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
)

// PendingOperation is an open operation of the journal that no call works on
// any more. It prints by allow-list: no header, no body.
type PendingOperation struct {
	ID        string      // its name in the journal; see [OperationsService.GetID]
	Operation string      // such as "IssuePass"
	Ref       string      // the caller's name for it; empty if it has none
	Key       Key         // its idempotency key with what is known of it; zero if it takes none
	Since     time.Time   // when the intent was recorded, before the first send, by the recorder's wall clock
	PathID    string      // the id in the request's path, such as a confirmation's session; empty if none
	Header    http.Header // the headers of the call itself, such as a lookup token's
	Body      []byte      // the request's, as JSON; nil if it has none
}

func (p operationPaths) pending(o idem.PendingOperation) PendingOperation {
	return PendingOperation{
		ID:        o.ID,
		Operation: o.Request.Operation.Name,
		Ref:       o.Ref,
		Key:       o.Key,
		Since:     o.Since,
		PathID:    p.id(o.Request),
		Header:    o.Request.Header,
		Body:      o.Request.Body,
	}
}

// String returns operation, ref, key and Since.
func (o PendingOperation) String() string { return o.printed().String() }

// LogValue logs what String returns, as a group.
func (o PendingOperation) LogValue() slog.Value { return slog.GroupValue(o.printed().Attrs()...) }

func (o PendingOperation) printed() sdk.PendingOperation {
	return sdk.PendingOperation{Operation: o.Operation, ID: o.ID, Ref: o.Ref, Key: o.Key, Since: o.Since}
}
