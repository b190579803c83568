package riverbardge

import (
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/bulk/csvfile"
)

func items(n int) iter.Seq2[issueArgs, error] {
	return func(yield func(issueArgs, error) bool) {
		for i := range n {
			if !yield(issueArgs{Policy: fmt.Sprintf("p-%05d", i), Member: "m"}, nil) {
				return
			}
		}
	}
}

func of(list ...issueArgs) iter.Seq2[issueArgs, error] {
	return func(yield func(issueArgs, error) bool) {
		for _, item := range list {
			if !yield(item, nil) {
				return
			}
		}
	}
}

func (d database) jobs(t *testing.T) (n int) {
	t.Helper()
	require.NoError(t, d.pool.QueryRow(t.Context(), `SELECT count(*) FROM `+d.schema+`.river_job`).Scan(&n))
	return n
}

func TestEachRefIsInsertedOnce(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	client := d.client(t, &river.Config{})
	insert := func(items iter.Seq2[issueArgs, error]) (got InsertResult, err error) {
		err = pgx.BeginFunc(t.Context(), d.pool, func(tx pgx.Tx) error {
			got, err = InsertMany(t.Context(), client, tx, items)
			return err
		})
		return got, err
	}
	got, err := insert(items(4500))
	require.NoError(t, err)
	assert.Equal(t, InsertResult{Inserted: 4500}, got)
	got, err = insert(items(4501))
	require.NoError(t, err)
	assert.Equal(t, InsertResult{Inserted: 1, Skipped: 4500}, got, "the same items again")
	assert.Equal(t, 4501, d.jobs(t))

	got, err = insert(of(issueArgs{"new", "a"}, issueArgs{"new", "a"}, issueArgs{"new", "b"}, issueArgs{"p-00001", "other"}))
	require.NoError(t, err, "a ref twice in one statement fails it")
	assert.Equal(t, InsertResult{Inserted: 1, Skipped: 3, Changed: []string{"new", "p-00001"}}, got)
	assert.Equal(t, 4502, d.jobs(t))

	_, err = insert(of(issueArgs{"newer", "a"}, issueArgs{"", "a"}))
	require.ErrorIs(t, err, errNoRef)
	broken := errors.New("the source broke")
	_, err = insert(func(yield func(issueArgs, error) bool) {
		for item, err := range items(3000) {
			if item.Policy += "x"; !yield(item, err) {
				return
			}
		}
		yield(issueArgs{}, broken)
	})
	require.ErrorIs(t, err, broken)
	assert.Equal(t, 4502, d.jobs(t), "all jobs or none")
}

func TestInsertCSV(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	client := d.client(t, &river.Config{})
	insert := func(text string) (got InsertResult, err error) {
		path := filepath.Join(t.TempDir(), "members.csv")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		file, err := csvfile.Open(path, csvfile.Options{})
		require.NoError(t, err)
		err = pgx.BeginFunc(t.Context(), d.pool, func(tx pgx.Tx) error {
			got, err = InsertCSV(t.Context(), client, tx, file, func(r csvfile.Row) (issueArgs, error) {
				if r.Get("member") == "nobody" {
					return issueArgs{}, errors.New("no such member")
				}
				return issueArgs{Policy: r.Get("policy"), Member: r.Get("member")}, nil
			})
			return err
		})
		return got, err
	}
	got, err := insert("\xef\xbb\xbfpolicy;member\r\n007;Ada\r\n008;Bo\r\n007;Ada\r\n")
	require.NoError(t, err)
	assert.Equal(t, InsertResult{Inserted: 2, Skipped: 1}, got)
	for text, want := range map[string]string{
		"policy,member\n1,a\n2,nobody\n": "line 3: no such member",
		"policy,member\n1,a\n,b\n":       "line 3: riverbardge: an item has no ref",
		"policy,member\n1,a\n\"2,b\n":    "line 3",
	} {
		_, err := insert(text)
		assert.ErrorContains(t, err, want)
	}
	assert.Equal(t, 2, d.jobs(t))
}
