package postgres

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bardge/bardge-go/journal"
)

var _ journal.Reader = (*Journal)(nil)

// List returns the matching records, up to f.Page(), in the order of their ids.
func (j *Journal) List(ctx context.Context, f journal.Filter) ([]journal.Record, error) {
	sql, args := j.sql.listing(f)
	return j.records(ctx, "list", sql, args...)
}

// LoadMany returns the records with these ids, in no order.
func (j *Journal) LoadMany(ctx context.Context, ids []string) ([]journal.Record, error) {
	return j.records(ctx, "load", j.sql.loadMany, ids)
}

var inState = map[journal.State]string{
	journal.StateAny:      ``,
	journal.StateReserved: ` AND settled_at IS NULL AND reserved`,
	journal.StateOpen:     ` AND settled_at IS NULL AND NOT reserved`,
	journal.StateFree:     ` AND settled_at IS NOT NULL AND outcome IN ('not sent', 'rejected')`,
	journal.StateDone:     ` AND settled_at IS NOT NULL AND outcome = 'done'`,
}

// listing is the statement for a filter. It has only the necessary conditions,
// and the limit as a number, so that the planner, each time, can choose between
// the order of the ids and the open records. Its results are binary: as text
// they would depend on the role's DateStyle and IntervalStyle.
func (s statements) listing(f journal.Filter) (sql string, args []any) {
	state, known := inState[f.State]
	if !known {
		state = ` AND false`
	}
	var b strings.Builder
	b.WriteString(s.list + state)
	args = []any{pgx.QueryExecModeCacheDescribe, f.After}
	add := func(condition string, arg any) {
		args = append(args, arg)
		fmt.Fprintf(&b, condition, len(args)-1)
	}
	if f.Operation != "" {
		add(` AND operation = $%d`, f.Operation)
	}
	if f.OlderThan != 0 {
		add(` AND intent_at < `+stable+` - $%d::interval`, f.OlderThan)
	}
	fmt.Fprintf(&b, ` ORDER BY id LIMIT %d`, f.Page())
	return b.String(), args
}

type counted struct {
	operation, outcome string
	reserved           bool
	class, records     int
	oldest             time.Duration
}

// Stats counts the records. It reads all open ones, and the others' index.
func (j *Journal) Stats(ctx context.Context) (journal.Stats, error) {
	ages := journal.StatsAges()
	counts, err := collect(ctx, j.pool, func(row pgx.CollectableRow) (c counted, err error) {
		err = row.Scan(&c.operation, &c.outcome, &c.reserved, &c.class, &c.records, &c.oldest)
		return c, err
	}, j.sql.stats, ages[:])
	if err != nil {
		return journal.Stats{}, explain("count", err, false)
	}
	return summarize(counts), nil
}

func summarize(counts []counted) journal.Stats {
	var s journal.Stats
	pending := map[string]*journal.PendingStats{}
	for _, c := range counts {
		switch c.outcome {
		case journal.OutcomeUnknown.String():
			p := pending[c.operation]
			if p == nil {
				p = &journal.PendingStats{Operation: c.operation}
				pending[c.operation] = p
			}
			c.addTo(p)
		case journal.OutcomeDone.String():
			s.Done += c.records
		default:
			s.Free += c.records
		}
	}
	for _, p := range pending {
		s.Pending = append(s.Pending, *p)
	}
	slices.SortFunc(s.Pending, func(a, b journal.PendingStats) int { return cmp.Compare(a.Operation, b.Operation) })
	return s
}

func (c counted) addTo(p *journal.PendingStats) {
	if c.reserved {
		p.Reserved += c.records
	} else {
		p.Open += c.records
	}
	p.Oldest = max(p.Oldest, c.oldest)
	p.Ages[c.class] += c.records
}
