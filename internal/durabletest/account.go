package durabletest

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
)

// accountCases: a journal belongs to one account (J12).
var accountCases = []testCase{
	{"J12_the client of another account is refused", otherAccount},
}

func otherAccount(f *fixture) {
	s := f.serve()
	s.abandon("secret")
	f.Pass(lease + time.Second)
	theirs := s.engineOf("theirs", f.Journal(), "secret")
	r := theirs.Do(f.t.Context(), order("order-2"))
	require.ErrorIs(f.t, r.Err, idem.ErrOtherAccount)
	all := idem.Recovery{Operation: func(string) (idem.Operation, bool) { return issue, true }}
	for _, err := range theirs.Recover(f.t.Context(), all) {
		require.ErrorIs(f.t, err, idem.ErrOtherAccount)
	}
	s.assertExecuted(map[string]int{bodyOf("order-1"): 1})
	ours := s.engine(f.Journal(), "secret").Do(f.t.Context(), order("order-1"))
	require.NoError(f.t, ours.Err)
	s.assertExecuted(map[string]int{bodyOf("order-1"): 1})
}
