package wire_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/internal/wire"
)

var (
	seen = wire.Shape{
		Tags:      wire.Tags{Own: []string{"ticket"}},
		Essential: [][]string{{"id"}, {"session_id", "booking_id"}},
		Telling:   []string{"pass_id", "seats"},
	}
	inferred = wire.Shape{
		Tags:      wire.Tags{Own: []string{"ticket"}, Inferred: true, Known: []string{"rocket", "list", "error"}},
		Essential: [][]string{{"id"}},
	}
)

func TestR26_WhatASuccessProves(t *testing.T) {
	const nothing, field, execution, other = wire.ProvesNothing, wire.ProvesField, wire.ProvesExecution, wire.ProvesOther
	for body, row := range map[string]struct {
		proof    wire.Proof
		complete bool
	}{
		``:                                    {proof: nothing},
		`<html>`:                              {proof: nothing},
		`null`:                                {proof: nothing},
		`"ticket"`:                            {proof: nothing},
		`{}`:                                  {proof: nothing},
		`{"message":"scheduled maintenance"}`: {proof: nothing},
		`{"success":false}`:                   {proof: nothing},
		`{"errors":["maintenance"]}`:          {proof: nothing},
		`{"id":"x"}`:                          {proof: nothing},
		`{"pass_id":""}`:                      {proof: nothing},
		`{"pass_id":null,"seats":{}}`:         {proof: nothing},
		`{"pass_id":"p"}`:                     {proof: field},
		`{"seats":0,"message":"m"}`:           {proof: field},
		`{"object":"ticket"}`:                 {proof: execution},
		`{"Object":"TICKET","message":"m"}`:   {proof: execution},
		`{"id":"x","session_id":"s"}`:         {proof: execution, complete: true},
		`{"id":1,"booking_id":"b"}`:           {proof: execution, complete: true},
		"\ufeff" + `{"object":"ticket","id":"x","booking_id":"b"}`:   {proof: execution, complete: true},
		`{"object":"rocket","id":"x","session_id":"s"}`:              {proof: other},
		`{"object":{"a":1},"id":"x","session_id":"s"}`:               {proof: other},
		`{"object":"list","data":[]}`:                                {proof: other},
		`[{"object":"ticket"}]`:                                      {proof: other},
		`{"object":"ticket","error":{}}`:                             {proof: other},
		`{"object":"ticket","error":"busy"}`:                         {proof: other},
		`{"object":"ticket","error":null}`:                           {proof: execution},
		`{"object":"ticket","error":[]}`:                             {proof: execution},
		`{"object":"ticket","id":"x","session_id":"s"}{`:             {proof: execution},
		`{"object":"ticket","id":"x","session_id":"s"`:               {proof: execution},
		`{"object":"ticket`:                                          {proof: nothing},
		`{"object":"ticket",`:                                        {proof: execution},
		`{"id":"x","session_id":"s","`:                               {proof: execution},
		`{"id":"x","session_id":"s","n":[]`:                          {proof: execution},
		`{"id":"x","session_id":"s","n":1`:                           {proof: execution},
		`{"id":"x","session_id":"s","n":true`:                        {proof: execution},
		`{"id":"x","session_id":12`:                                  {proof: nothing},
		`{"id":"x","session_id":12,`:                                 {proof: execution},
		`{"id":12`:                                                   {proof: nothing},
		`{"pass_id":"p","id":"`:                                      {proof: field},
		`{"a":{"object":"ticket"},"b":[`:                             {proof: nothing},
		`{"object":"ticket","error":{"code":"b`:                      {proof: other},
		`{"object":"ticket","error":nul`:                             {proof: execution},
		`{"object":"rocket","OBJECT":"ticket"}`:                      {proof: other},
		`{"OBJECT":"rocket","object":"ticket"}`:                      {proof: execution},
		`{"object":"","id":"x","session_id":"s"}`:                    {proof: execution, complete: true},
		`{"object":"ticket","id":"x","session_id":"s","n":NaN}`:      {proof: execution, complete: true},
		`{"x":` + strings.Repeat("[", 1<<16) + `,"object":"ticket",`: {proof: nothing},
	} {
		proof, complete := seen.Prove([]byte(body))
		assert.Equal(t, row.proof, proof, "%.80s", body)
		assert.Equal(t, row.complete, complete, "%.80s", body)
	}
}

// The documentation does not state an inferred tag: only the known tags of
// other types contradict it.
func TestR26_AnUnknownTagContradictsWhereTheOwnOneIsDocumented(t *testing.T) {
	for body, want := range map[string]wire.Proof{
		`{"object":"ticket"}`:             wire.ProvesExecution,
		`{"object":"tickets","id":"x"}`:   wire.ProvesExecution,
		`{"object":"tickets","name":"x"}`: wire.ProvesNothing,
		`{"object":"rocket","id":"x"}`:    wire.ProvesOther,
		`{"object":"error","id":"x"}`:     wire.ProvesOther,
	} {
		proof, _ := inferred.Prove([]byte(body))
		assert.Equal(t, want, proof, body)
	}
}

func TestR26_WhatAPageProves(t *testing.T) {
	for body, want := range map[string]wire.Proof{
		`{"data":[]}`:                     wire.ProvesExecution,
		`{"object":"list","data":null}`:   wire.ProvesExecution,
		`{"has_more":false,"message":""}`: wire.ProvesField,
		`{"data":{}}`:                     wire.ProvesNothing,
		`{"object":"ticket","id":"x"}`:    wire.ProvesOther,
		`[]`:                              wire.ProvesOther,
	} {
		proof, _ := wire.ListShape.Prove([]byte(body))
		assert.Equal(t, want, proof, body)
	}
}

func TestR28_WhichErrorsAreNone(t *testing.T) {
	for body, want := range map[string]bool{
		`{"error":null}`: false, `{"error":false}`: false, `{"error":""}`: false, `{"error":[]}`: false, `{"error":[ ]}`: false,
		`{"error":{}}`: true, `{"error":"x"}`: true, `{"error":0}`: true, `{"error":true}`: true, `{"error":[1]}`: true,
		`{"error":{"code":"x"}}`: true, `{"ERROR":"x"}`: true, `{"error":null,"Error":"x"}`: false, `{"err\u006fr":"x"}`: true,
		`{"a":{"error":"x"}}`: false, `{"errors":["x"]}`: false, `<error>x</error>`: false, ``: false,
	} {
		assert.Equal(t, want, wire.HasError([]byte(body)), body)
	}
}

func FuzzProve(f *testing.F) {
	for _, body := range []string{`{"object":"ticket","id":"x","session_id":"s"}`, `{"error":{}}`, `[`, `{"pass_id":1,`} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		proof, complete := seen.Prove([]byte(body))
		assert.True(t, !complete || proof == wire.ProvesExecution)
		for i := range min(len(body), 200) { // each prefix is read from its start
			cut, whole := seen.Prove([]byte(body[:i]))
			if whole {
				return // what follows makes it another document
			}
			if strings.Count(strings.ToLower(body), "object") < 2 && strings.Count(strings.ToLower(body), "error") == 0 && !strings.Contains(body, `\`) {
				assert.False(t, cut == wire.ProvesOther && proof == wire.ProvesExecution, "a part contradicts, the whole does not: %d", i)
			}
		}
	})
}
