package scenarios

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

// checkBent checks a sandbox that is bent on purpose.
func checkBent(t *testing.T, bend string) *bardge.CheckReport {
	t.Helper()
	b, err := sandbox.ParseBend(bend)
	require.NoError(t, err)
	sb, err := sandbox.New(sandbox.WithDrift(b))
	require.NoError(t, err)
	defer sb.Close()
	client := newClient(t, sb.APIKey, bardge.WithBaseURL(sb.URL), bardge.WithHTTPClient(sb.Client()))
	report, err := bardge.Check(t.Context(), client, bardge.CheckOptions{
		Samples: 1, ClientID: sb.Seed.ClientID, IssuedPassID: sb.Seed.IssuedPassID,
	})
	require.NoError(t, err)
	return report
}

// lines lists what differs: operations, then fields with their lines of YAML.
func differences(r *bardge.CheckReport) (lines []string) {
	for i := range r.Operations {
		op := &r.Operations[i]
		if op.Seen != "" && op.Verdict == bardge.CheckDiffers {
			lines = append(lines, op.Operation+": "+op.Seen)
		}
		for _, f := range op.Fields {
			if f.Verdict == bardge.CheckDiffers {
				lines = append(lines, strings.TrimSuffix(fmt.Sprintf("%s: %s: %s: %s", op.Operation, f.Subject, f.Seen, f.YAML), ": "))
			}
		}
	}
	return lines
}

// A sandbox that is bent on purpose is found out in every kind, with the line of
// YAML that would make the contract true, where there is one.
func TestCheckFindsEveryKindOfDrift(t *testing.T) {
	observed := fmt.Sprintf("x-evidence: observed, x-observed: %q}", time.Now().UTC().Format(time.DateOnly))
	described := strings.TrimSuffix(observed, "}") + ", description: <what it is>}"
	const pass, list, schemas = "GetIssuedPass: IssuedPass.", "ListClasses: Class.", "components.schemas."
	const passSchema, classSchema = schemas + "ResellerV3IssuedPassResponse.properties.", schemas + "ResellerV3ClassResponse.properties."
	for bend, want := range map[string][]string{
		"GetIssuedPass: rename tx_ref reference": {
			pass + "reference: unknown field, got string: " + passSchema + "reference: {type: string, " + described,
			pass + "tx_ref: missing field, wanted string: " + passSchema + "tx_ref: {x-optional: true}",
		},
		`GetIssuedPass: add region {"code":"NG"}`: {
			pass + "region: unknown field, got object: " + passSchema + "region: {type: object, " + described,
		},
		"GetIssuedPass: set status null": {
			pass + "status: missing field, wanted string: " + passSchema + "status: {x-optional: true}",
		},
		`GetIssuedPass: set status "ON_HOLD"`: {
			pass + "status: unknown value: " + schemas + "IssuedPassStatus.x-extensible-enum: [..., <the value is in Response.Raw>]",
		},
		"GetIssuedPass: retype tx_ref number": {
			pass + "tx_ref: type, wanted string, got integer: " + passSchema + "tx_ref: {type: integer, " + observed,
		},
		"GetIssuedPass: time expires_at seconds": {
			pass + "expires_at: type, wanted milliseconds, got seconds: " + passSchema + "expires_at: {type: integer, format: epoch-seconds, " + observed,
		},
		"GetIssuedPass: time expires_at iso": {
			pass + "expires_at: type, wanted time, got string: " + passSchema + "expires_at: {type: string, " + observed,
		},
		"GetIssuedPass: retype categories[1] string": {
			pass + "categories: item left out at categories[], wanted object, got string",
		},
		"GetIssuedPass: remove categories[0].type": {
			"GetIssuedPass: IssuedPassCategory.type: missing field at categories[].type, wanted string: " +
				schemas + "CategoryDetails.properties.type: {x-optional: true}",
		},
		`GetIssuedPass: add b@c "x"`: {
			pass + "(a name that is not an identifier): unknown field, got string",
		},
		"GetIssuedPass: remove id": {
			"GetIssuedPass: the response lacks an essential field, so that there is no value",
			pass + "id: missing field, wanted string: " + passSchema + "id: {x-optional: true}",
		},
		"GetIssuedPass: remove-header Bardge-Request-Id":    {"GetIssuedPass: Bardge-Request-Id: header"},
		"GetIssuedPass: set-header Content-Type text/plain": {"GetIssuedPass: Content-Type: content type, wanted application/json, got text/plain"},
		"ListClasses: remove data[1].id":                    {list + "id: item left out at data[], wanted string"},
		"ListClasses: rename data[].name title": {
			list + "title: unknown field at data[].title, got string: " + classSchema + "title: {type: string, " + described,
			list + "name: missing field at data[].name, wanted string: " + classSchema + "name: {x-optional: true}",
		},
		`ListClasses: set data[0].object "course"`: {
			list + "object: type tag at data[].object, wanted string: " + classSchema + "object.x-tags: [..., <the value is in Response.Raw>]",
		},
		"ListClasses: remove has_more": {
			"ListClasses: ClassList.has_more: missing field, wanted boolean: " +
				schemas + "ResellerV3ListResponse.properties.has_more: {x-optional: true}",
		},
		"ListClasses: rename data items": {
			"ListClasses: the response lacks an essential field, so that there is no value",
			"ListClasses: ClassList.items: unknown field, got array: " +
				schemas + "ResellerV3ListResponse.properties.items: {type: array, items: {}, " + described,
			"ListClasses: ClassList.data: missing field, wanted array",
		},
		"ListClasses: status 200 203": {
			"ListClasses: the response has another form or status than the contract's, so that there is no value",
			`ListClasses: status: unknown status, got 203: paths./classes.get.responses: {"203": {description: observed ` + time.Now().UTC().Format(time.DateOnly) + `}}`,
		},
		"ListClasses: unwrap data": {
			"ListClasses: the response has another form or status than the contract's, so that there is no value",
			"ListClasses: the whole body: type, wanted object, got array",
		},
		"GetClient: move /people/{clientId}": {
			"GetClient: The API rejects the request (status 404, resource_not_found).",
		},
		`ListPassProviders: set error.code "no_such_code"`: {
			"ListPassProviders: ErrorDetail.code: unknown code at error.code, got no_such_code (1 of 2 calls): " + schemas + "ErrorCode.x-extensible-enum: [..., no_such_code]",
		},
		`ListPassProviders: set error.type "teapot_error"`: {
			"ListPassProviders: ErrorDetail.type: unknown error type at error.type, got teapot_error (1 of 2 calls): " + schemas + "ErrorType.x-extensible-enum: [..., teapot_error]",
		},
		"ListPassProviders: remove error.request_id": {
			"ListPassProviders: ErrorDetail.request_id: missing field at error.request_id, wanted string (1 of 2 calls): " +
				schemas + "ErrorDetail.properties.request_id: {x-optional: true}",
		},
		"ListPassProviders: status 404 422": {
			`ListPassProviders: status: unknown status, got 422 (1 of 2 calls): paths./passes/{id}/providers.get.responses: {"422": {description: observed ` + time.Now().UTC().Format(time.DateOnly) + `}}`,
		},
	} {
		t.Run(bend, func(t *testing.T) {
			report := checkBent(t, bend)
			assert.ElementsMatch(t, want, differences(report))
			assert.Positive(t, report.Differs(), report.Text())
		})
	}
}

// Request ids that never come are one finding, and not one for each operation.
func TestCheckReportsOnceThatNoRequestIDCame(t *testing.T) {
	report := checkBent(t, "*: remove-header Bardge-Request-Id")
	assert.Empty(t, differences(report))
	assert.Equal(t, 1, report.Differs(), report.Text())
}

// An operation that was only read with an id that cannot exist is not taken for a tried one.
func TestCheckShowsThatOnlyAnErrorWasRead(t *testing.T) {
	bend, err := sandbox.ParseBend("ListPassProviders: remove error.request_id")
	require.NoError(t, err)
	sb, err := sandbox.New(sandbox.WithDrift(bend, sandbox.SetField(sandbox.ListPasses, "data", []any{})))
	require.NoError(t, err)
	defer sb.Close()
	client := newClient(t, sb.APIKey, bardge.WithBaseURL(sb.URL), bardge.WithHTTPClient(sb.Client()))
	report, err := bardge.Check(t.Context(), client, bardge.CheckOptions{Samples: 1})
	require.NoError(t, err)
	assert.Equal(t, "only read with an id that cannot exist; the id of a pass package is needed",
		operation(t, report, "ListPassProviders").Seen)
}

// What another account, time or letter case brings is no drift.
func TestCheckTakesNoHarmlessBendForADifference(t *testing.T) {
	for _, bend := range []string{
		"GetIssuedPass: case status lower", "ListClasses: set-header Content-Type application/json; charset=utf-8",
		"ListIssuers: set data []", "ListPassProviders: case error.code upper",
	} {
		report := checkBent(t, bend)
		assert.Zero(t, report.Differs(), "%s\n%s", bend, report.Text())
	}
}

// A response that was cut on the way shows nothing of the body that was sent.
func TestACutResponseIsNoDrift(t *testing.T) {
	sb, err := sandbox.New()
	require.NoError(t, err)
	defer sb.Close()
	client := newClient(t, sb.APIKey, bardge.WithBaseURL(sb.URL), bardge.WithHTTPClient(sb.Client()), bardge.WithMaxAttempts(1))
	sb.Next(sandbox.IssuePass, sandbox.CutResponse)
	_, resp, err := client.IssuedPasses.Issue(t.Context(), bardge.IssuePassParams{
		ClientID: sb.Seed.ClientID, PassID: sb.Seed.PassID,
	})
	require.ErrorContains(t, err, "the answer was cut")
	assert.Empty(t, resp.Drift)
}
