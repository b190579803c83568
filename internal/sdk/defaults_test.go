package sdk

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/wire"
)

func TestDefaultsComeBeforeACallsOwnOptions(t *testing.T) {
	var d CallDefaults
	var policy idem.Policy
	for _, o := range []CallOption{
		TimeoutOption(time.Minute), HeaderOption("X-A", "1"), HeaderOption("X-B", "1"), MaxAttemptsOption(2),
		RetryPolicyOption(idem.Policy{KeyTTL: time.Minute}),
	} {
		require.NoError(t, d.Take(o, &policy))
	}
	assert.Equal(t, idem.Policy{MaxAttempts: 2, KeyTTL: time.Minute}, policy, "field by field")
	s, err := CollectOver(d, []CallOption{HeaderOption("x-a", "2")}, CallOption.apply)
	require.NoError(t, err)
	assert.Equal(t, CallSettings{
		Timeout: time.Minute, Header: map[string][]string{"X-A": {"2"}, "X-B": {"1"}},
	}, s)
	s, err = CollectOver(d, []CallOption{TimeoutOption(time.Second)}, CallOption.apply)
	require.NoError(t, err)
	assert.Equal(t, time.Second, s.Timeout)
	assert.Equal(t, []string{"1"}, s.Header["X-A"], "the call before has not changed the default")
}

func TestWhatBelongsToOneOperationIsNoDefault(t *testing.T) {
	for _, o := range []CallOption{
		KeyOption(idem.NewKey()),
		RefOption("r"),
		TokenOption("X-Token", "t"),
		FieldOption("f", 1, wire.Encode),
		FieldOption("", 1, wire.Encode),
		{kind: optionReserve},
	} {
		var d CallDefaults
		err := d.Take(o, new(idem.Policy))
		require.EqualError(t, err, "option is for one call", "%v", o)
		assert.True(t, d.Empty())
	}
	for want, o := range map[string]CallOption{
		"timeout is not positive":          TimeoutOption(0),
		"MaxAttempts is less than 1":       MaxAttemptsOption(0),
		"header X-Token is set by the SDK": HeaderOption("x-token", "1"),
	} {
		var d CallDefaults
		require.EqualError(t, d.Take(o, new(idem.Policy), "X-Token"), want)
		assert.True(t, d.Empty(), "what is refused sets nothing")
	}
}
