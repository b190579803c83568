package checks

import (
	"encoding/json"
	"fmt"
	"go/parser"
	"go/token"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const everything = "*"

// A room lists the packages of ours that a package may import. Paths are
// relative to the module; "dir/..." is dir and all that is below it.
type room struct {
	path    string
	imports []string // by the package itself
	tests   []string // by its tests, on top of that
}

var houseRooms = []room{
	{
		path:    ".",
		imports: []string{"gen", "idem", "journal", "internal/doctor", "internal/drift", "internal/operations", "internal/reconcile", "internal/wire", "internal/sdk"},
		tests:   []string{"sandbox", "internal/sdktest"},
	},
	{path: "gen", imports: []string{"internal/wire"}},
	{
		path:    "idem",
		imports: []string{"journal", "idem/internal/claim", "idem/internal/clock", "idem/internal/pace", "idem/internal/sendonce", "internal/origin", "internal/retryloop"},
		tests:   []string{"internal/chaos", "internal/memnet", "journal/journaltest"},
	},
	// The model that bears witness against the profiles shares no code with them.
	{path: "idem/profiles", imports: []string{"idem"}, tests: []string{"internal/chaos"}},
	{
		path:    "idem/conformance",
		imports: []string{"idem"},
		tests: []string{
			".", "bluesnap", "idem/profiles", "internal/chaos", "internal/memnet", "sandbox", "sandbox/bluesnaptest",
			"sandbox/fakeserver",
		},
	},
	{path: "idem/internal/claim", imports: []string{"journal", "idem/internal/clock"}},
	{path: "idem/internal/clock"},
	{path: "idem/internal/pace"},
	{path: "idem/internal/sendonce", imports: []string{"idem/internal/clock"}, tests: []string{"internal/memnet"}},
	// The sandbox is an independent witness: only its examples use the client.
	{path: "sandbox", imports: []string{"gen", "internal/wire", "sandbox/fakeserver"}, tests: []string{"."}},
	{path: "sandbox/bluesnaptest", imports: []string{"sandbox/fakeserver"}},
	{path: "sandbox/fakeserver", imports: []string{"internal/jsontree", "internal/memnet"}},
	// One way to serve a sandbox on a port, for the commands of two modules;
	// its control API knows no vendor.
	{
		path:    "internal/sandboxserver",
		imports: []string{"internal/sandboxserver/control", "sandbox", "sandbox/bluesnaptest", "sandbox/fakeserver"},
	},
	{
		path:    "internal/sandboxserver/control",
		imports: []string{"internal/jsontree", "sandbox/fakeserver"},
		tests:   []string{"sandbox", "sandbox/bluesnaptest", "internal/memnet"},
	},
	{path: "journal"},
	{path: "journal/journaltest", imports: []string{"journal", "internal/storetest"}},
	{path: "internal/storetest", imports: []string{"journal"}},
	{
		path:    "bluesnap",
		imports: []string{"idem", "journal", "internal/origin", "internal/wire", "internal/sdk"},
		tests:   []string{"sandbox/bluesnaptest", "sandbox/fakeserver", "internal/chaos", "internal/leaks", "internal/memnet", "internal/sdktest", "journal/journaltest"},
	},
	{path: "bardgetest", imports: []string{".", "gen", "idem", "journal", "internal/sdk"}, tests: []string{"sandbox"}},
	{path: "internal/doctor", imports: []string{"gen", "idem", "internal/drift", "internal/sdk"}},
	{path: "internal/drift", imports: []string{"idem", "internal/wire"}},
	{path: "internal/operations", imports: []string{"gen", "idem", "internal/sdk", "internal/wire"}},
	{path: "internal/origin"},
	{path: "internal/reconcile"},
	{path: "internal/sdk", imports: []string{"idem", "journal", "internal/timeline", "internal/wire"}},
	{path: "internal/timeline"},
	{path: "internal/durabletest", imports: []string{"idem", "journal", "internal/memnet", "internal/storetest"}},
	{path: "internal/wire"},
	{path: "internal/jsontree"},
	{path: "internal/leaks"},
	{path: "internal/retryloop"},
	{path: "internal/memnet"},
	{path: "internal/chaos", imports: []string{"internal/memnet"}},
	{path: "internal/checks", tests: []string{"gen"}},
	{path: "internal/contract", imports: []string{everything}},
	{path: "internal/scenarios", imports: []string{everything}},
	{path: "internal/scenarios/...", imports: []string{everything}},
	{path: "internal/sdktest", imports: []string{everything}},
	{path: "cmd/...", imports: []string{everything}},
	{path: "examples/...", imports: []string{everything}},
}

// Modules that packages may import, and those that only tests may.
var (
	linkedModules = []string{"github.com/google/uuid"}
	loopModules   = []string{"github.com/hashicorp/go-retryablehttp"}
	testModules   = []string{"github.com/stretchr/testify", "pgregory.net/rapid", "go.uber.org/goleak"}
	loopRooms     = []string{"internal/retryloop"}
	plainRooms    = []string{"gen", "journal", "internal/wire", "idem/internal/claim", "idem/internal/clock", "idem/internal/sendonce", "internal/memnet", "internal/reconcile"}
	suiteRooms    = []string{"journal/journaltest", "internal/durabletest", "internal/storetest", "internal/sdktest"}
)

type goPackage struct {
	ImportPath   string   `json:"ImportPath"`
	Imports      []string `json:"Imports"`
	TestImports  []string `json:"TestImports"`
	XTestImports []string `json:"XTestImports"`
}

func TestImportTable(t *testing.T) {
	for _, pkg := range listPackages(t) {
		name := relative(pkg.ImportPath)
		t.Run(name, func(t *testing.T) {
			home, ok := roomOf(name)
			require.True(t, ok, "no room for this package in the import table: does it need to be one?")
			assert.Empty(t, strangers(pkg.Imports, home.imports, linkedBy(name)))

			imported := slices.Concat(pkg.TestImports, pkg.XTestImports)
			rooms := slices.Concat(home.imports, home.tests, []string{home.path})
			assert.Empty(t, strangers(imported, rooms, slices.Concat(linkedModules, testModules)), "in tests")
		})
	}
}

// backends are modules of their own, so that the table does not list them.
var backends = []string{"journal/postgres", "journal/sqlite"}

func TestBackendsImportTheJournalAlone(t *testing.T) {
	for _, name := range files(t, ".go") {
		if !slices.Contains(backends, path.Dir(name)) || strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, name), nil, parser.ImportsOnly)
		require.NoError(t, err)
		for _, spec := range file.Imports {
			pkg, err := strconv.Unquote(spec.Path.Value)
			require.NoError(t, err)
			assert.True(t, !ours(pkg) || relative(pkg) == "journal", "%s imports %s", name, pkg)
		}
	}
}

// strangers returns the imports that are neither in the standard library nor
// in one of the rooms or modules.
func strangers(imported, rooms, modules []string) []string {
	var found []string
	for _, pkg := range imported {
		allowed := standard(pkg) || within(pkg, modules)
		if ours(pkg) {
			allowed = slices.Contains(rooms, everything) || slices.Contains(rooms, relative(pkg))
		}
		if !allowed {
			found = append(found, pkg)
		}
	}
	return found
}

func linkedBy(name string) []string {
	switch {
	case slices.Contains(plainRooms, name):
		return nil
	case slices.Contains(loopRooms, name):
		return loopModules
	case slices.Contains(suiteRooms, name):
		return slices.Concat(linkedModules, testModules)
	default:
		return linkedModules
	}
}

const maxLoopLines = 60

func TestTheLoopIsOneShortFile(t *testing.T) {
	var found []string
	for _, name := range files(t) {
		if strings.HasPrefix(name, loopRooms[0]+"/") && !strings.HasSuffix(name, "_test.go") {
			found = append(found, name)
		}
	}
	require.Len(t, found, 1)
	text, err := os.ReadFile(filepath.Join(root, found[0]))
	require.NoError(t, err)
	assert.LessOrEqual(t, strings.Count(string(text), "\n"), maxLoopLines)
}

func roomOf(name string) (room, bool) {
	at := slices.IndexFunc(houseRooms, func(r room) bool {
		dir, below := strings.CutSuffix(r.path, "/...")
		return name == r.path || below && strings.HasPrefix(name, dir+"/")
	})
	if at < 0 {
		return room{}, false
	}
	return houseRooms[at], true
}

func ours(pkg string) bool { return pkg == module || strings.HasPrefix(pkg, module+"/") }

func standard(pkg string) bool {
	first, _, _ := strings.Cut(pkg, "/")
	return !strings.Contains(first, ".")
}

func within(pkg string, modules []string) bool {
	return slices.ContainsFunc(modules, func(m string) bool { return pkg == m || strings.HasPrefix(pkg, m+"/") })
}

func relative(pkg string) string {
	if pkg == module {
		return "."
	}
	return strings.TrimPrefix(pkg, module+"/")
}

func listPackages(t *testing.T) []goPackage {
	t.Helper()
	// -e: a package that does not compile is for the compiler to report.
	out := json.NewDecoder(strings.NewReader(goCommand(t, root, nil, "list", "-e", "-json", "./...")))
	var all []goPackage
	for {
		var pkg goPackage
		err := out.Decode(&pkg)
		if err == io.EOF {
			require.NotEmpty(t, all)
			return all
		}
		require.NoError(t, err)
		all = append(all, pkg)
	}
}

// The most that a program pays for importing the root package, itself not
// counted; the README states both figures.
const (
	modulesLinked = 4
	modulesSeen   = 20
)

func TestImporterStaysLight(t *testing.T) {
	dir := importer(t)
	// -mod=mod and no checksum database: the importer's go.mod is completed
	// from the module cache, whose contents are already verified.
	env := []string{"GOFLAGS=-mod=mod", "GOSUMDB=off", "GOWORK=off"}

	linked := modules(goCommand(t, dir, env, "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", "."))
	assert.Contains(t, linked, module)
	assert.LessOrEqual(t, len(linked), modulesLinked, "linked: %v", linked)

	seen := modules(goCommand(t, dir, env, "list", "-m", "-f", "{{.Path}}", "all"))
	assert.Contains(t, seen, module)
	assert.LessOrEqual(t, len(seen), modulesSeen, "seen: %v", seen)
	t.Logf("an importer links %d modules and sees %d", len(linked), len(seen))
}

func importer(t *testing.T) string {
	t.Helper()
	here, err := filepath.Abs(root)
	require.NoError(t, err)
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	require.NoError(t, err)

	dir := t.TempDir()
	const goMod = "module importer\n\ngo 1.26.0\n\nrequire %[1]s v0.0.0\n\nreplace %[1]s => %[2]q\n"
	for name, text := range map[string]string{
		"go.mod":  fmt.Sprintf(goMod, module, here),
		"go.sum":  string(sums),
		"main.go": fmt.Sprintf("package main\n\nimport _ %q\n\nfunc main() {}\n", module),
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	return dir
}

func modules(listing string) []string {
	lines := strings.Fields(listing)
	slices.Sort(lines)
	return slices.DeleteFunc(slices.Compact(lines), func(line string) bool { return line == "importer" })
}

// vendorWords are what a vendor's rules are written in: names, header fields,
// error codes. The engine is configured with them, and contains none.
var vendorWords = regexp.MustCompile(`(?i)bardge|bluesnap|plimus|idempotent-replayed|\b6010[1-6]\b|already_cancelled|` +
	`idempotency_key_reused|do_not_honor|processing_timeout`)

// modelTests run the engine against the model server with the vendors' rules,
// and so contain their profiles.
var modelTests = []string{"chaos_test.go", "chaos_faults_test.go", "assumptions_test.go"}

func TestEngineKnowsNoVendor(t *testing.T) {
	read := 0
	for _, name := range files(t, ".go") {
		if path.Dir(name) != "idem" || slices.Contains(modelTests, path.Base(name)) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		assert.Empty(t, vendorsIn(string(text)), name)
		read++
	}
	assert.Greater(t, read, 50, "the engine's files were found")
}

func vendorsIn(text string) []string {
	return vendorWords.FindAllString(strings.ReplaceAll(text, module, ""), -1)
}
