package idem

import (
	"context"

	"github.com/bardge/bardge-go/idem/internal/clock"
	"github.com/bardge/bardge-go/journal"
)

// BoundAccount returns the account that a journal belongs to, for programs that
// open the journals of others, and the accounts that it belonged to before. The
// account is zero if the journal was never used. Secrets are as in
// [Config].JournalSecrets; if none of them has sealed the journal, the error is
// [ErrJournalSecret]. It changes nothing (J17).
func BoundAccount(
	ctx context.Context, j journal.Journal, secrets ...[]byte,
) (bound Account, before []Account, err error) {
	switch {
	case j == nil:
		return bound, nil, &InvalidError{Field: "journal", Reason: "is nil"}
	case ctx == nil:
		return bound, nil, errNilContext
	}
	seal, err := newSeal(secrets)
	if err != nil {
		return bound, nil, err
	}
	l := sealedJournal{
		journal: j, seal: seal, clock: clock.New(nil, nil), panics: &panics{}, binder: &binder{},
		timeout: defaultJournalTimeout,
	}
	b, err := l.exchangeBinding(ctx, nil, nil)
	if err != nil {
		return bound, nil, journalFailure(err)
	}
	return b.Account, b.Previous, nil
}
