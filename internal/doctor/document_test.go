package doctor_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/doctor"
)

func TestADocumentIsAlignedAndWrapped(t *testing.T) {
	d := doctor.Document{
		Title:   "Check of a|b",
		Summary: []string{"1 difference."},
		Sections: []doctor.Section{{Title: "Nothing"}, {Title: "Things", Rows: []doctor.Row{
			{Verdict: "confirmed", Subject: "TLS", Seen: strings.Repeat("one two ", 15)},
			{Verdict: "differs", Subject: "Pass.id", Below: []string{"advice <b>"}, Code: []string{"a: {b: `c|d`}"}},
		}}},
	}
	assert.Equal(t, `1 difference.
Check of a|b

Things
confirmed  TLS      one two one two one two one two one two one two one two one two one two one two one two
                    one two one two one two one two
differs    Pass.id
                    advice <b>
                    a: {b: `+"`c|d`"+`}
`, d.Text())
	assert.Equal(t, `# Check of a\|b

1 difference.

## Things

| | | |
| --- | --- | --- |
| confirmed | TLS | `+strings.Repeat("one two ", 15)+` |
| differs | Pass.id | <br>advice \<b\><br>`+"`a: {b: 'c\\|d'}`"+` |
`, d.Markdown())
}

func TestATextFromElsewhereIsOneShortLine(t *testing.T) {
	assert.Equal(t, "a?[31mb?c", doctor.Plain("a\x1b[31mb\nc"))
	assert.LessOrEqual(t, len(doctor.Plain(strings.Repeat("x", 1000))), 110)
}

func TestEachDriftHasItsLineOfYAML(t *testing.T) {
	at := doctor.Contract{Path: "/passes", Method: "GET", Schema: "PassSchema", Enumeration: "Kind", Date: "2026-11-30"}
	for want, d := range map[string]idem.Drift{
		`components.schemas.PassSchema.properties.a: {x-optional: true}`:                                                                          {Kind: idem.DriftMissingField, Field: "Pass.a"},
		`components.schemas.PassSchema.properties.b: {type: string, x-evidence: observed, x-observed: "2026-11-30", description: <what it is>}`:   {Kind: idem.DriftUnknownField, Field: "Pass.b", Got: "string"},
		`components.schemas.PassSchema.properties.n: {nullable: true, x-evidence: observed, x-observed: "2026-11-30", description: <what it is>}`: {Kind: idem.DriftUnknownField, Field: "Pass.n"},
		`components.schemas.PassSchema.properties.l: {type: array, items: {}, x-evidence: observed, x-observed: "2026-11-30"}`:                    {Kind: idem.DriftType, Field: "Pass.l", Want: "object", Got: "array"},
		`components.schemas.Kind.x-extensible-enum: [..., <the value is in Response.Raw>]`:                                                        {Kind: idem.DriftValue, Field: "Pass.kind"},
		`components.schemas.PassSchema.properties.object.x-tags: [..., <the value is in Response.Raw>]`:                                           {Kind: idem.DriftTag, Field: "Pass.object"},
		`components.schemas.ErrorCode.x-extensible-enum: [..., teapot]`:                                                                           {Kind: idem.DriftCode, Path: "error.code", Got: "teapot"},
		`components.schemas.ErrorType.x-extensible-enum: [..., tea_error]`:                                                                        {Kind: idem.DriftErrorType, Path: "error.type", Got: "tea_error"},
		`paths./passes.get.responses: {"202": {description: observed 2026-11-30}}`:                                                                {Kind: idem.DriftStatus, Path: "status", Got: "202"},
	} {
		assert.Equal(t, want, at.Line(d))
	}
	assert.Empty(t, at.Line(idem.Drift{Kind: idem.DriftItem, Path: "data[0]"}))
	assert.Empty(t, doctor.Contract{}.Line(idem.Drift{Kind: idem.DriftMissingField, Field: "Pass.a"}))
}
