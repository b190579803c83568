package bardge_test

import (
	"errors"
	"iter"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
)

var errLater = errors.New("a later page failed")

// counted yields one, two and so on up to last, then err, and counts what was asked for.
func counted(last int, err error, asked *int) iter.Seq2[*int, error] {
	return func(yield func(*int, error) bool) {
		for i := 1; i <= last; i++ {
			*asked++
			if !yield(&i, nil) {
				return
			}
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

func TestCollectAndFirst(t *testing.T) {
	for name, row := range map[string]struct {
		last  int
		err   error
		first int // -2: Collect
		want  int
		asked int
		fails bool
	}{
		"Collect all":                       {3, nil, -2, 3, 3, false},
		"Collect none":                      {0, nil, -2, 0, 0, false},
		"Collect keeps what came before":    {3, errLater, -2, 3, 3, true},
		"First stops before the next":       {3, errLater, 2, 2, 2, false},
		"First of fewer":                    {3, nil, 5, 3, 3, false},
		"First keeps what came before":      {3, errLater, 5, 3, 3, true},
		"First of none asks for nothing":    {3, errLater, 0, 0, 0, false},
		"First of all needs no further one": {3, errLater, 3, 3, 3, false},
	} {
		t.Run(name, func(t *testing.T) {
			asked := 0
			seq := counted(row.last, row.err, &asked)
			collect := func() ([]*int, error) { return bardge.First(seq, row.first) }
			if row.first == -2 {
				collect = func() ([]*int, error) { return bardge.Collect(seq) }
			}
			got, err := collect()
			require.Len(t, got, row.want)
			for i := range got {
				assert.Equal(t, i+1, *got[i])
			}
			assert.Equal(t, row.asked, asked)
			assert.Equal(t, row.fails, errors.Is(err, errLater))
		})
	}
	asked := 0
	_, err := bardge.First(counted(1, nil, &asked), -1)
	require.ErrorAs(t, err, new(*bardge.InvalidError))
	assert.Zero(t, asked)
}
