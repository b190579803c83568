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
		``:                                    {nothing, false},
		`<html>`:                              {nothing, false},
		`null`:                                {nothing, false},
		`"ticket"`:                            {nothing, false},
		`{}`:                                  {nothing, false},
		`{"message":"scheduled maintenance"}`: {nothing, false},
		`{"success":false}`:                   {nothing, false},
		`{"errors":["maintenance"]}`:          {nothing, false},
		`{"id":"x"}`:                          {nothing, false},
		`{"pass_id":""}`:                      {nothing, false},
		`{"pass_id":null,"seats":{}}`:         {nothing, false},
		`{"pass_id":"p"}`:                     {field, false},
		`{"seats":0,"message":"m"}`:           {field, false},
		`{"object":"ticket"}`:                 {execution, false},
		`{"Object":"TICKET","message":"m"}`:   {execution, false},
		`{"id":"x","session_id":"s"}`:         {execution, true},
		`{"id":1,"booking_id":"b"}`:           {execution, true},
		"\ufeff" + `{"object":"ticket","id":"x","booking_id":"b"}`:   {execution, true},
		`{"object":"rocket","id":"x","session_id":"s"}`:              {other, false},
		`{"object":{"a":1},"id":"x","session_id":"s"}`:               {other, false},
		`{"object":"list","data":[]}`:                                {other, false},
		`[{"object":"ticket"}]`:                                      {other, false},
		`{"object":"ticket","error":{}}`:                             {other, false},
		`{"object":"ticket","error":"busy"}`:                         {other, false},
		`{"object":"ticket","error":null}`:                           {execution, false},
		`{"object":"ticket","error":[]}`:                             {execution, false},
		`{"object":"ticket","id":"x","session_id":"s"}{`:             {execution, false},
		`{"object":"ticket","id":"x","session_id":"s"`:               {execution, false},
		`{"object":"ticket`:                                          {nothing, false},
		`{"object":"ticket",`:                                        {execution, false},
		`{"id":"x","session_id":"s","`:                               {execution, false},
		`{"id":"x","session_id":12`:                                  {nothing, false},
		`{"id":"x","session_id":12,`:                                 {execution, false},
		`{"id":12`:                                                   {nothing, false},
		`{"pass_id":"p","id":"`:                                      {field, false},
		`{"a":{"object":"ticket"},"b":[`:                             {nothing, false},
		`{"object":"ticket","error":{"code":"b`:                      {other, false},
		`{"object":"ticket","error":nul`:                             {execution, false},
		`{"object":"rocket","OBJECT":"ticket"}`:                      {other, false},
		`{"OBJECT":"rocket","object":"ticket"}`:                      {execution, false},
		`{"object":"","id":"x","session_id":"s"}`:                    {execution, true},
		`{"object":"ticket","id":"x","session_id":"s","n":NaN}`:      {execution, true},
		`{"x":` + strings.Repeat("[", 1<<16) + `,"object":"ticket",`: {nothing, false},
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
