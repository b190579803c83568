package journal

import "context"

// Binder is what a [Reserver] implements so that a reservation needs nothing
// but the caller's transaction. Otherwise the journal's own Bind is used beside
// it, and a journal's first use waits for the transaction that is the cause of
// it: for its lock, or for its connection where a pool has no other.
type Binder interface {
	// BindWithin is [Journal] Bind inside the transaction.
	BindWithin(ctx context.Context, from, to []byte) ([]byte, error)
}
