package postgres

import (
	"context"
	"net/url"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// shape lists the tables, views and columns of the schema.
const shape = `SELECT string_agg(table_name || '.' || column_name || ' ' || data_type, ', ' ORDER BY table_name, ordinal_position)
	FROM information_schema.columns WHERE table_schema = $1`

const wantShape = "migrations.version integer, migrations.applied_at timestamp with time zone, " +
	"open_operations.id text, open_operations.ref text, open_operations.operation text, open_operations.key text, " +
	"open_operations.since timestamp with time zone, open_operations.owner text, open_operations.lease interval, " +
	"operations.id text, operations.version bigint, operations.generation bigint, operations.operation text, " +
	"operations.key text, operations.since timestamp with time zone, operations.intent_at timestamp with time zone, " +
	"operations.owner text, operations.lease_until timestamp with time zone, operations.outcome USER-DEFINED, " +
	"operations.resource text, operations.scope text, operations.sealed bytea, " +
	"operations.settled_at timestamp with time zone"

func TestMigrationsStartFromNothingAndRunOnce(t *testing.T) {
	s := newStore(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			j, err := Open(context.Background(), s.dsn, WithSchema(s.schema))
			if assert.NoError(t, err) {
				assert.NoError(t, j.Close())
			}
		})
	}
	wg.Wait()
	assert.Equal(t, wantShape, ask[string](s, shape, s.schema))
	assert.Equal(t, []int32{1}, ask[[]int32](s, `SELECT array_agg(version) FROM migrations`))

	save(t, s.open(), order("ref:1"))
	_, found, err := s.open().Load(context.Background(), "ref:1")
	require.NoError(t, err)
	assert.True(t, found, "opening again changes nothing")
	assert.Equal(t, []int32{1}, ask[[]int32](s, `SELECT array_agg(version) FROM migrations`))
}

func TestANewerSchemaIsRefused(t *testing.T) {
	s := newStore(t)
	s.open()
	s.exec(`INSERT INTO migrations (version) VALUES (1000)`)
	_, err := Open(context.Background(), s.dsn, WithSchema(s.schema))
	require.EqualError(t, err, "postgres journal: the schema has version 1000, this program knows up to 1")
}

// An administrator may migrate, and let the programs only read and write.
func TestARoleThatMayNotCreateWorksInAFinishedSchema(t *testing.T) {
	s := newStore(t)
	u, err := url.Parse(s.dsn)
	require.NoError(t, err)
	u.User = url.UserPassword("worker", "secret")
	worker := s
	worker.dsn = u.String()
	s.exec(`CREATE ROLE worker LOGIN PASSWORD 'secret'`)
	_, err = Open(context.Background(), worker.dsn, WithSchema(s.schema))
	require.ErrorContains(t, err, "42501", "it cannot create the schema")

	s.open()
	s.exec(`GRANT USAGE ON SCHEMA {} TO worker`)
	s.exec(`GRANT SELECT ON ALL TABLES IN SCHEMA {} TO worker`)
	s.exec(`GRANT INSERT, UPDATE, DELETE ON operations TO worker`)
	j := worker.open()
	rec := save(t, j, order("ref:1"))
	save(t, j, rec)
	_, err = j.Adopt(context.Background(), "new", 0, idem.Filter{Limit: 1})
	require.NoError(t, err)
}

func TestASchemaMayBeThereAlready(t *testing.T) {
	s := newStore(t)
	s.exec(`CREATE SCHEMA {}`)
	save(t, s.open(), order("ref:1"))
}

// People look at what is open.
func TestTheViewShowsWhatIsOpen(t *testing.T) {
	s := newStore(t)
	j := s.open()
	save(t, j, order("ref:owned"))
	lapsed := order("ref:lapsed")
	lapsed.Lease = 0
	save(t, j, lapsed)
	nobodys := order("ref:nobody's")
	nobodys.Owner = ""
	save(t, j, nobodys)
	save(t, j, order("key:k"))
	done := order("ref:done")
	done.Outcome = 3
	save(t, j, done)
	const open = `SELECT string_agg(concat_ws(' ', id, ref, owner, CASE WHEN lease > interval '0' THEN 'held' ELSE lease::text END),
		', ' ORDER BY id) FROM open_operations`
	assert.Equal(t, "key:k  owner held, ref:lapsed lapsed owner 00:00:00, ref:nobody's nobody's , ref:owned owned owner held", ask[string](s, open))
}
