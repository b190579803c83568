package riverpage

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal/postgres/pgtest"
)

type args struct{}

func (args) Kind() string { return "issue_pass" }

func queue(t *testing.T) *river.Client[pgx.Tx] {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), pgtest.Start(t).DSN)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	_, err = migrator.Migrate(t.Context(), rivermigrate.DirectionUp, nil)
	require.NoError(t, err)
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	return client
}

// known lets through who has the password.
func known(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, password, _ := r.BasicAuth(); password != "secret" {
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func TestThePage(t *testing.T) {
	client := queue(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	job, err := client.Insert(ctx, args{}, nil)
	require.NoError(t, err)
	cancelJob := `{"ids":["` + strconv.FormatInt(job.Job.ID, 10) + `"]}`

	send := func(page http.Handler, method, path, body string, change func(*http.Request)) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(ctx, method, path, strings.NewReader(body))
		r.SetBasicAuth("ada", "secret")
		r.Header.Set("Origin", "https://elsewhere.example")
		change(r)
		w := httptest.NewRecorder()
		page.ServeHTTP(w, r)
		return w
	}
	as := func(*http.Request) {}
	own := func(r *http.Request) { r.Header.Del("Origin") }

	reads, err := New(ctx, client, Options{Prefix: "/river", Authenticate: known})
	require.NoError(t, err)
	got := send(reads, http.MethodGet, "/river/api/jobs?state=available", "", as)
	require.Equal(t, http.StatusOK, got.Code, got.Body)
	assert.Contains(t, got.Body.String(), "issue_pass")
	assert.Empty(t, got.Header().Get("Access-Control-Allow-Origin"), "no other site may read it")
	assert.Equal(t, "DENY", got.Header().Get("X-Frame-Options"))
	assert.Equal(t, http.StatusUnauthorized, send(reads, http.MethodGet, "/river/api/jobs", "",
		func(r *http.Request) { r.Header.Del("Authorization") }).Code)
	assert.Equal(t, http.StatusForbidden, send(reads, http.MethodPost, "/river/api/jobs/cancel", cancelJob, own).Code)
	assert.Equal(t, http.StatusOK, send(reads, http.MethodGet, "/river/", "", as).Code)

	writes, err := New(ctx, client, Options{Prefix: "/river", Authenticate: known, AllowWrites: true})
	require.NoError(t, err)
	assert.Equal(t, http.StatusForbidden, send(writes, http.MethodPost, "/river/api/jobs/cancel", cancelJob, as).Code,
		"a page of another site")
	got = send(writes, http.MethodPost, "/river/api/jobs/cancel", cancelJob, own)
	require.Equal(t, http.StatusOK, got.Code, got.Body)
	after, err := client.JobGet(ctx, job.Job.ID)
	require.NoError(t, err)
	assert.Equal(t, "cancelled", string(after.State))
}

func TestNewRefuses(t *testing.T) {
	for _, o := range []Options{{}, {Authenticate: known, Prefix: "river"}, {Authenticate: known, Prefix: "/river/"}} {
		_, err := New(t.Context(), &river.Client[pgx.Tx]{}, o)
		assert.Error(t, err)
	}
	_, err := New(t.Context(), nil, Options{Authenticate: known})
	assert.Error(t, err)
}
