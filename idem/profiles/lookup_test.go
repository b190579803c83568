package profiles_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/idem/profiles"
)

func TestIncreaseLookup(t *testing.T) {
	for name, row := range map[string]struct {
		answer string // empty: the read fails
		mine   func([]byte) bool
		state  idem.State
		body   string
	}{
		"one object":              {answer: `{"data":[{"id":"1"}]}`, state: idem.StateHolds, body: `{"id":"1"}`},
		"one, of this operation":  {answer: `{"data":[{"id":"1"}]}`, mine: hasID("1"), state: idem.StateHolds, body: `{"id":"1"}`},
		"one, of another request": {answer: `{"data":[{"id":"1"}]}`, mine: hasID("2"), state: idem.StateDiffers},
		"none":                    {answer: `{"data":[]}`, state: idem.StateUnread},
		"two":                     {answer: `{"data":[{"id":"1"},{"id":"2"}]}`, state: idem.StateUnread},
		"no list":                 {answer: `[]`, state: idem.StateUnread},
		"no answer":               {state: idem.StateUnread},
	} {
		t.Run(name, func(t *testing.T) {
			read := reader{answer: row.answer}
			found, state := profiles.IncreaseLookup("/transfers", row.mine)(t.Context(), idem.Lookup{Key: "a key", Do: read.do})
			assert.Equal(t, row.state, state)
			assert.Equal(t, "GET /transfers?idempotency_key=a+key", read.asked)
			checkFound(t, found, row.body)
		})
	}
}

func TestGoCardlessLookup(t *testing.T) {
	const conflict = `{"error":{"errors":[{"reason":"other","links":{"conflicting_resource_id":"X"}},
		{"reason":"idempotent_creation_conflict","links":{"conflicting_resource_id":"PM/1"}}]}}`
	for name, row := range map[string]struct {
		exists, answer string
		mine           func([]byte) bool
		asked          string
		state          idem.State
		body           string
	}{
		"the resource":     {exists: conflict, answer: `{"payments":{"id":"1"}}`, asked: "GET /payments/PM%2F1", state: idem.StateHolds, body: `{"payments":{"id":"1"}}`},
		"this operation's": {exists: conflict, answer: `{"id":"1"}`, mine: hasID("1"), asked: "GET /payments/PM%2F1", state: idem.StateHolds, body: `{"id":"1"}`},
		"another's":        {exists: conflict, answer: `{"id":"1"}`, mine: hasID("2"), asked: "GET /payments/PM%2F1", state: idem.StateDiffers},
		"no answer":        {exists: conflict, asked: "GET /payments/PM%2F1", state: idem.StateUnread},
		"no such error":    {state: idem.StateUnread},
		"no id in it":      {exists: `{"error":{"errors":[{"reason":"idempotent_creation_conflict"}]}}`, state: idem.StateUnread},
		"not JSON":         {exists: `<html>`, state: idem.StateUnread},
	} {
		t.Run(name, func(t *testing.T) {
			read := reader{answer: row.answer}
			l := idem.Lookup{Do: read.do}
			if row.exists != "" {
				l.Exists = &idem.Response{Status: http.StatusConflict, Body: []byte(row.exists)}
			}
			found, state := profiles.GoCardlessLookup("/payments", row.mine)(t.Context(), l)
			assert.Equal(t, row.state, state)
			assert.Equal(t, row.asked, read.asked)
			checkFound(t, found, row.body)
		})
	}
}

func hasID(id string) func([]byte) bool {
	return func(body []byte) bool { return strings.Contains(string(body), `"id":"`+id+`"`) }
}

func checkFound(t *testing.T, found *idem.Response, body string) {
	t.Helper()
	if body == "" {
		assert.Nil(t, found)
		return
	}
	assert.JSONEq(t, body, string(found.Body))
}

// reader stands in for the engine's reads.
type reader struct{ answer, asked string }

func (r *reader) do(_ context.Context, q idem.Request) idem.Result {
	r.asked = q.Method + " " + q.Path
	if len(q.Query) > 0 {
		r.asked += "?" + q.Query.Encode()
	}
	if r.answer == "" {
		return idem.Result{Err: errors.New("no answer"), Response: &idem.Response{}}
	}
	return idem.Result{Response: &idem.Response{Status: http.StatusOK, Body: []byte(r.answer)}}
}
