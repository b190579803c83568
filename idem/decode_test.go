package idem

import (
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestR21_TheValueIsMadeOfASuccessAlone(t *testing.T) {
	var decoded []string
	errFit := errors.New("does not fit")
	decode := func(body []byte) (any, error) {
		decoded = append(decoded, string(body))
		if string(body) != "{}" {
			return "half of it", errFit
		}
		return "value", nil
	}
	for body, value := range map[string]any{"{}": "value", `{"a":1}`: nil} {
		inWorld(t, says(200, body), func(t *testing.T, w *world) {
			c := read()
			c.Decode = decode
			r := w.do(c)
			require.NotNil(t, r.Response)
			assert.Equal(t, value, r.Response.Value)
			assert.Equal(t, OutcomeDone, r.Outcome)
			told := w.events[len(w.events)-1]
			if value != nil {
				require.NoError(t, r.Err)
				assert.Empty(t, told.Reason)
				return
			}
			require.ErrorIs(t, r.Err, ErrResponseLost)
			require.ErrorIs(t, r.Err, errFit)
			assert.Equal(t, r.Err.Error(), told.Reason, "observers hear it too")
		})
	}
	decoded = nil
	inWorld(t, says(422, errorObject), func(t *testing.T, w *world) {
		c := read()
		c.Decode = decode
		require.Error(t, w.do(c).Err)
	})
	assert.Empty(t, decoded, "an error is no value")
}

// Where success may carry no body there is nothing to decode; a body must fit.
func TestR21_NoBodyIsNoValue(t *testing.T) {
	none := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "/things/1")
		w.WriteHeader(http.StatusNoContent)
	}
	for name, op := range map[string]Operation{
		"no answer":        {Name: "delete", Class: Keyed, Success: []int{200, 204}, NoContent: true},
		"one in a header":  {Name: "create", Class: Keyed, Success: []int{200, 204}, ResultHeader: "Location"},
		"neither declared": {Name: "create", Class: Keyed, Success: []int{200, 204}},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, script(none, says(200, `{"a":1}`)), func(t *testing.T, w *world) {
				decoded := 0
				c := post(Keyed)
				c.Request.Operation = op
				c.Decode = func([]byte) (any, error) { decoded++; return nil, errors.New("does not fit") }
				r := w.do(c)
				assert.Equal(t, !op.NoContent && op.ResultHeader == "", r.Err != nil, "%v", r.Err)
				decoded = 0
				r = w.do(c)
				require.ErrorIs(t, r.Err, ErrResponseLost)
				assert.Positive(t, decoded)
			})
		})
	}
}

// What a caller could not read is kept all the same: a later one may read it.
func TestJ5_AnAnswerThatDoesNotFitIsKept(t *testing.T) {
	inJournalledWorld(t, says(200, `{"a":1}`), func(t *testing.T, w *world, _ *faultyJournal) {
		c := withRef(Keyed)
		c.Decode = func([]byte) (any, error) { return nil, errors.New("does not fit") }
		require.ErrorIs(t, w.do(c).Err, ErrResponseLost)
		c.Decode = func(body []byte) (any, error) { return string(body), nil }
		r := w.do(c)
		require.NoError(t, r.Err)
		assert.True(t, r.FromJournal)
		assert.Equal(t, `{"a":1}`, r.Response.Value)
		assert.EqualValues(t, 1, w.hits.Load())
	})
}
