package sqlite_test

import (
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/journal/sqlite"
	"github.com/bardge/bardge-go/sandbox"
)

// outbox is a program whose first use of the journal is a reservation.
type outbox struct {
	t   *testing.T
	api *sandbox.Sandbox
	j   *sqlite.Journal
	db  *sql.DB
}

func newOutbox(t *testing.T) outbox {
	t.Helper()
	path := filepath.Join(t.TempDir(), "shop.db")
	j, err := sqlite.Open(path)
	require.NoError(t, err)
	db, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate")
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, db.Close())
		require.NoError(t, j.Close())
	})
	return outbox{t: t, api: sandbox.Start(t), j: j, db: db}
}

func (o outbox) client(account string) *bardge.Client {
	o.t.Helper()
	client, err := bardge.New(o.api.APIKey, bardge.WithJournal(o.j, account),
		bardge.WithBaseURL(o.api.URL), bardge.WithHTTPClient(o.api.Client()))
	require.NoError(o.t, err)
	return client
}

func (o outbox) issue(c *bardge.Client, ref string, opts ...bardge.CallOption) error {
	_, _, err := c.IssuedPasses.Issue(o.t.Context(), bardge.IssuePassParams{
		ClientID: o.api.Seed.ClientID, PassID: o.api.Seed.PassID,
	}, append(opts, bardge.WithRef(ref))...)
	return err
}

// reserve reserves an operation per ref in one transaction, and returns it.
func (o outbox) reserve(c *bardge.Client, refs ...string) *sql.Tx {
	o.t.Helper()
	tx, err := o.db.BeginTx(o.t.Context(), nil)
	require.NoError(o.t, err)
	begun := time.Now()
	for _, ref := range refs {
		require.NoError(o.t, bardge.Reserve(o.j.Reserver(tx), func(reserve bardge.CallOption) error {
			return o.issue(c, ref, reserve)
		}))
	}
	assert.Less(o.t, time.Since(begun), 4*time.Second, "it does not wait for its own transaction")
	return tx
}

func TestJ12_AReservationMayBeAJournalsFirstUse(t *testing.T) {
	o := newOutbox(t)
	client := o.client("acme")
	require.NoError(t, o.reserve(client, "order-1", "order-2").Commit())
	require.ErrorIs(t, o.issue(o.client("other"), "order-1"), bardge.ErrOtherAccount)
	require.NoError(t, o.issue(client, "order-1"))
	assert.Equal(t, 1, o.api.Executed(sandbox.IssuePass))
}

func TestJ12_ARolledBackReservationBindsNothing(t *testing.T) {
	for name, refs := range map[string][]string{
		"one": {"order-1"},
		"two, of which the second one reads what the first one has bound": {"order-1", "order-2"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOutbox(t)
			client := o.client("acme")
			require.NoError(t, o.reserve(client, refs...).Rollback())
			require.NoError(t, o.issue(o.client("other"), "order-1"), "the journal is nobody's")
			for _, ref := range []string{"order-1", "order-3"} {
				require.ErrorIs(t, o.issue(client, ref), bardge.ErrOtherAccount)
			}
			assert.Equal(t, 1, o.api.Executed(sandbox.IssuePass))
		})
	}
}

func TestJ12_AfterARollbackTheNextUseBinds(t *testing.T) {
	o := newOutbox(t)
	client := o.client("acme")
	require.NoError(t, o.reserve(client, "order-1").Rollback())
	require.NoError(t, o.issue(client, "order-1"))
	require.ErrorIs(t, o.issue(o.client("other"), "order-2"), bardge.ErrOtherAccount)
}

// A program's mistake is an error, not a panic, and never a call that is sent.
func TestJ4_WithoutATransactionNothingIsReserved(t *testing.T) {
	o := newOutbox(t)
	client := o.client("acme")
	ended, err := o.db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	require.NoError(t, ended.Rollback())
	for name, tx := range map[string]*sql.Tx{"nil": nil, "one that has ended": ended} {
		t.Run(name, func(t *testing.T) {
			err := bardge.Reserve(o.j.Reserver(tx), func(reserve bardge.CallOption) error {
				return o.issue(client, "order-1", reserve)
			})
			require.ErrorIs(t, err, bardge.ErrJournal)
			assert.NotEqual(t, bardge.OutcomeDone, bardge.OutcomeOf(err))
		})
	}
	assert.Zero(t, o.api.Executed(sandbox.IssuePass))
}
