package wire_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/wire"
)

func TestProveRaw_OfACutResponse(t *testing.T) {
	const whole = `{"object":"thing","id":"p1","note":"words"}`
	for name, row := range map[string]struct {
		text      string
		essential []string
		proof     wire.Proof
		complete  bool
	}{
		"whole":                 {whole, []string{"id"}, wire.ProvesExecution, true},
		"cut after the tag":     {whole[:20], []string{"id"}, wire.ProvesExecution, false},
		"cut in the tag":        {whole[:14], []string{"id"}, wire.ProvesNothing, false},
		"cut after the id":      {`{"id":"p1","no`, nil, wire.ProvesField, false},
		"cut after what it has": {`{"id":"p1","no`, []string{"id"}, wire.ProvesExecution, false},
		"cut after a list":      {`{"id":"p1","n":[]`, []string{"id"}, wire.ProvesExecution, false},
		"a cut array":           {`[{"id":"p1"},{"i`, []string{"id"}, wire.ProvesNothing, false},
		"other letters":         {`{"ID":"p1"}`, []string{"id"}, wire.ProvesExecution, true},
		"a cut error":           {`{"object":"thing","error":{"co`, nil, wire.ProvesOther, false},
		"an array of arrays":    {`[[1]]`, []string{"id"}, wire.ProvesField, false},
	} {
		proof, complete := wire.ProveRaw([]byte(row.text), row.essential)
		assert.Equal(t, row.proof, proof, name)
		assert.Equal(t, row.complete, complete, name)
	}
}

func TestReadRaw_NamesWhatIsMissing(t *testing.T) {
	value, err := wire.ReadRaw([]byte(`[{"a":1,"b":2},{"a":null}]`), []string{"a", "b"})
	var missing *wire.IncompleteError
	require.ErrorAs(t, err, &missing)
	assert.Equal(t, []string{"a", "b"}, missing.Fields)
	assert.NotNil(t, value)
	_, err = wire.ReadRaw([]byte(`{"a":1`), nil)
	require.ErrorAs(t, err, new(*wire.DecodeError))
}

// FuzzRaw: what is returned is valid JSON, and a response that is proven
// complete can be read, with its essential field.
func FuzzRaw(f *testing.F) {
	for _, text := range []string{`{"id":"p1"}`, `[{"id":NaN}]`, "\ufeff{\"id\":-Infinity}", `{"id":"NaN","a":[Infinity]}`, `"`, `NaN`, `[{"id":1},2]`, `{"id":"0","":[]`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		value, err := wire.ReadRaw(text, []string{"id"})
		if err == nil {
			require.True(t, json.Valid(value))
		}
		if proof, complete := wire.ProveRaw(text, []string{"id"}); complete {
			require.Contains(t, []wire.Proof{wire.ProvesExecution, wire.ProvesField}, proof)
			require.NoError(t, err)
		}
	})
}

// A response of many small items costs little more than its text.
func TestAnArrayOfManyItemsIsReadWithoutMaps(t *testing.T) {
	const items = 10_000
	text := []byte("[" + strings.Repeat(`{"ID":0,"id":1,"a":"b"},`, items-1) + `{"id":1}]`)
	essential := []string{"id"}
	var proof wire.Proof
	var complete bool
	perItem := testing.AllocsPerRun(3, func() { proof, complete = wire.ProveRaw(text, essential) }) / items
	assert.Equal(t, wire.ProvesExecution, proof)
	assert.True(t, complete)
	assert.Less(t, perItem, 4.0)
}
