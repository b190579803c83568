package sdk

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/wire"
)

func TestCallOptionsAreValues(t *testing.T) {
	key := idem.NewKey()
	makers := map[string]func() CallOption{
		"WithIdempotencyKey":       func() CallOption { return KeyOption(key) },
		"WithRef":                  func() CallOption { return RefOption("s3cret") },
		"WithMaxAttempts(2)":       func() CallOption { return MaxAttemptsOption(2) },
		"WithRetryPolicy":          func() CallOption { return RetryPolicyOption(idem.Policy{MaxAttempts: 2}) },
		"WithTimeout(1m30s)":       func() CallOption { return TimeoutOption(90 * time.Second) },
		`WithHeader("X-A")`:        func() CallOption { return HeaderOption("X-A", "s3cret") },
		"WithLookupToken":          func() CallOption { return TokenOption("X-Token", "s3cret") },
		`WithoutField("a\n")`:      func() CallOption { return WithoutFieldOption("a\n") },
		`WithExtraField("a\n")`:    func() CallOption { return FieldOption("a\n", map[string]any{"b": []int{1}}, wire.Encode) },
		`WithExtraField("no")`:     func() CallOption { return FieldOption("no", math.NaN(), wire.Encode) },
		`WithExtraField("secret")`: func() CallOption { return FieldOption("secret", idem.Secret("s3cret"), wire.Encode) },
	}
	for text, option := range makers {
		for other, another := range makers {
			assert.Equal(t, text == other, any(option()) == any(another()), "%s and %s", text, other)
		}
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d"} {
			assert.Equal(t, text, fmt.Sprintf(verb, option()))
		}
	}
}

func TestCallOptionsFillInTheSettings(t *testing.T) {
	key := idem.NewKey()
	var s CallSettings
	for _, o := range []CallOption{
		KeyOption(key), RefOption("r"), MaxAttemptsOption(2), HeaderOption("x-a", "1"), TokenOption("X-Token", "t"),
		FieldOption("f", []int{1}, wire.Encode),
	} {
		require.NoError(t, o.Apply(&s))
	}
	assert.Equal(t, CallSettings{
		Key: key, Ref: "r", Policy: idem.Policy{MaxAttempts: 2}, Header: map[string][]string{"X-A": {"1"}, "X-Token": {"t"}},
		Extra: []Field{{Name: "f", Value: []byte("[1]")}},
	}, s)
	for want, o := range map[string]CallOption{
		"idempotency key is empty":                                  KeyOption(idem.Key{}),
		"ref is empty":                                              RefOption(""),
		"MaxAttempts is less than 1":                                MaxAttemptsOption(0),
		"timeout is not positive":                                   TimeoutOption(-1),
		"lookup token is empty":                                     TokenOption("X-Token", ""),
		"header has no name":                                        HeaderOption("", "v"),
		"header X_token is set by the SDK":                          HeaderOption("x_TOKEN", "v"),
		"header User_agent is set by the SDK":                       HeaderOption("user_agent", "v"),
		"header Accept is set by the SDK":                           HeaderOption("ACCEPT", "v"),
		"field to leave out has no name":                            WithoutFieldOption(""),
		"extra field has no name":                                   FieldOption("", 1, wire.Encode),
		"extra field n cannot be encoded as JSON":                   FieldOption("n", func() {}, wire.Encode),
		"extra field _Method may replace the method of the request": FieldOption("_Method", "DELETE", wire.Encode),
	} {
		err := o.Apply(&s, "X-Token")
		assert.EqualError(t, err, want)
		assert.ErrorAs(t, err, new(*idem.InvalidError))
	}
}

func TestR40_AFieldInDisguiseIsTheField(t *testing.T) {
	for _, name := range []string{"client_id", "Client_ID", "client-id", "CLIENT-ID"} {
		_, err := AddFields([]byte(`{"client_id":"c1"}`), Field{Name: name, Value: []byte(`"c2"`)})
		assertInvalid(t, err, "extra field "+name, name)
		_, err = AddFields(nil, Field{Name: "client_id", Value: []byte("1")}, Field{Name: name, Value: []byte("2")})
		assertInvalid(t, err, "extra field "+name, "twice")
	}
	body, err := AddFields([]byte(`{"client_id":"c1"}`), Field{Name: "clientid", Value: []byte("1")})
	require.NoError(t, err)
	assert.JSONEq(t, `{"client_id":"c1","clientid":1}`, string(body))
}

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
		WithoutFieldOption("f"),
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
