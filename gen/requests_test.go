package gen_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/wire"
)

func TestRequestsOfAllOperations(t *testing.T) {
	require.Len(t, calls, 30)
	for _, c := range calls {
		t.Run(string(c.id), func(t *testing.T) {
			request, err := c.build()
			require.NoError(t, err)
			assert.Equal(t, c.id.Operation(), request.Operation)
			assert.Equal(t, c.path, request.Path)
			assert.Equal(t, c.query, request.Query.Encode())
			assert.Equal(t, c.body, string(request.Body))
			assert.Equal(t, c.body == "", request.Body == nil, "no body is nil, not empty")
		})
	}
}

func TestBadInputIsRefusedNamingTheParameter(t *testing.T) {
	for name, row := range map[string]struct {
		build func() (gen.Request, error)
		param string
	}{
		"an empty id":          {with(gen.NewGetIssuedPassRequest, ""), "id"},
		"an id with a slash":   {with(gen.NewCancelBookingRequest, "b1/../b2"), "bookingId"},
		"a dot as session id":  {with2(gen.NewConfirmClassBookingRequest, "..", confirm), "sessionId"},
		"a limit above 100":    {with(gen.NewListPassesRequest, gen.ListPassesParams{Limit: 101}), "limit"},
		"a negative limit":     {with(gen.NewListPassesRequest, gen.ListPassesParams{Limit: -1}), "limit"},
		"both cursors":         {with(gen.NewListIssuersRequest, gen.ListIssuersParams{StartingAfter: "a", EndingBefore: "b"}), "starting_after"},
		"an id before a limit": {with2(gen.NewListPassProvidersRequest, "", gen.ListPassProvidersParams{Limit: 101}), "id"},
	} {
		t.Run(name, func(t *testing.T) {
			request, err := row.build()
			assert.Equal(t, gen.Request{Operation: request.Operation}, request)
			assert.NotEmpty(t, request.Operation.ID, "an error can still name the operation")
			var paramErr *wire.ParamError
			require.ErrorAs(t, err, &paramErr)
			assert.Equal(t, row.param, paramErr.Name)
		})
	}
}

func TestParsersRefuseWhatIsNoObject(t *testing.T) {
	for _, c := range calls {
		for _, body := range []string{``, `null`, `[]`, `"text"`, `<html>`, `{"id":`} {
			value, _, err := c.parse([]byte(body))
			assert.Nil(t, value, c.id)
			var decodeErr *wire.DecodeError
			require.ErrorAs(t, err, &decodeErr, c.id)
		}
	}
	_, _, err := gen.ParseErrorResponse([]byte(`<html>`))
	assert.Error(t, err)
}

// essential is what is essential in the answers of all operations.
const essential = `"id":"x1","access_code":"x2","lookup_token":"x3","session_id":"x4","copay_purchase_id":"x5",` +
	`"balance":6,"amount":7,"data":[]`

func TestR24_UnknownFieldsAndValuesNeverFail(t *testing.T) {
	for _, c := range calls {
		for _, body := range []string{
			`{` + essential + `}`, `{` + essential + `,"status":"NEW","surprise":{"a":[1]},"message":null}`,
		} {
			value, drift, err := c.parse([]byte(body))
			require.NoError(t, err, c.id)
			assert.Empty(t, drift, c.id)
			assert.NotNil(t, value, c.id)
			proof, complete := c.id.Shape().Prove([]byte(body))
			assert.Equal(t, wire.ProvesExecution, proof, c.id)
			assert.True(t, complete, c.id)
		}
	}
	assert.Nil(t, gen.OperationID("none").Shape())
}

// What is read and what proves are the same rules.
func TestR27_EachAnswerHasSomethingThatIsEssential(t *testing.T) {
	for _, c := range calls {
		shape := c.id.Shape()
		for name, body := range map[string]string{
			"nothing":                "",
			"what a gateway says":    `"message":"scheduled maintenance","status":"down","type":"about:blank"`,
			"empty values":           strings.NewReplacer(`"x`, `"`, "1", "", "2", "", "3", "", "4", "", "5", "", ":6", ":null", ":7", ":null", "[]", "null").Replace(essential),
			"values of another type": strings.NewReplacer(`"x1"`, "{}", `"x2"`, "[]", `"x3"`, "true", `"x4"`, "{}", `"x5"`, "{}", ":6", ":[]", ":7", ":{}", "[]", "{}").Replace(essential),
		} {
			value, _, err := c.parse([]byte("{" + body + "}"))
			var lacking *wire.IncompleteError
			require.ErrorAs(t, err, &lacking, "%s: %s", c.id, name)
			assert.NotEmpty(t, lacking.Fields)
			assert.NotNil(t, value, c.id)
			proof, complete := shape.Prove([]byte("{" + body + "}"))
			if name != "values of another type" { // the names tell all the same
				assert.Equal(t, wire.ProvesNothing, proof, "%s: %s", c.id, name)
			}
			assert.NotEqual(t, wire.ProvesExecution, proof, "%s: %s", c.id, name)
			assert.False(t, complete)
			for _, tag := range shape.Tags.Own {
				proof, complete := shape.Prove([]byte(`{"object":"` + tag + `"}`))
				assert.Equal(t, wire.ProvesExecution, proof, c.id)
				assert.False(t, complete)
			}
		}
	}
}

func TestR26_TheTagOfAnotherTypeContradicts(t *testing.T) {
	for _, c := range calls {
		tags := map[string]bool{}
		for _, own := range c.id.Shape().Tags.Own {
			tags[own] = true
		}
		for _, other := range []string{"list", "error", "booking", "issued_pass", "copay_option"} {
			if tags[other] || len(tags) == 0 {
				continue
			}
			body := []byte(`{"object":"` + other + `",` + essential + `}`)
			proof, _ := c.id.Shape().Prove(body)
			assert.Equal(t, wire.ProvesOther, proof, "%s: %s", c.id, other)
			_, _, err := c.parse(body)
			assert.Error(t, err, "%s: %s", c.id, other)
		}
	}
}

func TestErrorObjectIsRead(t *testing.T) {
	got, _, err := gen.ParseErrorResponse(readExample(t, "error.json"))
	require.NoError(t, err)
	assert.Equal(t, gen.ErrorDetail{
		Type:      gen.ErrorTypeInvalidRequestError,
		Code:      gen.ErrorCodePassNotFound,
		Message:   "No pass exists with id pass_01H8XYZ.",
		RequestID: "req_01H8XYZABCDE",
	}, got.Error)
}
