package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const server = "https://api.example.com/v3"

var until = time.Date(2026, 11, 25, 23, 30, 0, 0, time.FixedZone("", -3600)) // 26 November in UTC

// desk is a folder with a contract and reports.
type desk struct {
	*testing.T

	contract string // its file
	out      string // what the last run printed
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	text, err := os.ReadFile("testdata/contract.yaml")
	require.NoError(t, err)
	d := &desk{T: t, contract: filepath.Join(t.TempDir(), "contract.yaml")}
	require.NoError(t, os.WriteFile(d.contract, text, 0o600))
	return d
}

func (d *desk) file(name, text string) string {
	d.Helper()
	path := filepath.Join(filepath.Dir(d.contract), name)
	require.NoError(d, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func (d *desk) report(r report) string {
	d.Helper()
	text, err := json.Marshal(r)
	require.NoError(d, err)
	return d.file("report.json", string(text))
}

// take runs the command over a report, and returns its exit status.
func (d *desk) take(r report, flags ...string) int {
	d.Helper()
	var out bytes.Buffer
	code, err := run(append(flags, d.report(r), d.contract), &out)
	require.NoError(d, err)
	d.out = out.String()
	return code
}

// changed returns the contract's lines that the original does not have, without
// the spaces around them.
func (d *desk) changed() (lines []string) {
	d.Helper()
	before, err := os.ReadFile("testdata/contract.yaml")
	require.NoError(d, err)
	for line := range strings.Lines(d.text()) {
		if !bytes.Contains(before, []byte(line)) {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}

func (d *desk) text() string {
	d.Helper()
	text, err := os.ReadFile(d.contract)
	require.NoError(d, err)
	return string(text)
}

func reportOf(ops ...operation) report {
	return report{Version: 1, BaseURL: server, Since: until.Add(-time.Hour), Until: until, Operations: ops}
}

// seen is a success of GetClass in which fields came as described.
func seen(fields ...string) operation {
	op := operation{Operation: "GetClass", Calls: 2, Confirmed: 2, Statuses: map[string]int{"200": 2}}
	for _, name := range fields {
		op.Fields = append(op.Fields, field{Field: name, Seen: 2, Fits: 2})
	}
	return op
}

func differing(name, kind string) operation {
	op := seen(name)
	op.Drift = []drift{{Kind: kind, Path: "x", Field: name, Want: "string", Got: "number", Count: 2, Last: until}}
	return op
}

func TestASuccessConfirmsThePathAndItsParameters(t *testing.T) {
	d := newDesk(t)
	assert.Zero(t, d.take(reportOf(seen())))
	assert.Equal(t, []string{
		"x-evidence: observed # the likeliest path", `x-observed: "2026-11-26"`,
		`x-evidence: observed`, `x-observed: "2026-11-26"`,
	}, d.changed())
	assert.Equal(t, "observed     line 10    GetClass: method and path\nobserved     line 36    GetClass: parameter id\n", d.out)
	assert.Contains(t, d.text(), "A filter.\n      x-evidence: inferred\n", "the query is not proven")
	assert.Contains(t, strings.Split(d.text(), "\n")[36-1], "x-evidence: observed", "the line that is listed")
}

// A success at another path, of bardge.WithPath, confirms its fields alone.
func TestASuccessAtAnotherPathDoesNotConfirmThePath(t *testing.T) {
	elsewhere := seen("Class.id")
	elsewhere.Path = "/class/{id}"
	d := newDesk(t)
	assert.Zero(t, d.take(reportOf(elsewhere)))
	assert.Equal(t, "differs      line 10    GetClass: called at /class/{id}, with 2 successes\n"+
		"observed     line 47    Class.id\n", d.out)

	elsewhere.Path = "/classes/{id}"
	d.take(reportOf(elsewhere))
	assert.Contains(t, d.out, "observed     line 10    GetClass: method and path\n", "the contract has it")
}

func TestAFieldThatFitsIsObserved(t *testing.T) {
	for name, want := range map[string]string{
		"Class.id": `id:   {x-order: 1, type: string, x-evidence: observed, x-observed: "2026-11-26", ` +
			`description: 'Opaque id, in "quotes".'}   # odd spaces`,
		"Class.name": `name: {x-order: 2, type: string, x-evidence: observed, x-observed: "2026-11-26", ` +
			`description: "Name: {not a map}, # no comment."}`,
		"Class.note": `note: {x-order: 3, description: "Größe in m², x-evidence: inferred", ` +
			`x-evidence: observed, x-observed: "2026-11-26", type: string}`,
		"Class.tier":      "x-evidence: observed",
		"Class.place":     `place: {x-order: 6, type: string, x-evidence: observed, x-observed: "2026-11-26", description: Seen before.}`,
		"GymClass.gym_id": `gym_id: {x-order: 7, type: string, x-evidence: observed, x-observed: "2026-11-26", description: Id of the gym.}`,
		"GymClass.name": `name: {x-order: 2, type: string, x-evidence: observed, x-observed: "2026-11-26", ` +
			`description: "Name: {not a map}, # no comment."}`,
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			op := seen(name)
			op.Confirmed = 0 // so that the field alone changes
			assert.Zero(t, d.take(reportOf(op)))
			assert.Equal(t, want, d.changed()[0])
			assert.Contains(t, d.out, name)

			once := d.text()
			assert.Zero(t, d.take(reportOf(op)))
			assert.Equal(t, once, d.text(), "a second time changes nothing")
			assert.NotContains(t, d.out, "observed")
		})
	}
}

func TestWhatIsNotProvenStays(t *testing.T) {
	half := seen("Class.id")
	half.Fields[0].Fits = 1
	never := seen("Class.id")
	never.Fields[0].Seen, never.Fields[0].Fits = 0, 0
	cut := seen("Class.id")
	cut.Drift = []drift{{Kind: "type", Path: "...", Count: 1}}
	for name, op := range map[string]operation{
		"not always as described":  half,
		"did not come":             never,
		"more differs than listed": cut,
		"differs":                  differing("Class.id", "type"),
		"documented":               seen("Class.owner"),
		"another version's":        seen("Class.colour", "Room.id"),
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			op.Confirmed = 0
			assert.Zero(t, d.take(reportOf(op)))
			assert.Empty(t, d.changed())
		})
	}
}

func TestWhatDiffersIsListedWithItsLine(t *testing.T) {
	d := newDesk(t)
	missing := operation{Operation: "GetClass", Calls: 3, Statuses: map[string]int{"404": 2, "500": 1}, Drift: []drift{
		{Kind: "missing field", Path: "tier", Field: "Class.tier", Want: "string", Count: 3},
		{Kind: "unknown field", Path: "slug", Field: "Class.slug", Got: "string", Count: 1},
		{Kind: "unknown status", Path: "status", Got: "418", Count: 1},
		{Kind: "type", Path: "owner", Field: "Class.owner", Want: "string", Got: "number", Count: 1},
	}}
	assert.Zero(t, d.take(reportOf(missing, operation{Operation: "CallOfMine"})))
	assert.Equal(t, `unknown      -          CallOfMine: an operation that the contract does not have
differs      line 8     status: unknown status, got 418 in GetClass (1 time)
no success   line 10    GetClass: 3 calls, none a success (404: 2, 500: 1)
differs      line 42    Class.slug: unknown field, got string in GetClass (1 time)
differs      line 51    Class.tier: missing field, want string in GetClass (3 times)
differs      line 55    Class.owner: type, want string, got number in GetClass (1 time)
`, d.out)
	assert.Empty(t, d.changed())
}

func TestADifferenceOfAnObservedFieldIsForAPerson(t *testing.T) {
	d := newDesk(t)
	assert.Equal(t, 1, d.take(reportOf(differing("Class.place", "type"))))
	assert.Contains(t, d.out,
		"contradicts  line 58    Class.place: observed on 2026-11-20, differs now: type, want string, got number in GetClass (2 times)\n")
	assert.Contains(t, d.text(), `x-observed: "2026-11-20"`)

	old := reportOf(differing("Class.place", "type"))
	old.Operations[0].Drift[0].Last = until.AddDate(0, 0, -10)
	assert.Zero(t, d.take(old), "it differed before it was observed")
}

// The contract has learnt of these: the same report then confirms the field.
func TestADifferenceThatTheContractNowHasIsSettled(t *testing.T) {
	d := newDesk(t)
	text := strings.Replace(d.text(), "id:   {x-order: 1,", "id:   {x-order: 1, x-optional: true,", 1)
	require.NoError(t, os.WriteFile(d.contract, []byte(text), 0o600))
	assert.Zero(t, d.take(reportOf(differing("Class.id", "missing field"))))
	assert.Contains(t, d.out, "observed     line 49    Class.id\n")

	d = newDesk(t)
	assert.Zero(t, d.take(reportOf(differing("Class.name", "unknown field"))))
	assert.Contains(t, d.out, "observed     line 50    Class.name\n")
}

func TestAReplayMarkConfirmsTheClassOfAKeyedOperation(t *testing.T) {
	d := newDesk(t)
	replayed := operation{Operation: "Confirm", Calls: 2, Confirmed: 2, Replayed: 1}
	unverified := operation{Operation: "Lookup", Calls: 2, Confirmed: 2, Replayed: 1}
	assert.Zero(t, d.take(reportOf(replayed, unverified)))
	assert.Equal(t, []string{"x-class-evidence: observed", `x-class-observed: "2026-11-26"`}, d.changed())
	assert.Equal(t, `observed     line 21    Confirm: class
differs      line 28    Lookup: a replay mark came, though its class is keyUnverified
`, d.out)
}

func TestDates(t *testing.T) {
	fields := reportOf(seen("Class.place"))
	for name, row := range map[string]struct {
		flags []string
		want  string
	}{
		"the report's": {want: "2026-11-26"},
		"its own":      {flags: []string{"-date", "2026-11-24"}, want: "2026-11-24"},
		"never back":   {flags: []string{"-date", "2026-11-19"}, want: "2026-11-20"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.take(fields, row.flags...)
			assert.Contains(t, d.text(), `place: {x-order: 6, type: string, x-evidence: observed, x-observed: "`+row.want+`",`)
		})
	}
}

func TestSeveralReportsAreOneEvidence(t *testing.T) {
	d := newDesk(t)
	first := d.report(reportOf(seen("Class.id", "Class.name", "Class.note")))
	half := operation{Operation: "GetClass", Fields: []field{{Field: "Class.note", Seen: 2, Fits: 1}}}
	half.Drift = differing("Class.name", "type").Drift
	text, err := json.Marshal(reportOf(half))
	require.NoError(t, err)
	var out bytes.Buffer
	code, err := run([]string{first, d.file("second.json", string(text)), d.contract}, &out)
	require.NoError(t, err)
	assert.Zero(t, code)
	assert.Contains(t, out.String(), "observed     line 49    Class.id\n")
	assert.Contains(t, out.String(), "differs      line 50    Class.name: type")
	assert.NotContains(t, out.String(), "Class.note")
}

func TestCheckOnlyLists(t *testing.T) {
	d := newDesk(t)
	assert.Zero(t, d.take(reportOf(seen("Class.id")), "-check"))
	assert.Contains(t, d.out, "observed     line 47    Class.id\n", "the line before any change")
	assert.Empty(t, d.changed())
}

func TestLinesKeepTheirEnds(t *testing.T) {
	d := newDesk(t)
	windows := strings.TrimSuffix(strings.ReplaceAll(d.text(), "\n", "\r\n"), "\r\n")
	require.NoError(t, os.WriteFile(d.contract, []byte(windows), 0o600))
	assert.Zero(t, d.take(reportOf(seen("Class.tier"))))
	assert.NotRegexp(t, `[^\r]\n`, d.text())
	assert.Contains(t, d.text(), "\r\n\r\n          x-evidence: observed\r\n          x-observed: \"2026-11-26\"\r\n          description: In")
	assert.NotRegexp(t, `\n$`, d.text())
}

func TestAnEditOfMoreThanMarksIsRefused(t *testing.T) {
	const before = "a: {x-evidence: inferred, type: string}"
	assert.NoError(t, sameButMarks([]byte(before), []byte(`a: {x-evidence: observed, x-observed: "2026-11-26", type: string}`)))
	for _, after := range []string{"a: {x-evidence: observed}", "a: {type: string, x-order: 1}", "a: [type, string]", "a: {"} {
		assert.Error(t, sameButMarks([]byte(before), []byte(after)), after)
	}
}

func TestBadInputChangesNothing(t *testing.T) {
	good := reportOf(seen("Class.id"))
	other := good
	other.BaseURL = "http://127.0.0.1:8080/v3"
	future := good
	future.Until = time.Now().AddDate(1, 0, 0)
	twice := reportOf(seen(), seen())
	counts := reportOf(seen("Class.id"))
	counts.Operations[0].Fields[0].Fits = 3
	hostile := reportOf(seen("Class.\x1b[31m"))
	escape := reportOf(seen())
	escape.Operations[0].Statuses = map[string]int{"\x1b[31m200": 1}
	text := func(r report) string {
		out, err := json.Marshal(r)
		require.NoError(t, err)
		return string(out)
	}
	for want, content := range map[string]string{
		"not a drift report: ":                     "{",
		"its version is 2":                         `{"version": 2, "what": "ever"}`,
		"its version is 0":                         `{"openapi": "3.0.3"}`,
		`unknown field "tokens"`:                   `{"version": 1, "tokens": 3}`,
		"it has no base_url":                       `{"version": 1}`,
		"not a span of time":                       `{"version": 1, "base_url": "https://x"}`,
		`of another server, "http://127.0.0.1`:     text(other),
		"is in the future":                         text(future),
		`the operation "GetClass" occurs twice`:    text(twice),
		"the counts of the field Class.id":         text(counts),
		`the field "Class.\x1b[31m" is not a name`: text(hostile),
		`the status "\x1b[31m200" is none`:         text(escape),
		"longer than 16 MiB":                       strings.Repeat(" ", maxReportBytes+1),
	} {
		t.Run(want, func(t *testing.T) {
			d := newDesk(t)
			var out bytes.Buffer
			code, err := run([]string{d.report(good), d.file("bad.json", content), d.contract}, &out)
			assert.Equal(t, 2, code)
			assert.ErrorContains(t, err, want)
			assert.Empty(t, out)
			assert.Empty(t, d.changed())
		})
	}

	d := newDesk(t)
	for want, args := range map[string][]string{
		"usage: ":                  {d.contract},
		"usage: evidence [-check]": {"-h"},
		`"today" is not a date`:    {"-date", "today", d.report(good), d.contract},
		"not an OpenAPI document":  {d.report(good), d.file("empty.yaml", "")},
		"no such file":             {"nowhere.json", d.contract},
		"flag provided but not de": {"-force", d.report(good), d.contract},
	} {
		code, err := run(args, &bytes.Buffer{})
		assert.Equal(t, 2, code)
		assert.ErrorContains(t, err, want)
	}
}

func TestAnotherServerHasToBeNamed(t *testing.T) {
	d := newDesk(t)
	staging := reportOf(seen("Class.id"))
	staging.BaseURL = "https://staging.example.com/v3/"
	assert.Zero(t, d.take(staging, "-base-url", "https://staging.example.com/v3"))
	assert.Contains(t, d.out, "Class.id")
}
