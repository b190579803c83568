package scenarios

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

// A pass that was issued is never reported as another server's response.
func TestCheckReportsAPassThatWasIssuedWithoutAnID(t *testing.T) {
	bend, err := sandbox.ParseBend("IssuePass: rename id identifier")
	require.NoError(t, err)
	sb, err := sandbox.New(sandbox.WithDrift(bend))
	require.NoError(t, err)
	defer sb.Close()
	client := newClient(t, sb.APIKey, bardge.WithBaseURL(sb.URL), bardge.WithHTTPClient(sb.Client()))
	report, err := bardge.Check(t.Context(), client, issuing(sb))
	require.ErrorIs(t, err, bardge.ErrResponseIncomplete)
	assert.Contains(t, firstLine(report), "IssuePass was executed, but there is no value: ")
	assert.Contains(t, report.Advice, "must not be issued again")
	assert.Contains(t, section(report, "Write"), "differs")
	assert.Contains(t, report.Text(), "IssuedPass.identifier")
	assert.Equal(t, 1, sb.Executed(sandbox.IssuePass))
}

// The repetition is cancelled: the pass is issued all the same.
func TestCheckReportsAPassWhoseRepetitionIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	issued := 0
	c := newChecked(t, httptest.NewServer, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				issued++
				if issued > 1 {
					cancel()
					panic(http.ErrAbortHandler)
				}
			}
			next.ServeHTTP(w, r)
		})
	})
	report, err := bardge.Check(ctx, c.client(), issuing(c.Sandbox))
	require.ErrorIs(t, err, context.Canceled)
	assert.Contains(t, firstLine(report), "IssuePass was executed; its repetition under the same key brought no pass: ")
	assert.NotEmpty(t, report.Write.ID)
	assert.Equal(t, bardge.OutcomeDone, report.Write.Outcome)
}

// section returns the rows of a report's section.
func section(r *bardge.CheckReport, title string) string {
	_, rest, _ := strings.Cut(r.Text(), "\n"+title+"\n")
	rows, _, _ := strings.Cut(rest, "\n\n")
	return rows
}

// An API whose lists all have another form is the API: the check goes on, and
// lists what differs.
func TestCheckGoesOnWhereAllListsDiffer(t *testing.T) {
	for name, body := range map[string]string{
		"without data": `{"object":"list","items":[{"id":"x1"}],"has_more":false}`,
		"bare arrays":  `[{"id":"x1"}]`,
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Bardge-Request-Id", "req_1")
				w.Header().Set("Content-Type", "application/json")
				_, _ = fmt.Fprint(w, body)
			}))
			defer server.Close()
			report, err := check(t, newClient(t, "key_0001", bardge.WithBaseURL(server.URL)))
			require.NoError(t, err)
			for _, list := range []string{"ListPasses", "ListProviders", "ListIssuers", "ListClasses", "ListCreditPackages"} {
				op := operation(t, report, list)
				assert.Equal(t, bardge.CheckDiffers, op.Verdict, list)
				assert.Contains(t, op.Advice, "Response.Raw has what came", list)
				assert.NotEmpty(t, op.Fields, list)
			}
			assert.NotContains(t, report.Text(), "not the API's")
		})
	}
}

// What is wrong with a success that does not end, or is cut, is not its sender.
func TestCheckExplainsAResponseThatCannotBeRead(t *testing.T) {
	for name, row := range map[string]struct {
		respond http.HandlerFunc
		want    string
	}{
		"a body that does not end": {func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusOK)
			_ = http.NewResponseController(w).Flush()
			select {
			case <-r.Context().Done():
			case <-time.After(5 * time.Second):
			}
		}, "began to respond, but did not end in time (status 200)."},
		"a body that is cut": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = fmt.Fprint(w, `{"object":"list","data":[`)
		}, "The API's response cannot be read (status 200): "},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(row.respond)
			defer server.Close()
			client := newClient(t, "key_0001", bardge.WithBaseURL(server.URL))
			options := bardge.CheckOptions{Samples: 1, CallTimeout: 50 * time.Millisecond, Timeout: 5 * time.Second}
			report, _ := bardge.Check(t.Context(), client, options)
			require.NotNil(t, report)
			assert.Contains(t, operation(t, report, "ListPasses").Seen, row.want)
			assert.NotContains(t, report.Text(), "not the API's")
		})
	}
}
