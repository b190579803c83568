package gen_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/assert/yaml"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/wire"
)

type contract struct {
	Paths      map[string]map[string]operation
	Components struct {
		Schemas    map[string]*schema
		Parameters map[string]described
		Headers    map[string]described
	}
}

type operation struct {
	OperationID string `yaml:"operationId"`
	Summary     string
	Description string
	Class       string `yaml:"x-retry-class"`
	Evidence    string `yaml:"x-evidence"`
	Observed    string `yaml:"x-observed"`
	ClassProof  string `yaml:"x-class-evidence"`
	ClassDate   string `yaml:"x-class-observed"`
	Preview     bool   `yaml:"x-preview"`
	Parameters  []reference
	RequestBody *requestBody         `yaml:"requestBody"`
	Responses   map[string]reference `yaml:"responses"`
}

type requestBody struct {
	Content map[string]struct{ Schema reference }
}

type reference struct {
	Ref string `yaml:"$ref"`
}

type described struct {
	Description string
	Evidence    string `yaml:"x-evidence"`
	Observed    string `yaml:"x-observed"`
}

type schema struct {
	described  `yaml:",inline"`
	Type       string
	Format     string
	Request    bool `yaml:"x-request"`
	Properties map[string]*schema
	AllOf      []*schema `yaml:"allOf"`
	Values     []string  `yaml:"x-extensible-enum"`
	Comments   []string  `yaml:"x-enum-descriptions"`
}

func loadContract(t *testing.T) contract {
	t.Helper()
	data, err := os.ReadFile("openapi.yaml")
	require.NoError(t, err)
	var c contract
	require.NoError(t, yaml.Unmarshal(data, &c))
	require.NotEmpty(t, c.Components.Schemas)
	return c
}

func (d described) check(t *testing.T, name string) {
	t.Helper()
	assert.NotEmpty(t, strings.TrimSpace(d.Description), "%s: description", name)
	checkEvidence(t, name, d.Evidence, d.Observed)
}

// checkEvidence requires a date of what was observed, and of nothing else.
func checkEvidence(t *testing.T, name, evidence, observed string) {
	t.Helper()
	assert.Contains(t, []string{"documented", "inferred", "observed"}, evidence, "%s: x-evidence", name)
	if evidence != "observed" {
		assert.Empty(t, observed, "%s: x-observed", name)
		return
	}
	_, err := time.Parse(time.DateOnly, observed)
	assert.NoError(t, err, "%s: x-observed", name)
}

func TestEverySchemaAndPropertyIsDescribedAndMarked(t *testing.T) {
	properties := 0
	for name, s := range loadContract(t).Components.Schemas {
		s.check(t, name)
		assert.Len(t, s.Comments, len(s.Values), "%s: a description per value", name)
		for _, part := range append(s.AllOf, s) {
			for field, property := range part.Properties {
				properties++
				if property.Evidence == "" {
					property.Evidence = s.Evidence // the schema's mark is the default
				}
				property.check(t, name+"."+field)
				checkUnit(t, name+"."+field, property)
			}
		}
	}
	assert.Greater(t, properties, 200, "the walk reached the properties")
}

// checkUnit requires the descriptions of times and money to state the unit, or
// that the vendor does not.
func checkUnit(t *testing.T, name string, s *schema) {
	t.Helper()
	switch s.Format {
	case "epoch-millis":
		assert.Contains(t, s.Description, "; in JSON as milliseconds since the epoch", name)
	case "epoch-seconds":
		assert.Contains(t, s.Description, "; in JSON as seconds since the epoch", name)
	default:
		assert.NotContains(t, s.Description, "since the epoch", name)
	}
	isAmount := s.Type == "number" && s.Format == ""
	if isAmount && !strings.Contains(strings.ToLower(s.Description), "credits") {
		assert.Contains(t, strings.ReplaceAll(s.Description, "\n", " "),
			" in the currency given beside it. Whether in its major or minor unit is not documented.", name)
	}
}

func TestEveryOperationIsDescribedAndMarked(t *testing.T) {
	c := loadContract(t)
	operations := 0
	for path, methods := range c.Paths {
		for method, op := range methods {
			operations++
			described{op.Description, op.Evidence, op.Observed}.check(t, op.OperationID)
			if op.ClassProof != "" { // else it is documented
				checkEvidence(t, op.OperationID, op.ClassProof, op.ClassDate)
			}
			assert.NotEmpty(t, op.Summary, op.OperationID)
			assert.NotContains(t, op.Summary, ".", "%s: the summary is put into sentences", op.OperationID)

			row := gen.OperationID(op.OperationID).Operation()
			assert.Equal(t, strings.ToUpper(method)+" "+path, row.Method+" "+row.Path)
			assert.Equal(t, op.Evidence, string(row.Evidence), op.OperationID)
			assert.Equal(t, op.RequestBody != nil, row.HasBody, op.OperationID)
			assert.Equal(t, op.Preview, row.Preview, op.OperationID)
			assert.True(t, !op.Preview || op.Evidence == "inferred", "%s: a preview that is documented is none", op.OperationID)
		}
	}
	assert.Equal(t, 34, operations)

	for name, parameter := range c.Components.Parameters {
		parameter.check(t, name)
	}
	for name, header := range c.Components.Headers {
		header.check(t, name)
	}
}

func TestRequestsAreMarked(t *testing.T) {
	c := loadContract(t)
	var bodies, marked []string
	for _, methods := range c.Paths {
		for _, op := range methods {
			if op.RequestBody != nil {
				bodies = append(bodies, op.RequestBody.Content["application/json"].Schema.Ref)
			}
		}
	}
	for name, s := range c.Components.Schemas {
		if s.Request {
			marked = append(marked, "#/components/schemas/"+name)
		}
	}
	assert.ElementsMatch(t, bodies, marked)
}

// R5: the key header belongs to keyed and key unverified operations only.
func TestR5_KeyHeaderIsDeclaredWhereAKeyIsSent(t *testing.T) {
	for _, methods := range loadContract(t).Paths {
		for _, op := range methods {
			takesKey := slices.Contains(op.Parameters, reference{"#/components/parameters/IdempotencyKey"})
			assert.Equal(t, op.Class == "keyed" || op.Class == "keyUnverified", takesKey, op.OperationID)
		}
	}
}

func TestSuccessStatuses(t *testing.T) {
	for path, methods := range loadContract(t).Paths {
		for method, op := range methods {
			want := [2]int{200}
			statuses := []string{"200", "default"}
			if method == "post" {
				want = [2]int{200, 201}
				statuses = []string{"200", "201", "default"}
			}
			assert.Equal(t, statuses, slices.Sorted(maps.Keys(op.Responses)), path)
			assert.Equal(t, want, gen.OperationID(op.OperationID).Operation().SuccessStatuses, path)
			assert.Equal(t, "#/components/responses/ErrorAnswer", op.Responses["default"].Ref, path)
		}
	}
}

var examples = map[string]func() any{
	"pass.json":                     func() any { return new(gen.Pass) },
	"pass_list.json":                func() any { return new(gen.PassList) },
	"issued_pass.json":              func() any { return new(gen.IssuedPass) },
	"book_class_request.json":       func() any { return new(gen.BookClassParams) },
	"class_booking_initiation.json": func() any { return new(gen.ClassBooking) },
	"confirm_class_request.json":    func() any { return new(gen.ConfirmClassParams) },
	"class_booking.json":            func() any { return new(gen.Booking) },
	"spa_booking.json":              func() any { return new(gen.Booking) },
	"client_credits.json":           func() any { return new(gen.ClientCredits) },
	"error.json":                    func() any { return new(gen.ErrorResponse) },
}

func TestExamplesDecodeStrictlyAndComeBackEqual(t *testing.T) {
	files, err := filepath.Glob("testdata/*.json")
	require.NoError(t, err)
	require.Len(t, files, len(examples))
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			example := readExample(t, filepath.Base(file))
			value := examples[filepath.Base(file)]()

			strict := json.NewDecoder(bytes.NewReader(example))
			strict.DisallowUnknownFields()
			require.NoError(t, strict.Decode(value))

			again, err := wire.Encode(value)
			require.NoError(t, err)
			assert.JSONEq(t, string(example), string(again))
		})
	}
}

func readExample(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	return data
}
