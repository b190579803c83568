package main

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/cmd/bardge/internal/console/web"
	"github.com/bardge/bardge-go/journal/postgres/pgtest"
)

// jobs is a queue of River with one job.
type jobs struct {
	*desk

	dsn    string
	client *river.Client[pgx.Tx]
	id     int64 // of the job
}

// issueJob is a job's arguments: a ref alone.
type issueJob struct {
	Ref string `json:"ref"`
}

func (issueJob) Kind() string { return "issue_pass" }

func newJobs(t *testing.T) *jobs {
	t.Helper()
	j := &jobs{desk: newDesk(t), dsn: pgtest.Start(t).DSN}
	pool, err := pgxpool.New(t.Context(), j.dsn)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	quiet := slog.New(slog.DiscardHandler)
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Logger: quiet})
	require.NoError(t, err)
	_, err = migrator.Migrate(t.Context(), rivermigrate.DirectionUp, nil)
	require.NoError(t, err)
	j.client, err = river.NewClient(riverpgxv5.New(pool), &river.Config{Logger: quiet})
	require.NoError(t, err)
	inserted, err := j.client.Insert(t.Context(), issueJob{Ref: "policy-17/pass"}, nil)
	require.NoError(t, err)
	j.id = inserted.Job.ID
	j.set("BARDGE_RIVER", j.dsn)
	return j
}

func (j *jobs) state() rivertype.JobState {
	j.Helper()
	job, err := j.client.JobGet(j.Context(), j.id)
	require.NoError(j, err)
	return job.State
}

// send sends a request to the console with these headers.
func (j *jobs) send(ready web.Ready, method, path, body string, headers ...string) (*http.Response, string) {
	j.Helper()
	r, err := http.NewRequestWithContext(j.Context(), method, ready.Origin+path, strings.NewReader(body))
	require.NoError(j, err)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(r)
	require.NoError(j, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(j, err)
	return response, string(text)
}

const (
	jobsPath   = "/river/api/jobs?state=available"
	cancelPath = "/river/api/jobs/cancel"
	policy     = "Content-Security-Policy"
)

// TestConsoleServesRiversPageBehindItsOwnChecks: without the session, from another
// origin or under another name nothing of the queue is read; nothing is changed
// without --allow-writes.
func TestConsoleServesRiversPageBehindItsOwnChecks(t *testing.T) {
	t.Parallel()
	j := newJobs(t)
	cancel := fmt.Sprintf(`{"ids":["%d"]}`, j.id)
	reads, writes := j.console(), j.console("--allow-writes")

	for name, row := range map[string]struct {
		status  int
		headers []string
	}{
		"no session":     {http.StatusUnauthorized, nil},
		"another secret": {http.StatusUnauthorized, []string{"Authorization", "Bearer x"}},
		"another origin": {http.StatusForbidden, []string{"Authorization", writes.Authorization, "Origin", "http://evil.example"}},
		"another site":   {http.StatusForbidden, []string{"Authorization", writes.Authorization, "Sec-Fetch-Site", "cross-site"}},
	} {
		for _, path := range []string{"/river/", "/river/assets/", jobsPath} {
			response, text := j.send(writes, http.MethodGet, path, "", row.headers...)
			assert.Equal(t, row.status, response.StatusCode, "%s: %s", name, path)
			assert.NotContains(t, text, "policy-17/pass", name)
			assert.NotContains(t, response.Header.Get(policy), "unsafe", name)
		}
		response, _ := j.send(writes, http.MethodPost, cancelPath, cancel, row.headers...)
		assert.Equal(t, row.status, response.StatusCode, name)
	}
	response, _ := j.send(reads, http.MethodPost, cancelPath, cancel, "Authorization", reads.Authorization)
	assert.Equal(t, http.StatusMethodNotAllowed, response.StatusCode)
	assert.Equal(t, rivertype.JobStateAvailable, j.state(), "nothing was changed")

	response, text := j.send(reads, http.MethodGet, jobsPath, "", "Authorization", reads.Authorization)
	assert.Equal(t, http.StatusOK, response.StatusCode, text)
	assert.Contains(t, text, "policy-17/pass")
	assert.Equal(t, "no-store", response.Header.Get("Cache-Control"))
	response, text = j.send(writes, http.MethodPost, cancelPath, cancel, "Authorization", writes.Authorization)
	assert.Equal(t, http.StatusOK, response.StatusCode, text)
	assert.Equal(t, rivertype.JobStateCancelled, j.state())
}

// TestConsoleHasAPolicyForRiversPageAlone: below its prefix styles may be inline,
// scripts not; all other pages keep the console's policy.
func TestConsoleHasAPolicyForRiversPageAlone(t *testing.T) {
	t.Parallel()
	const (
		own = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
			"img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
		rivers = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; " +
			"img-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
	)
	j := newJobs(t)
	ready := j.console("--journal", j.journal(), "--allow-writes")
	for path, want := range map[string]string{
		"/operations": own, "/operations/one": own, "/assets/style.css": own, "/none": own, "/riverside": own, "/river/../operations": own,
		"/river/": rivers, "/river/jobs": rivers, jobsPath: rivers, "/river/none": rivers, "/river/operations": rivers,
	} {
		response, _ := j.send(ready, http.MethodGet, path, "", "Authorization", ready.Authorization)
		assert.Equal(t, []string{want}, response.Header.Values(policy), path)
		assert.Equal(t, "DENY", response.Header.Get("X-Frame-Options"), path)
		assert.Equal(t, "nosniff", response.Header.Get("X-Content-Type-Options"), path)
	}
}

// TestConsoleShowsRiversPage: in a browser the page lists the job, shows it, and
// reports no error under the policy.
func TestConsoleShowsRiversPage(t *testing.T) {
	t.Parallel()
	j := newJobs(t)
	ready := j.console("--journal", j.journal())
	b := newBrowser(t)
	b.signIn(ready)
	b.click(`nav a[href="/river/"]`)
	b.waitFor("body", "Available")
	b.open(ready.Origin + "/river/jobs?state=available")
	b.waitFor("main", "issue_pass")
	b.click(`main input[type="checkbox"]`) // whose tick is an image
	b.waitFor("main", "1 selected")
	b.open(fmt.Sprintf("%s/river/jobs/%d", ready.Origin, j.id))
	b.waitFor("main", "policy-17/pass")
	b.open(ready.Origin + "/river/queues")
	b.waitFor("main", "Queues")
}

// TestConsoleNeedsAQueueOfRiver: an address that is none, and a database without
// River's tables.
func TestConsoleNeedsAQueueOfRiver(t *testing.T) {
	t.Parallel()
	empty := pgtest.Start(t).DSN
	for name, row := range map[string]struct {
		code            int
		given, set, say string
	}{
		"no server":          {3, "sqlite:jobs.db", "", "a queue of River is at postgres://HOST/DATABASE"},
		"password":           {3, "postgres://me:hidden@host/db", "", "--river must not contain a password"},
		"not to be read":     {3, "", "postgres://me:hidden@host:port/db", "the queue's address cannot be read"},
		"no tables":          {1, "", empty, "no table river_job"},
		"nothing to connect": {1, "", "postgres://me:hidden@127.0.0.1:1/db", "the queue: "},
	} {
		d := newDesk(t)
		args := []string{"console"}
		if row.given != "" {
			args = append(args, "--river", row.given)
		}
		d.set("BARDGE_RIVER", row.set)
		r := d.run(args...)
		assert.Equal(t, row.code, r.code, "%s: %s", name, r.stderr)
		assert.Contains(t, r.stderr, row.say, name)
		assert.NotContains(t, r.stderr, "hidden", name)
	}
}
