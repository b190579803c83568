package main

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/journal/postgres"
	"github.com/bardge/bardge-go/journal/postgres/pgtest"
	"github.com/bardge/bardge-go/journal/sqlite"
	"github.com/bardge/bardge-go/sandbox"
	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

const (
	secret    = "the secret of this year"
	oldSecret = "the secret of last year"
)

// store is a journal that the command is tested with.
type store struct {
	address string
	open    func() journal.Journal // as a program does
	content func() string          // of all that is stored
	exec    func(statement string)
}

// journals are a real one of each kind.
var journals = map[string]func(t *testing.T) store{"SQLite": sqliteStore, "PostgreSQL": postgresStore}

func sqliteStore(t *testing.T) store {
	t.Helper()
	path := filepath.Join(t.TempDir(), "journal.db")
	open := func() journal.Journal {
		j, err := sqlite.Open(path)
		require.NoError(t, err)
		t.Cleanup(func() { assert.NoError(t, j.Close()) })
		return j
	}
	run := func(statement string) {
		db, err := sql.Open("sqlite", path)
		require.NoError(t, err)
		defer db.Close()
		_, err = db.Exec(statement)
		require.NoError(t, err)
	}
	return store{
		address: "sqlite:" + path, open: open, exec: run,
		content: func() string {
			// A process that closes a file loses its locks, and this one has the
			// journal open: another one copies the files.
			copied := t.TempDir()
			require.NoError(t, exec.Command("cp", "-R", filepath.Dir(path)+"/.", copied).Run())
			var all strings.Builder
			entries, err := os.ReadDir(copied)
			require.NoError(t, err)
			for _, e := range entries {
				text, err := os.ReadFile(filepath.Join(copied, e.Name()))
				require.NoError(t, err)
				if strings.HasSuffix(e.Name(), "-shm") {
					text = nil // readers mark there what they read
				}
				fmt.Fprintf(&all, "%s %x\n", e.Name(), sha256.Sum256(text))
			}
			return all.String()
		},
	}
}

func postgresStore(t *testing.T) store {
	t.Helper()
	server := pgtest.Start(t)
	dsn, err := url.Parse(server.DSN)
	require.NoError(t, err)
	run := func(statement string) {
		conn, err := pgx.Connect(context.Background(), server.DSN)
		require.NoError(t, err)
		defer conn.Close(context.Background())
		_, err = conn.Exec(context.Background(), statement)
		require.NoError(t, err)
	}
	return store{
		address: dsn.String(), exec: run,
		open: func() journal.Journal {
			j, err := postgres.Open(t.Context(), server.DSN)
			require.NoError(t, err)
			t.Cleanup(func() { assert.NoError(t, j.Close()) })
			return j
		},
		content: func() string {
			conn, err := pgx.Connect(context.Background(), server.DSN)
			require.NoError(t, err)
			defer conn.Close(context.Background())
			var all string
			require.NoError(t, conn.QueryRow(context.Background(), `SELECT string_agg(o::text, ' ' ORDER BY id)
				|| (SELECT string_agg(b::text, ' ') FROM bardge_journal.binding AS b)
				|| (SELECT count(*) FROM pg_class) FROM bardge_journal.operations AS o`).Scan(&all))
			return all
		},
	}
}

// office is a desk with a journal, and a program that uses it.
type office struct {
	*desk
	store

	sandbox *sandbox.Sandbox
	api     *httptest.Server // of the sandbox
	url     string
}

// inOffice calls f with each kind of journal.
func inOffice(t *testing.T, f func(t *testing.T, o *office)) {
	t.Helper()
	for name, newStore := range journals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t, newOffice(t, newStore(t)))
		})
	}
}

func newOffice(t *testing.T, s store) *office {
	t.Helper()
	sb, err := sandbox.New()
	require.NoError(t, err)
	t.Cleanup(sb.Close)
	api := httptest.NewServer(sb.Handler())
	t.Cleanup(api.Close)
	o := &office{desk: newDesk(t), store: s, sandbox: sb, api: api, url: api.URL + sandbox.BasePath}
	o.set("BARDGE_JOURNAL", s.address)
	o.set("BARDGE_JOURNAL_SECRET", secret)
	o.set("BARDGE_BASE_URL", o.url)
	o.set("BARDGE_API_KEY", sb.APIKey)
	return o
}

// without returns a desk without a variable.
func (o *office) without(names ...string) *desk {
	d := &desk{T: o.T}
	for _, v := range o.env {
		name, _, _ := strings.Cut(v, "=")
		keep := true
		for _, drop := range names {
			keep = keep && name != drop
		}
		if keep {
			d.env = append(d.env, v)
		}
	}
	return d
}

// program is a client of the journal, as a user's program has it.
func (o *office) program(secrets ...string) *bardge.Client {
	o.Helper()
	var previous [][]byte
	for _, s := range secrets[1:] {
		previous = append(previous, []byte(s))
	}
	c, err := bardge.New(o.sandbox.APIKey, bardge.WithBaseURL(o.url), bardge.WithJournal(o.open(), "acme"),
		bardge.WithJournalSecret([]byte(secrets[0]), previous...))
	require.NoError(o, err)
	o.Cleanup(c.CloseIdleConnections)
	return c
}

// issue issues a pass whose response may be lost.
func (o *office) issue(c *bardge.Client, ref string, lost bool) {
	o.Helper()
	if lost {
		o.sandbox.Next(sandbox.IssuePass, sandbox.LoseResponse)
	}
	_, _, err := c.IssuedPasses.Issue(o.Context(), bardge.IssuePassParams{
		ClientID: o.sandbox.Seed.ClientID, PassID: o.sandbox.Seed.PassID,
	}, bardge.WithRef(ref), bardge.WithMaxAttempts(1))
	require.Equal(o, lost, bardge.OutcomeOf(err) == bardge.OutcomeUnknown, err)
}

// lookup initiates a lookup whose response is lost. It is never sent again.
func (o *office) lookup(c *bardge.Client, ref string) {
	o.Helper()
	o.sandbox.Next(sandbox.InitiateLookup, sandbox.LoseResponse)
	_, _, err := c.Lookups.Initiate(o.Context(), bardge.InitiateLookupParams{
		IssuerID: o.sandbox.Seed.IssuerID, ClientID: o.sandbox.Seed.OtherClientID,
	}, bardge.WithRef(ref), bardge.WithMaxAttempts(1))
	require.Equal(o, bardge.OutcomeUnknown, bardge.OutcomeOf(err), err)
}

// closed closes the program's journal.
func closed(t *testing.T, c *bardge.Client) { require.NoError(t, c.Close(t.Context())) }

// list reads a list of objects.
func list(t *testing.T, text string) []map[string]any {
	t.Helper()
	var all []map[string]any
	require.NoError(t, json.Unmarshal([]byte(text), &all), text)
	require.NotNil(t, all, text)
	return all
}

func TestJournalListsShowsAndCountsWithoutAChange(t *testing.T) {
	t.Parallel()
	inOffice(t, func(t *testing.T, o *office) {
		c := o.program(secret)
		o.issue(c, "order-1", true)
		o.issue(c, "order-2", false)
		_, _, err := c.IssuedPasses.Issue(t.Context(), bardge.IssuePassParams{
			ClientID: "nobody", PassID: "none", FirstName: "Ada",
		}, bardge.WithRef("order-3"))
		require.Error(t, err)
		before, requests := o.content(), o.sandbox.Ledger()

		open := list(t, o.done("journal", "list", "-o", "json").stdout)
		require.Len(t, open, 1)
		assert.Equal(t, "order-1", open[0]["ref"])
		assert.Equal(t, "open", open[0]["state"])
		assert.NotEmpty(t, open[0]["reason"])
		assert.Len(t, list(t, o.done("journal", "list", "--state", "any", "-o", "json").stdout), 3)
		limited := o.done("journal", "list", "--state", "any", "--limit", "2", "-o", "json")
		assert.Len(t, list(t, limited.stdout), 2)
		assert.Equal(t, "There are more operations than the limit of 2.", object(t, limited.stderr)["note"])
		limited = o.done("journal", "list", "--state", "any", "--limit", "3", "-o", "json")
		assert.Len(t, list(t, limited.stdout), 3)
		assert.Empty(t, limited.stderr, "these are all")
		assert.Equal(t, "[]\n", o.done("journal", "list", "--older-than", "10m", "-o", "json").stdout)
		assert.Equal(t, "[]\n", o.done("journal", "list", "--operation", "BookClass", "-o", "json").stdout)
		assert.Contains(t, o.done("journal", "list").stdout, "order-1")

		shown := object(t, o.done("journal", "show", "order-1", "-o", "json").stdout)
		assert.Equal(t, "bardge", strings.Trim(shown["account"].(string)[strings.LastIndex(shown["account"].(string), "("):], "()"))
		assert.NotEmpty(t, shown["safe_until"])
		assert.Len(t, shown["timeline"], 3)
		done := o.done("journal", "show", "order-2").stdout
		assert.Contains(t, done, "It was executed. Nothing has to be done.")
		assert.Contains(t, done, "request id")
		missing := o.run("journal", "show", "order-9", "-o", "json")
		assert.Equal(t, 1, missing.code)
		assert.Contains(t, object(t, missing.stderr)["error"], "no such operation")

		stats := object(t, o.done("journal", "stats", "-o", "json").stdout)
		assert.Equal(t, json.Number("1"), stats["open"])
		assert.Equal(t, json.Number("1"), stats["done"])
		assert.Equal(t, json.Number("1"), stats["free"])
		checked := object(t, o.done("journal", "check", "-o", "json").stdout)
		assert.Equal(t, map[string]any{
			"current": json.Number("3"), "previous": json.Number("0"), "in_the_clear": json.Number("0"),
			"unopened": json.Number("0"), "resealed": json.Number("0"),
		}, checked["records"])
		assert.Empty(t, checked["problems"])
		o.done("journal", "recover", "--dry-run")
		o.done("journal", "reseal", "--dry-run")
		o.done("journal", "migrate", "--dry-run")

		assert.Equal(t, before, o.content(), "nothing was changed")
		assert.Equal(t, requests, o.sandbox.Ledger(), "nothing was sent")
		closed(t, c)
	})
}

func TestJournalWithoutItsSecretShowsWhatIsInTheClear(t *testing.T) {
	t.Parallel()
	inOffice(t, func(t *testing.T, o *office) {
		o.issue(o.program(secret), "order-1", true)
		before := o.content()
		for name, d := range map[string]*desk{
			"none":  o.without("BARDGE_JOURNAL_SECRET", "BARDGE_API_KEY"),
			"wrong": o.without("BARDGE_JOURNAL_SECRET"),
		} {
			listed := d.done("journal", "list", "-o", "json")
			assert.Equal(t, "order-1", list(t, listed.stdout)[0]["ref"], name)
			assert.Contains(t, object(t, listed.stderr)["note"], "What is sealed is not shown")
			assert.Contains(t, d.done("journal", "list").stdout, "sealed")
			assert.Contains(t, d.done("journal", "show", "order-1").stdout, "Set BARDGE_JOURNAL_SECRET")
			assert.Contains(t, d.done("journal", "stats").stdout, "open 1")
			assert.NotContains(t, object(t, d.done("journal", "check", "-o", "json").stdout), "account")
			for _, args := range [][]string{
				{"resolve", "order-1", "--executed", "x", "--by", "ada", "--yes"},
				{"erase", "order-1", "--yes"},
				{"recover"},
				{"recover", "--dry-run"},
			} {
				r := d.run(append([]string{"journal"}, args...)...)
				assert.Equal(t, 4, r.code, "%v: %s", args, r.stderr)
				assert.Empty(t, r.stdout)
			}
		}
		assert.Equal(t, before, o.content())
	})
}

// A check with a secret that opens nothing has not checked the seals.
func TestJournalCheckFailsWithAWrongSecret(t *testing.T) {
	t.Parallel()
	o := newOffice(t, sqliteStore(t))
	o.issue(o.program(oldSecret), "order-1", true)
	file := o.file(secret + "\n")
	bare := o.without("BARDGE_JOURNAL_SECRET")
	for _, r := range []result{
		o.run("journal", "check", "-o", "json"),
		bare.run("journal", "check", "--journal-secret-file", file, "-o", "json"),
		bare.run("journal", "check", "--previous-secret-file", file, "-o", "json"),
	} {
		assert.Equal(t, 1, r.code)
		assert.Equal(t, "the given secret does not open the journal", object(t, r.stderr)["error"])
		assert.Contains(t, r.stderr, "BARDGE_JOURNAL_SECRET_PREVIOUS")
		assert.Empty(t, object(t, r.stdout)["problems"], "what needs no secret is printed")
	}
	for _, args := range [][]string{{"show", "order-1"}, {"list"}, {"recover"}, {"erase", "order-1", "--yes"}} {
		r := o.run(append([]string{"journal"}, args...)...)
		assert.Contains(t, r.stderr, "the given secret does not open the journal", "%v", args)
		assert.Contains(t, r.stderr, "BARDGE_JOURNAL_SECRET_PREVIOUS")
		assert.NotContains(t, r.stdout+r.stderr, "not given", "%v", args)
	}
	o.set("BARDGE_JOURNAL_SECRET_PREVIOUS", oldSecret)
	o.done("journal", "check")
}

func TestJournalIsNeverCreatedByLooking(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	address := "sqlite:" + filepath.Join(folder, "journal.db")
	d := newDesk(t)
	d.set("BARDGE_JOURNAL_SECRET", secret)
	d.set("BARDGE_API_KEY", "an-api-key-of-a-test")
	for _, args := range [][]string{
		{"list"},
		{"show", "x"},
		{"stats"},
		{"check"},
		{"migrate"},
		{"migrate", "--dry-run"},
		{"reseal"},
		{"recover"},
		{"recover", "--dry-run"},
		{"erase", "x", "--yes"},
		{"resolve", "x", "--not-executed", "--by", "ada", "--yes"},
	} {
		r := d.run(append([]string{"journal", "--journal", address}, args...)...)
		assert.Equal(t, 1, r.code, "%v: %s", args, r.stderr)
		assert.Contains(t, r.stderr, "there is no file at the path", "%v", args)
		said, hint, _ := strings.Cut(r.stderr, "To make one now:\n")
		assert.NotContains(t, said, folder)
		assert.Equal(t, "  bardge journal migrate --create --journal "+address+"\n", hint, "%v", args)
	}
	d.set("BARDGE_JOURNAL", address)
	assert.Contains(t, d.run("journal", "list").stderr, "  bardge journal migrate --create\n")
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	assert.Empty(t, entries)

	made := object(t, d.done("journal", "migrate", "--create", "-o", "json").stdout)
	assert.Equal(t, true, made["changed"])
	assert.Equal(t, json.Number("0"), made["from"])
	assert.Equal(t, false, object(t, d.done("journal", "migrate", "-o", "json").stdout)["changed"])
	assert.Equal(t, "[]\n", d.done("journal", "list", "-o", "json").stdout)
	assert.Equal(t, "[]\n", d.done("journal", "recover", "-o", "json").stdout, "it was never used")
	assert.Equal(t, 1, d.run("journal", "show", "x").code)
}

// A misspelt name finds nothing, as if nothing were open: it is refused.
func TestJournalRefusesAMisspeltOperation(t *testing.T) {
	t.Parallel()
	o := newOffice(t, sqliteStore(t))
	c := o.program(secret)
	o.issue(c, "order-1", true)
	o.issue(c, "order-2", true)
	closed(t, c)
	o.exec("UPDATE operations SET operation = 'OperationOfAnEarlierVersion' WHERE id = 'ref:order-2'")
	for _, command := range [][]string{{"list"}, {"recover"}, {"recover", "--dry-run"}} {
		for name, says := range map[string]string{
			"IssuPass": "Did you mean IssuePass?", "issuepass": "Did you mean IssuePass?",
			"CreateCardTransactions": "Did you mean CreateCardTransaction?", "none": "bardge journal list --state any",
		} {
			r := o.run(append(append([]string{"journal"}, command...), "--operation", name)...)
			assert.Equal(t, 3, r.code, "%v %s", command, name)
			assert.Contains(t, r.stderr, says)
			assert.Empty(t, r.stdout)
		}
	}
	for name, n := range map[string]int{"IssuePass": 1, "CreateCardTransaction": 0, "OperationOfAnEarlierVersion": 1} {
		assert.Len(t, list(t, o.done("journal", "list", "--operation", name, "-o", "json").stdout), n, name)
	}
}

// An operation without a ref leaves the columns as they are.
func TestJournalRecoverHasTheSameColumns(t *testing.T) {
	t.Parallel()
	o := newOffice(t, sqliteStore(t))
	c := o.program(secret)
	o.sandbox.Next(sandbox.IssuePass, sandbox.LoseResponse)
	_, _, err := c.IssuedPasses.Issue(t.Context(), bardge.IssuePassParams{
		ClientID: o.sandbox.Seed.ClientID, PassID: o.sandbox.Seed.PassID,
	}, bardge.WithMaxAttempts(1))
	require.Equal(t, bardge.OutcomeUnknown, bardge.OutcomeOf(err))
	r := o.run("journal", "recover", "--dry-run")
	assert.Regexp(t, `^ID +REF +OPERATION +ACTION +OUTCOME +REASON +EVIDENCE\nkey:\S+ +IssuePass +report +`+
		`the same call resumes it under its key until \S+\n$`, r.stdout)
	one := list(t, o.done("journal", "recover", "--dry-run", "-o", "json").stdout)[0]
	assert.NotContains(t, one, "ref", "data has what there is")
}

func TestJournalNeedsOneRef(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for _, name := range []string{"show", "resolve", "erase"} {
		for text, args := range map[string][]string{
			"missing argument REF":    nil,
			`unexpected argument "b"`: {"a", "b"},
		} {
			r := d.run(append([]string{"journal", name}, args...)...)
			assert.Equal(t, 3, r.code)
			assert.Contains(t, r.stderr, text)
		}
	}
}

func TestJournalResolves(t *testing.T) {
	t.Parallel()
	inOffice(t, func(t *testing.T, o *office) {
		c := o.program(secret)
		o.issue(c, "order-1", true)
		pass := "brgpass_0001"
		before := o.content()
		for name, row := range map[string]struct {
			code int
			args []string
			says string
		}{
			"nothing is said":        {3, []string{"order-1", "--by", "ada"}, "give one of --executed ID"},
			"with an id and without": {3, []string{"order-1", "--by", "ada", "--executed", "x", "--executed-without-id"}, "give one of"},
			"both are said":          {3, []string{"order-1", "--by", "ada", "--executed", "x", "--not-executed"}, "give one of"},
			"by nobody":              {3, []string{"order-1", "--executed", pass}, "--by is needed"},
			"not the API's, asked":   {1, []string{"order-1", "--executed", "none", "--by", "ada"}, "does not confirm the id"},
			"nobody is asked":        {3, []string{"order-1", "--executed", pass, "--by", "ada"}, "give --yes"},
			"it is not there":        {1, []string{"order-9", "--executed", pass, "--by", "ada", "--yes"}, "no such operation"},
			"too early":              {1, []string{"order-1", "--not-executed", "--by", "ada", "--yes"}, "may still be executed"},
			"not the API's id":       {1, []string{"order-1", "--executed", "none", "--by", "ada", "--yes"}, "--unverified"},
		} {
			t.Run(name, func(t *testing.T) {
				r := o.run(append([]string{"journal", "resolve"}, row.args...)...)
				assert.Equal(t, row.code, r.code, r.stderr)
				assert.Contains(t, r.stderr, row.says)
				assert.Empty(t, r.stdout)
			})
		}
		assert.Equal(t, before, o.content(), "nothing was recorded")

		r := o.done("journal", "resolve", "order-1", "--executed", pass, "--by", "ada", "--note", "ticket 4711", "--yes")
		assert.Contains(t, r.stderr, "IssuePass order-1: open", "it is shown first")
		assert.Contains(t, r.stderr, "too early to rule out that another operation made it")
		assert.Contains(t, r.stderr, "The API confirms the id: GetIssuedPass shows "+pass+" of client "+o.sandbox.Seed.ClientID+", made 20")
		assert.Contains(t, r.stdout, "IssuePass order-1: done, by a person's word")
		assert.Contains(t, r.stdout, "resolved as executed "+pass+", confirmed by the API, by ada: ticket 4711")
		issued, resp, err := c.IssuedPasses.Issue(t.Context(), bardge.IssuePassParams{
			ClientID: o.sandbox.Seed.ClientID, PassID: o.sandbox.Seed.PassID,
		}, bardge.WithRef("order-1"))
		require.NoError(t, err)
		assert.Equal(t, pass, issued.ID)
		assert.True(t, resp.FromJournal)
		assert.Equal(t, 1, o.sandbox.Executed(sandbox.IssuePass))

		r = o.run("journal", "erase", "order-1")
		assert.Equal(t, 3, r.code, "nobody is asked")
		r = o.done("journal", "erase", "order-1", "--yes", "-o", "json")
		assert.Equal(t, true, object(t, r.stdout)["erased"])
		assert.NotContains(t, r.stdout, "ticket 4711")
	})
}

// The API is asked by reading, and what it shows binds a person's word.
func TestJournalResolveShowsWhatTheAPIShows(t *testing.T) {
	t.Parallel()
	o := newOffice(t, sqliteStore(t))
	c := o.program(secret)
	o.issue(c, "order-2", true)
	without := o.without("BARDGE_API_KEY")
	r := without.run("journal", "resolve", "order-2", "--executed", "brgpass_0001", "--by", "ada", "--yes")
	assert.Equal(t, 4, r.code)
	assert.Contains(t, r.stderr, "The API was not read: BARDGE_API_KEY is not set.")
	assert.Contains(t, r.stderr, "Set BARDGE_API_KEY to the credentials")
	assert.NotContains(t, r.stderr, "--unverified")
	without.set("BARDGE_API_KEY", "not-the-key-of-this-account")
	r = without.run("journal", "resolve", "order-2", "--executed", "brgpass_0001", "--by", "ada", "--yes")
	assert.Equal(t, 4, r.code)
	assert.Contains(t, r.stderr, "Set BARDGE_API_KEY to the credentials")
	assert.NotContains(t, r.stderr, "--unverified")
	without = o.without("BARDGE_API_KEY")
	elsewhere := o.without("BARDGE_BASE_URL")
	r = elsewhere.run("journal", "resolve", "order-2", "--executed", "brgpass_0001", "--by", "ada", "--yes")
	assert.Equal(t, 3, r.code)
	assert.Contains(t, r.stderr, "give --base-url or set BARDGE_BASE_URL")
	assert.Contains(t, r.stderr, "give --base-url "+o.url)
	assert.NotContains(t, r.stderr, "--unverified")
	sent := o.sandbox.Ledger()
	r = without.done("journal", "resolve", "order-2", "--executed", "brgpass_0001", "--by", "ada", "--yes", "--unverified")
	assert.NotContains(t, r.stdout, "confirmed by the API")
	assert.Equal(t, sent, o.sandbox.Ledger(), "nothing was sent without a credential")
}

func TestJournalRecovers(t *testing.T) {
	t.Parallel()
	inOffice(t, func(t *testing.T, o *office) {
		c := o.program(secret)
		o.issue(c, "order-1", true)
		dry := list(t, o.done("journal", "recover", "--dry-run", "-o", "json").stdout)
		require.Len(t, dry, 1)
		assert.Equal(t, "resend", dry[0]["action"])
		r := o.without("BARDGE_API_KEY").run("journal", "recover")
		assert.Equal(t, 4, r.code)
		r = o.without("BARDGE_BASE_URL").run("journal", "recover")
		assert.Equal(t, 3, r.code, "the key is not sent to another address")

		done := o.done("journal", "recover", "-o", "json")
		got := list(t, done.stdout)
		require.Len(t, got, 1)
		assert.Equal(t, "done", got[0]["outcome"])
		assert.Contains(t, done.stderr, "1 taken up: 1 settled, 0 still open")
		assert.Equal(t, 1, o.sandbox.Executed(sandbox.IssuePass))
		assert.Equal(t, "[]\n", o.done("journal", "recover", "-o", "json").stdout)
	})
}

func TestJournalRecoverReportsWhatStaysOpen(t *testing.T) {
	t.Parallel()
	o := newOffice(t, sqliteStore(t))
	c := o.program(secret)
	o.lookup(c, "order-1") // is never sent again, and the API does not show it
	o.issue(c, "order-2", true)
	r := o.run("journal", "recover", "-o", "json")
	assert.Equal(t, 7, r.code, r.stderr)
	assert.Len(t, list(t, r.stdout), 2)
	assert.Contains(t, r.stderr, "2 taken up: 1 settled, 1 still open")
	o.lookup(c, "order-3")
	r = o.run("journal", "recover")
	assert.Equal(t, 5, r.code, r.stderr)
	assert.Contains(t, r.stdout, "the API has no list of lookups")
	assert.Equal(t, []string{"ID", "REF", "OPERATION", "ACTION", "OUTCOME", "REASON", "EVIDENCE"},
		strings.Fields(strings.SplitN(r.stdout, "\n", 2)[0]))
	assert.NotContains(t, r.stdout, "InitiateLookup: unknown", "the reason has no more than the reason")
	assert.Contains(t, r.stderr, "1 taken up: 0 settled, 1 still open; 1 more open, not due yet")
	assert.Contains(t, r.stderr, "bardge journal show order-3")
	assert.Equal(t, 2, o.sandbox.Executed(sandbox.InitiateLookup))
}

func TestJournalReseals(t *testing.T) {
	t.Parallel()
	inOffice(t, func(t *testing.T, o *office) {
		older := o.program(oldSecret)
		o.issue(older, "order-1", true)
		o.issue(older, "order-2", false)
		assert.Equal(t, 4, o.run("journal", "reseal").code, "the old secret is not given")
		o.set("BARDGE_JOURNAL_SECRET_PREVIOUS", oldSecret)
		running := o.program(secret, oldSecret)
		r := object(t, o.done("journal", "reseal", "-o", "json").stdout)
		assert.Equal(t, json.Number("2"), r["resealed"])
		o.issue(running, "order-3", false)
		only := o.without("BARDGE_JOURNAL_SECRET_PREVIOUS")
		all := list(t, only.done("journal", "list", "--state", "any", "-o", "json").stdout)
		require.Len(t, all, 3)
		for _, one := range all {
			assert.NotContains(t, one, "sealed")
		}
		file := o.file(oldSecret + "\n")
		current := object(t, only.done("journal", "reseal", "--previous-secret-file", file, "-o", "json").stdout)
		assert.Equal(t, json.Number("3"), current["current"])
	})
}

// A role that may read is enough for those who look.
func TestJournalIsReadWithSelectAlone(t *testing.T) {
	t.Parallel()
	o := newOffice(t, postgresStore(t))
	o.issue(o.program(secret), "order-1", true)
	o.exec(`CREATE ROLE oncall LOGIN PASSWORD 'pw'; GRANT USAGE ON SCHEMA bardge_journal TO oncall;
		GRANT SELECT ON ALL TABLES IN SCHEMA bardge_journal TO oncall`)
	u, err := url.Parse(o.address)
	require.NoError(t, err)
	u.User = url.User("oncall")
	d := o.without("BARDGE_JOURNAL")
	d.set("PGPASSWORD", "pw")
	before := o.content()
	for _, args := range [][]string{{"list"}, {"show", "order-1"}, {"stats"}, {"check"}, {"recover", "--dry-run"}} {
		d.done(append([]string{"journal", "--journal", u.String()}, args...)...)
	}
	r := d.run("journal", "resolve", "order-1", "--executed", "brgpass_0001", "--by", "ada", "--yes", "--journal", u.String())
	assert.Equal(t, 1, r.code)
	assert.Contains(t, r.stderr, "the role lacks")
	assert.Equal(t, before, o.content())
	r = d.run("journal", "list", "--journal", o.address)
	assert.Equal(t, 3, r.code, "a password in a flag")
	assert.NotContains(t, r.stderr, u.Host)
}

func TestJournalOfBlueSnap(t *testing.T) {
	t.Parallel()
	d, sb := bluesnapDesk(t)
	s := sqliteStore(t)
	d.set("BARDGE_JOURNAL", s.address)
	j := s.open()
	base := ""
	for _, v := range d.env {
		if rest, ok := strings.CutPrefix(v, "BLUESNAP_BASE_URL="); ok {
			base = rest
		}
	}
	c, err := bluesnap.New(sb.Username, sb.Password, bluesnap.WithBaseURL(base), bluesnap.WithJournal(j, "shop"),
		bluesnap.WithMerchantID(sb.MerchantID), bluesnap.WithJournalSecret([]byte(secret)))
	require.NoError(t, err)
	defer c.CloseIdleConnections()
	d.set("BARDGE_JOURNAL_SECRET", secret)
	sb.Next(bluesnaptest.CreateCardTransaction, fakeserver.LoseResponse)
	_, _, err = c.Transactions.Create(t.Context(), bluesnap.CardTransactionParams{
		Type: bluesnap.AuthCapture, Amount: "11.00", Currency: "USD",
		CreditCard: &bluesnap.CreditCard{Number: "4263982640269299", SecurityCode: "837", ExpirationMonth: "02", ExpirationYear: "2033"},
	}, bluesnap.WithRef("order-1"), bluesnap.WithMaxAttempts(1))
	require.Error(t, err)
	assert.Equal(t, "order-1", list(t, d.done("journal", "list", "-o", "json").stdout)[0]["ref"])
	assert.Contains(t, d.done("journal", "show", "order-1").stdout, "(bluesnap)")
	r := d.run("journal", "resolve", "order-1", "--not-executed", "--by", "ada", "--yes")
	assert.Equal(t, 1, r.code)
	assert.Contains(t, r.stderr, "The API shows that it was executed")
	sent := sb.Ledger()
	bare := (&office{desk: d}).without("BLUESNAP_PASSWORD")
	r = bare.run("journal", "resolve", "order-1", "--executed", "1011", "--by", "ada", "--yes")
	assert.Equal(t, 4, r.code, r.stderr)
	assert.Contains(t, r.stderr, "Set BLUESNAP_USERNAME and BLUESNAP_PASSWORD")
	assert.NotContains(t, r.stderr, "--unverified")
	assert.Equal(t, sent, sb.Ledger(), "nothing was sent without a credential")
	for flag, action := range map[string]string{"--require-echo": "reconcile", "--require-echo=false": "resend"} {
		dry := list(t, d.done("journal", "recover", "--dry-run", "-o", "json", flag).stdout)
		assert.Equal(t, action, dry[0]["action"], flag)
	}
	got := d.done("journal", "recover")
	assert.Contains(t, got.stdout, "done")
}

func TestJournalMetricsAreOpenMetrics(t *testing.T) {
	t.Parallel()
	o := newOffice(t, sqliteStore(t))
	c := o.program(secret)
	empty := o.done("journal", "stats", "-o", "openmetrics").stdout
	assert.True(t, strings.HasSuffix(empty, "# EOF\n"))
	o.issue(c, "order-1", true)
	text := o.done("journal", "stats", "-o", "openmetrics").stdout
	assert.Contains(t, text, `bardge_journal_open_operations{operation="IssuePass"} 1`+"\n")
	assert.NotContains(t, text, "order-1")
	assert.Equal(t, 3, o.run("journal", "stats", "-o", "xml").code)
	golden(t, "journal/stats.txt", strings.ReplaceAll(text, "seconds{operation=\"IssuePass\"} 1\n", "seconds{operation=\"IssuePass\"} 0\n"))
}

// TestJournalShowAdvisesWhatHelps: repeating is not the advice where it brings the
// same failure again, is not done, or is rejected.
func TestJournalShowAdvisesWhatHelps(t *testing.T) {
	o := newOffice(t, sqliteStore(t))
	c := o.program(secret)
	seed := o.sandbox.Seed
	assertOpen := func(err error) { require.Equal(t, bardge.OutcomeUnknown, bardge.OutcomeOf(err), err) }

	o.sandbox.Next(sandbox.IssuePass, sandbox.ServerErrorAfter(500))
	_, _, err := c.IssuedPasses.Issue(t.Context(), bardge.IssuePassParams{
		ClientID: seed.ClientID, PassID: seed.PassID,
	}, bardge.WithRef("stored"), bardge.WithMaxAttempts(2))
	assertOpen(err)
	require.False(t, bardge.RetryHelps(err), err)
	o.sandbox.Next(sandbox.InitiateLookup, sandbox.LoseResponse)
	_, _, err = c.Lookups.Initiate(t.Context(), bardge.InitiateLookupParams{
		IssuerID: seed.IssuerID, ClientID: seed.OtherClientID,
	}, bardge.WithRef("lookup"))
	assertOpen(err)
	o.sandbox.Next(sandbox.CancelBooking, sandbox.ResetBefore)
	_, _, err = c.Bookings.Cancel(t.Context(), "booking_none", bardge.WithRef("cancel"), bardge.WithMaxAttempts(2))
	assertOpen(err)

	for name, row := range map[string]struct {
		says     []string
		not      string
		commands []string
	}{
		"stored": {
			[]string{"The server has stored the failure", "Look it up at the vendor by its request id"},
			"still protects it",
			[]string{"resolve stored --executed", "resolve stored --not-executed"},
		},
		"lookup": {
			[]string{"is not sent again", "Look it up at the vendor"},
			"protects it",
			[]string{"resolve lookup --executed", "resolve lookup --not-executed"},
		},
		"cancel": {
			[]string{"was rejected (status 404)", "Look it up at the vendor", "can also be sent again"},
			"protects it",
			[]string{"resolve cancel --executed", "resolve cancel --not-executed", "recover --operation CancelBooking"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, when := range []string{"after the call", "after recovery"} {
				shown := object(t, o.done("journal", "show", name, "-o", "json").stdout)
				next := shown["next"].(map[string]any)
				for _, text := range row.says {
					assert.Contains(t, next["text"], text, when)
				}
				assert.NotContains(t, fmt.Sprint(next, shown["timeline"]), row.not, when)
				var at []string
				for _, step := range shown["timeline"].([]any) {
					at = append(at, step.(map[string]any)["at"].(string))
				}
				assert.IsNonDecreasing(t, at, when)
				commands := next["commands"].([]any)
				require.Len(t, commands, len(row.commands), when)
				for i, line := range row.commands {
					assert.Contains(t, commands[i], "bardge journal "+line, when)
				}
				o.run("journal", "recover", "--operation", shown["operation"].(string))
			}
		})
	}
}

// TestJournalShowResumesWhatHasNoRef: while the key protects it, the same call
// is the next step, and the flags that are shown make it so.
func TestJournalShowResumesWhatHasNoRef(t *testing.T) {
	t.Parallel()
	o := newOffice(t, sqliteStore(t))
	o.set("BARDGE_ACCOUNT", "acme")
	call := issue(o.sandbox, "-o", "json")
	o.sandbox.Next(sandbox.IssuePass, sandbox.LoseResponse)
	closed(t, o.program(secret)) // makes the journal
	failed := o.run(append(call, "--max-attempts", "1")...)
	require.Equal(t, 5, failed.code, failed.stderr)
	id := list(t, o.done("journal", "list", "-o", "json").stdout)[0]["id"].(string)

	shown := object(t, o.done("journal", "show", "--id", id, "-o", "json").stdout)
	next := shown["next"].(map[string]any)
	assert.Contains(t, next["text"], "Until then, repeat the same call under its key")
	assert.NotContains(t, next["text"], "is not sent again")
	assert.NotContains(t, next["text"], strings.TrimPrefix(id, "key:"))
	assert.NotContains(t, next, "commands")
	assert.Equal(t, shown["id"], object(t, o.done("journal", "show", id, "-o", "json").stdout)["id"], "as lists print it")
	assert.Contains(t, o.run("journal", "erase", id, "--yes").stderr, "Resolve it first.")
	assert.Contains(t, o.run("journal", "resolve", id, "--not-executed", "--by", "ada", "--yes").stderr, "may still be executed")
	assert.Contains(t, o.done("journal", "show", "--id", id).stdout, "\n  "+next["resume"].(string)+"\n")
	r := o.run("journal", "recover")
	assert.Equal(t, 5, r.code)
	assert.Contains(t, r.stdout, "the same call resumes it under its key until")

	assert.NotEmpty(t, o.done(append(call, strings.Fields(next["resume"].(string))...)...).stdout)
	assert.Equal(t, 1, o.sandbox.Executed(sandbox.IssuePass))

	old := newOffice(t, sqliteStore(t))
	old.ago(48*time.Hour, func(ctx context.Context, c *bardge.Client) {
		_, _, err := c.IssuedPasses.Issue(ctx, bardge.IssuePassParams{
			ClientID: old.sandbox.Seed.ClientID, PassID: old.sandbox.Seed.PassID,
		}, bardge.WithMaxAttempts(1))
		require.Equal(t, bardge.OutcomeUnknown, bardge.OutcomeOf(err), err)
	})
	id = list(t, old.done("journal", "list", "-o", "json").stdout)[0]["id"].(string)
	next = object(t, old.done("journal", "show", "--id", id, "-o", "json").stdout)["next"].(map[string]any)
	assert.Contains(t, next["text"], "is not sent again. Look it up")
	assert.NotContains(t, next, "resume")
	assert.Len(t, next["commands"], 2)
}

// A picture for a ticket has what the journal has, and no key: an operation
// without a ref has its key as its name.
func TestJournalShowDrawsAPicture(t *testing.T) {
	t.Parallel()
	o := newOffice(t, sqliteStore(t))
	c := o.program(secret)
	o.issue(c, "order-1", true)
	key, err := bardge.UnsentKey("key-that-is-not-shown")
	require.NoError(t, err)
	o.sandbox.Next(sandbox.IssuePass, sandbox.LoseResponse)
	_, _, err = c.IssuedPasses.Issue(t.Context(), bardge.IssuePassParams{
		ClientID: o.sandbox.Seed.ClientID, PassID: o.sandbox.Seed.PassID,
	}, bardge.WithIdempotencyKey(key), bardge.WithMaxAttempts(1))
	require.Equal(t, bardge.OutcomeUnknown, bardge.OutcomeOf(err), err)
	closed(t, c)

	svg := o.done("journal", "show", "order-1", "--svg").stdout
	assert.NoError(t, xml.Unmarshal([]byte(svg), new(struct{})))
	for _, says := range []string{
		"<svg ", "IssuePass: unknown after 1 attempt", "order-1", "the intent was recorded", "no response",
		"The key protects a repetition until", "Do not repeat it under another key.",
	} {
		assert.Contains(t, svg, says)
	}
	svg = o.done("journal", "show", "--id", "key:"+key.String(), "--svg").stdout
	assert.Contains(t, svg, "no response")
	assert.NotContains(t, svg, key.String())

	o.done("journal", "resolve", "order-1", "--executed", o.sandbox.Ledger()[0].Resource, "--by", "ada", "--yes")
	svg = o.done("journal", "show", "order-1", "--svg").stdout
	assert.Contains(t, svg, "s word: the operation was executed.")
	assert.Contains(t, svg, "resolved as executed")

	svg = o.without("BARDGE_JOURNAL_SECRET", "BARDGE_API_KEY").done("journal", "show", "order-1", "--svg").stdout
	assert.Contains(t, svg, "Not all is shown")
}
