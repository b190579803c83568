package postgres

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

type plan struct {
	Node   string `json:"Node Type"`
	Index  string `json:"Index Name"`
	Hit    int    `json:"Shared Hit Blocks"`
	Read   int    `json:"Shared Read Blocks"`
	Inputs []plan `json:"Plans"`
}

func (p plan) walk(f func(plan)) {
	f(p)
	for _, input := range p.Inputs {
		input.walk(f)
	}
}

func explained(t *testing.T, conn *pgx.Conn, call string) plan {
	t.Helper()
	var text []byte
	err := conn.QueryRow(t.Context(), `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE `+call, pgx.QueryExecModeSimpleProtocol).
		Scan(&text)
	require.NoError(t, err)
	var plans []struct {
		Plan plan `json:"Plan"`
	}
	require.NoError(t, json.Unmarshal(text, &plans))
	return plans[0].Plan
}

func (s store) fillOpen(from, n int, due time.Duration) {
	s.t.Helper()
	s.exec(`INSERT INTO operations SELECT 'ref:' || i, 1, 1, 'issuePass', 'key', 'now', now(), '',
			now() + $3::interval + i * interval '1 ms', 'unknown', null, 'scope', repeat('x', 600)::bytea, false, null
		FROM generate_series($1::integer, $1::integer + $2::integer - 1) AS i`, from, n, due)
}

// With any number of open records, and any statistics of the planner, few pages
// are read, and the ten updates take the time.
func TestJ15_AdoptFindsWhatIsDueByIndex(t *testing.T) {
	const records = 100_000
	s := newStore(t)
	s.open()
	conn := s.connect()
	defer conn.Close(t.Context())
	j := statementsFor(s.schema, false)
	for _, sql := range []string{
		`SET plan_cache_mode = force_generic_plan`,
		`SET search_path TO pg_catalog, pg_temp`,
		`PREPARE adopt (text, interval, bigint, interval) AS ` + j.adopt,
		`PREPARE adopt_operation (text, interval, bigint, interval, text) AS ` + j.adoptOperation,
	} {
		_, err := conn.Exec(t.Context(), sql)
		require.NoError(t, err)
	}
	check := func(when string) {
		for _, call := range []string{
			`adopt('me', '10 s', 10, '0')`,
			`adopt('me', '10 s', 10, '1 us')`,
			`adopt_operation('me', '10 s', 10, '0', 'issuePass')`,
		} {
			p := explained(t, conn, call)
			indexes := map[string]bool{}
			p.walk(func(p plan) {
				indexes[p.Index] = true
				assert.NotEqual(t, "Seq Scan", p.Node, when)
			})
			assert.Contains(t, indexes, "operations_due", when)
			assert.Contains(t, indexes, "operations_pkey", when)
			assert.Less(t, p.Hit+p.Read, 1000, "%s: pages for %s", when, call)
		}
	}
	check("empty")
	s.fillOpen(1, records/2, -time.Hour)
	s.fillOpen(records/2+1, records/2, time.Hour)
	check("never analyzed")
	s.exec(`ANALYZE operations`)
	check("analyzed")
	s.exec(`UPDATE operations SET settled_at = now(), outcome = 'done' WHERE lease_until > now() AND owner = ''`)
	s.exec(`ANALYZE operations`)
	check("half of it settled")
}

// The settled records, most of a journal, are not read for pending ones.
func TestJ17_WhatIsPendingIsListedByIndex(t *testing.T) {
	s := newStore(t)
	j := s.open()
	s.exec(`INSERT INTO operations SELECT 'ref:' || i, 1, 1, 'issuePass', 'key', 'now', now(), '', now(), 'done',
			null::text, null,
			repeat('x', 600)::bytea, false, now() FROM generate_series(1, 20000) AS i`)
	s.fillOpen(20_001, 20, 0)
	s.exec(`ANALYZE operations`)
	conn := s.connect()
	defer conn.Close(t.Context())
	for i, state := range []journal.State{journal.StateOpen, journal.StateReserved} {
		sql, _ := j.sql.listing(journal.Filter{State: state})
		_, err := conn.Exec(t.Context(), fmt.Sprintf(`PREPARE list%d (text) AS `, i)+sql)
		require.NoError(t, err)
		p := explained(t, conn, fmt.Sprintf(`list%d('')`, i))
		assert.Less(t, p.Hit+p.Read, 100, "pages")
	}
}
