package bardge_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/sandbox"
)

func ExampleDriftReport() {
	sb, err := sandbox.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sb.Close()
	report := new(bardge.DriftReport)
	client, err := bardge.New(sb.APIKey,
		bardge.WithBaseURL(sb.URL), bardge.WithHTTPClient(sb.Client()), bardge.WithDriftReport(report))
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, _, err := client.Passes.List(context.Background(), bardge.ListPassesParams{}); err != nil {
		fmt.Println(err)
	}
	for _, op := range report.Operations() {
		fmt.Println(op.Operation, "calls:", op.Calls, "confirmed:", op.Confirmed, "drift:", len(op.Drift))
		for _, f := range op.Fields {
			if f.Field == "PassList.data" {
				fmt.Println(f.Field, "came:", f.Seen, "as described:", f.Fits)
			}
		}
	}
	// Output:
	// ListPasses calls: 1 confirmed: 1 drift: 0
	// PassList.data came: 1 as described: 1
}

const drifted = `{"object":"issued_pass","id":7,"status":"PAUSED","s3cret name":1,"extra":{},"client_id":"s3cret"}`

func withReport(t *testing.T, script sdktest.Script, f func(t *testing.T, s *sdktest.Bardge, r *bardge.DriftReport)) {
	t.Helper()
	report := new(bardge.DriftReport)
	sdktest.WithBardge(t, script, func(t *testing.T, s *sdktest.Bardge) { f(t, s, report) }, bardge.WithDriftReport(report))
}

func TestADriftReportCountsCallsFieldsAndDrift(t *testing.T) {
	script := sdktest.Script{
		sdktest.Respond(429, `{}`), sdktest.Respond(201, drifted, "Bardge-Request-Id", "r1", "Content-Type", "application/json"),
		sdktest.Respond(201, drifted, "Bardge-Request-Id", "r1", "Content-Type", "application/json"),
	}
	withReport(t, script, func(t *testing.T, s *sdktest.Bardge, r *bardge.DriftReport) {
		for range 2 {
			_, _, err := s.Client.IssuedPasses.Issue(t.Context(), bardge.IssuePassParams{ClientID: "c", PassID: "p"})
			require.NoError(t, err)
		}
		require.Len(t, r.Operations(), 1)
		op := r.Operations()[0]
		assert.Equal(t, "IssuePass", op.Operation)
		assert.Equal(t, 2, op.Calls)
		assert.Equal(t, 2, op.Confirmed)
		assert.Equal(t, map[int]int{201: 2, 429: 1}, op.Statuses)
		assert.Equal(t, bardge.FieldReport{Field: "IssuedPass.id", Seen: 2, Fits: 0}, op.Fields[1])
		assert.Equal(t, bardge.FieldReport{Field: "IssuedPass.passcode"}, op.Fields[2])
		counts := map[string]int{}
		for _, d := range op.Drift {
			counts[d.Drift.String()] = d.Count
		}
		assert.Equal(t, 2, counts["type: IssuedPass.id want string got integer"], "%v", counts)
		assert.Equal(t, 2, counts["unknown field: IssuedPass.extra got object"], "%v", counts)
		assert.Equal(t, 2, counts["unknown value: IssuedPass.status"], "%v", counts)
		assert.Equal(t, 1, counts["unknown status: got 429"], "%v", counts)
		assert.Equal(t, 1, op.Drift[len(op.Drift)-1].Count, "the rarest is last")
		for _, text := range []string{r.Markdown(), asJSON(t, r)} {
			assert.NotContains(t, text, "s3cret")
			assert.NotContains(t, text, "PAUSED")
		}
	})
}

func asJSON(t *testing.T, r *bardge.DriftReport) string {
	t.Helper()
	text, err := json.Marshal(r)
	require.NoError(t, err)
	return string(text)
}

func TestADriftReportIsTheSameAfterJSON(t *testing.T) {
	withReport(t, sdktest.Script{sdktest.Respond(201, drifted)}, func(t *testing.T, s *sdktest.Bardge, r *bardge.DriftReport) {
		_, _, err := s.Client.IssuedPasses.Issue(t.Context(), bardge.IssuePassParams{ClientID: "c", PassID: "p"})
		require.NoError(t, err)
		var back bardge.DriftReport
		require.NoError(t, json.Unmarshal([]byte(asJSON(t, r)), &back))
		assert.JSONEq(t, asJSON(t, r), asJSON(t, &back))
		assert.Equal(t, r.Markdown(), back.Markdown())
		assert.Contains(t, asJSON(t, r), `"version":1`)
	})
}

func TestADriftReportOfAnotherFormIsRefused(t *testing.T) {
	for _, text := range []string{`{}`, `{"version":2}`, `{"version":1,"operations":[{"statuses":{"x":1}}]}`, `[]`} {
		assert.ErrorAs(t, new(bardge.DriftReport).UnmarshalJSON([]byte(text)), new(*bardge.InvalidError), text)
	}
}

// A report that was read from a file may hold any text.
func TestMarkdownEscapesWhatCouldBeMarkup(t *testing.T) {
	hostile := "<img src=x>|`[a](https://evil)\n# x\u202e"
	name, err := json.Marshal(hostile)
	require.NoError(t, err)
	text := strings.ReplaceAll(`{"version":1,"base_url":X,"operations":[{"operation":X,"fields":[{"field":X,"seen":1}],`+
		`"drift":[{"kind":X,"path":X,"field":X,"want":X,"got":X}]}]}`, "X", string(name))
	var r bardge.DriftReport
	require.NoError(t, json.Unmarshal([]byte(text), &r))
	markdown := r.Markdown()
	for _, bad := range []string{"<", "](", "\u202e", "\n# x"} {
		assert.NotContains(t, markdown, bad)
	}
	assert.Contains(t, markdown, "img src?x", "what is plain stays")
}

// Without a success of the API's own there is nothing to compare, which is not
// the same as no difference.
func TestMarkdownClaimsNothingWithoutASuccess(t *testing.T) {
	for calls, want := range map[string]string{
		`"calls":1,"confirmed":0`: "No success of the API's own came", `"calls":1,"confirmed":1`: "Nothing differs.",
	} {
		var r bardge.DriftReport
		require.NoError(t, json.Unmarshal([]byte(`{"version":1,"operations":[{"operation":"ListClasses",`+calls+`}]}`), &r))
		assert.Contains(t, r.Markdown(), want)
	}
}

func TestADriftReportIsBounded(t *testing.T) {
	var script sdktest.Script
	for n := range 30 {
		var fields strings.Builder
		for i := range 50 {
			fmt.Fprintf(&fields, `,"x%d_%d":1`, n, i)
		}
		script = append(script, sdktest.Respond(201, `{"object":"issued_pass","id":"p"`+fields.String()+`}`))
	}
	withReport(t, script, func(t *testing.T, s *sdktest.Bardge, r *bardge.DriftReport) {
		for range script {
			_, _, err := s.Client.IssuedPasses.Issue(t.Context(), bardge.IssuePassParams{ClientID: "c", PassID: "p"})
			require.NoError(t, err)
		}
		drift := r.Operations()[0].Drift
		assert.LessOrEqual(t, len(drift), 211)
		assert.Contains(t, r.Markdown(), "| unknown field |  | ... |")
	})
}

func TestADriftReportIsSafeForConcurrentUse(t *testing.T) {
	withReport(t, sdktest.Script{sdktest.Respond(201, drifted)}, func(t *testing.T, s *sdktest.Bardge, r *bardge.DriftReport) {
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				_, _, _ = s.Client.IssuedPasses.Issue(t.Context(), bardge.IssuePassParams{ClientID: "c", PassID: "p"})
				_ = r.Markdown()
			})
		}
		all.Wait()
		assert.Equal(t, 8, r.Operations()[0].Calls)
	})
}

func TestCloseWritesTheReport(t *testing.T) {
	dir := t.TempDir()
	asText, asData := filepath.Join(dir, "drift.md"), filepath.Join(dir, "drift.json")
	report := new(bardge.DriftReport).WriteAtClose(asText).WriteAtClose(asData)
	sdktest.WithSandbox(t, func(t *testing.T, s *sdktest.Sandbox) {
		_, _, err := s.Client.Passes.List(t.Context(), bardge.ListPassesParams{})
		require.NoError(t, err)
		require.NoError(t, s.Client.Close(t.Context()))
	}, bardge.WithDriftReport(report))
	for name, want := range map[string]string{asText: "## ListPasses", asData: `"operation":"ListPasses"`} {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		assert.Contains(t, string(text), want)
		info, err := os.Stat(name)
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, entries, 2, "no temporary file stays")
}

// Clients that share a report may close at once: the file of the last has all.
func TestTheLastFileOfAReportHasAllOfIt(t *testing.T) {
	sb, err := sandbox.New()
	require.NoError(t, err)
	defer sb.Close()
	for range 20 {
		report, name := new(bardge.DriftReport), filepath.Join(t.TempDir(), "drift.json")
		report.WriteAtClose(name)
		var all sync.WaitGroup
		for calls := range 6 {
			all.Go(func() {
				c := newClient(t, sb.APIKey, bardge.WithBaseURL(sb.URL), bardge.WithHTTPClient(sb.Client()), bardge.WithDriftReport(report))
				for range calls {
					_, _, err := c.Passes.List(t.Context(), bardge.ListPassesParams{})
					assert.NoError(t, err)
				}
				assert.NoError(t, c.Close(t.Context()))
			})
		}
		all.Wait()
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		require.Equal(t, asJSON(t, report), strings.TrimSpace(string(text)))
	}
}

func TestAReportThatCannotBeWrittenIsAnErrorOfClose(t *testing.T) {
	report := new(bardge.DriftReport).WriteAtClose(filepath.Join(t.TempDir(), "none", "drift.md"))
	sdktest.WithSandbox(t, func(t *testing.T, s *sdktest.Sandbox) {
		require.ErrorIs(t, s.Client.Close(t.Context()), os.ErrNotExist)
	}, bardge.WithDriftReport(report))
	assert.ErrorAs(t, report.WriteFile("drift.txt"), new(*bardge.InvalidError))
}

func TestADriftReportIsForAClient(t *testing.T) {
	_, err := bardge.New("key", bardge.WithDriftReport(nil))
	require.ErrorAs(t, err, new(*bardge.InvalidError))
	transport := bardge.NewTransport(nil, bardge.WithDriftReport(new(bardge.DriftReport)))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, bardge.DefaultBaseURL, http.NoBody)
	require.NoError(t, err)
	resp, err := transport.RoundTrip(req)
	if resp != nil {
		_ = resp.Body.Close()
	}
	assert.ErrorAs(t, err, new(*bardge.InvalidError))
}

func ExampleDriftReport_Markdown() {
	var report bardge.DriftReport
	err := report.UnmarshalJSON([]byte(`{"version":1,"base_url":"https://api-prod.bardge.com","operations":[{
		"operation":"IssuePass","calls":3,"confirmed":2,"statuses":{"201":2,"429":1},
		"fields":[{"field":"IssuedPass.id","seen":2,"fits":2},{"field":"IssuedPass.tx_ref","seen":0,"fits":0}],
		"drift":[{"kind":"missing field","path":"tx_ref","field":"IssuedPass.tx_ref","want":"string","count":2}]}]}`))
	fmt.Println(report.Markdown(), err)
	// Output:
	// # Drift report
	//
	// API: `https://api-prod.bardge.com`
	//
	// Calls: never to never
	//
	// ## IssuePass
	//
	// Calls with a response: 3, confirmed: 2, replayed: 0. Statuses: 201 (2), 429 (1).
	//
	// Confirmed fields: `IssuedPass.id`.
	//
	// Fields that never came: `IssuedPass.tx_ref`.
	//
	// | differs | contract | where | want | got | calls | first | last |
	// | --- | --- | --- | --- | --- | ---: | --- | --- |
	// | missing field | IssuedPass.tx_ref | tx_ref | string |  | 2 | never | never |
	//  <nil>
}

func ExampleDriftReport_WriteAtClose() {
	report := new(bardge.DriftReport).WriteAtClose("drift.md").WriteAtClose("drift.json")
	client, err := bardge.New("your-key", bardge.WithDriftReport(report))
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = client // which writes both files when it is closed
	fmt.Println(len(report.Operations()), "operations so far")
	// Output: 0 operations so far
}

func ExampleDriftReport_WriteFile() {
	var report bardge.DriftReport
	fmt.Println(report.WriteFile("drift.txt"))
	// Output: file name ends neither in .json nor in .md
}
