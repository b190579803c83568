package scenarios

import (
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
		for _, text := range []string{r.Markdown(), reportJSON(t, r)} {
			assert.NotContains(t, text, "s3cret")
			assert.NotContains(t, text, "PAUSED")
		}
	})
}

func reportJSON(t *testing.T, r *bardge.DriftReport) string {
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
		require.NoError(t, json.Unmarshal([]byte(reportJSON(t, r)), &back))
		assert.JSONEq(t, reportJSON(t, r), reportJSON(t, &back))
		assert.Equal(t, r.Markdown(), back.Markdown())
		assert.Contains(t, reportJSON(t, r), `"version":1`)
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
				c, err := bardge.New(sb.APIKey, bardge.WithBaseURL(sb.URL), bardge.WithHTTPClient(sb.Client()), bardge.WithDriftReport(report))
				assert.NoError(t, err)
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
		require.Equal(t, reportJSON(t, report), strings.TrimSpace(string(text)))
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

// bentClient returns a client of a server whose GetClass is at another path.
func bentClient(t *testing.T, opts ...bardge.Option) (*sandbox.Sandbox, *bardge.Client) {
	t.Helper()
	sb, err := sandbox.New(sandbox.WithDrift(sandbox.MoveOperation(sandbox.GetClass, "/class/{id}")))
	require.NoError(t, err)
	t.Cleanup(sb.Close)
	client, err := bardge.New(sb.APIKey, append(opts, bardge.WithBaseURL(sb.URL), bardge.WithHTTPClient(sb.Client()))...)
	require.NoError(t, err)
	t.Cleanup(client.CloseIdleConnections)
	return sb, client
}

// What another path confirms is no evidence of the contract's.
func TestADriftReportHasThePathThatWasCorrected(t *testing.T) {
	report := new(bardge.DriftReport)
	sb, client := bentClient(t, bardge.WithDriftReport(report), bardge.WithPath("GetClass", "/class/{id}"))
	_, _, err := client.Classes.Get(t.Context(), sb.Seed.ClassID)
	require.NoError(t, err)
	_, _, err = client.Passes.List(t.Context(), bardge.ListPassesParams{})
	require.NoError(t, err)

	again := new(bardge.DriftReport)
	require.NoError(t, json.Unmarshal([]byte(reportJSON(t, report)), again))
	paths := map[string]string{}
	for _, op := range again.Operations() {
		paths[op.Operation] = op.Path
		assert.Equal(t, 1, op.Confirmed)
	}
	assert.Equal(t, map[string]string{"GetClass": "/class/{id}", "ListPasses": ""}, paths)
	assert.Contains(t, again.Markdown(), "Path, by WithPath: `/class/{id}`.")
}

func TestADriftReportIsOfOneAPI(t *testing.T) {
	report := new(bardge.DriftReport)
	bentClient(t, bardge.WithDriftReport(report))
	_, err := bardge.New("key", bardge.WithDriftReport(report))
	require.ErrorAs(t, err, new(*bardge.InvalidError))
	assert.ErrorContains(t, err, "another base URL")
}
