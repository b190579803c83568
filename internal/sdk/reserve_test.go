package sdk

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
)

type callError struct{ causes []error }

func (callError) Error() string     { return "failed" }
func (e callError) Unwrap() []error { return e.causes }

func reserve(in journal.Reserver, f func(CallOption) error) error {
	return Reserve(in, f, func(o CallOption) CallOption { return o })
}

func TestReserve_IsNilWhereAllIsRecorded(t *testing.T) {
	reserved := callError{[]error{idem.ErrReserved}}
	other := errors.New("another error")
	for name, row := range map[string]struct {
		err      error
		reserved bool
	}{
		"recorded":                   {err: reserved, reserved: true},
		"recorded, wrapped":          {err: fmt.Errorf("order 17: %w", reserved), reserved: true},
		"two recorded":               {err: errors.Join(reserved, reserved), reserved: true},
		"done before":                {reserved: true},
		"failed":                     {err: other},
		"recorded, and failed":       {err: errors.Join(reserved, other)},
		"failed, of both causes":     {err: callError{[]error{idem.ErrReserved, other}}},
		"failed, and gives no cause": {err: callError{}},
	} {
		t.Run(name, func(t *testing.T) {
			err := reserve(journal.NewMemory(), func(o CallOption) error {
				assert.NoError(t, o.Apply(new(CallSettings)))
				return row.err
			})
			if row.reserved {
				assert.NoError(t, err)
				return
			}
			assert.Equal(t, row.err, err)
		})
	}
}

func TestReserve_RefusesWhatRecordsNothing(t *testing.T) {
	var invalid *idem.InvalidError
	var none *journal.Memory
	use := func(CallOption) error { t.Error("called"); return nil }
	for _, err := range []error{
		reserve(nil, use), reserve(none, use), reserve(journal.NewMemory(), nil),
	} {
		assert.ErrorAs(t, err, &invalid)
	}
	err := reserve(journal.NewMemory(), func(CallOption) error { return nil })
	require.ErrorAs(t, err, &invalid)
	assert.EqualError(t, err, "reservation was given to no call")
}

func TestReserve_ItsOptionEndsWithIt(t *testing.T) {
	var kept CallOption
	j := journal.NewMemory()
	require.NoError(t, reserve(j, func(o CallOption) error {
		kept = o
		var s CallSettings
		require.NoError(t, o.Apply(&s))
		assert.Same(t, j, s.Reserver)
		assert.Equal(t, "Reserve", fmt.Sprintf("%+v", o))
		again := o
		assert.Equal(t, any(o), any(again))
		return nil
	}))
	assert.EqualError(t, kept.Apply(new(CallSettings)), "reservation is used after Reserve has returned")
}

// uncomparable panics when options are compared.
type uncomparable struct {
	*journal.Memory
	of []string
}

func TestReserve_TakesAReserverThatCannotBeCompared(t *testing.T) {
	require.NoError(t, reserve(uncomparable{journal.NewMemory(), nil}, func(o CallOption) error {
		again := o
		assert.NotPanics(t, func() { assert.True(t, any(o) == any(again)) }) //nolint:testifylint // it is what a fake does
		_, err := Collect([]CallOption{o}, CallOption.apply)
		return err
	}))
}

func (o CallOption) apply(s *CallSettings) error { return o.Apply(s) }
