package checks

import (
	"encoding/json"
	"go/parser"
	"go/token"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// everything allows imports of all packages of this repository.
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
		imports: []string{"gen", "idem", "journal", "internal/reconcile", "internal/wire", "internal/sdk"},
		tests:   []string{"sandbox", "internal/sdktest"},
	},
	{path: "gen", imports: []string{"internal/wire"}},
	{
		path:    "idem",
		imports: []string{"journal", "idem/internal/claim", "idem/internal/clock", "idem/internal/sendonce", "internal/retryloop"},
		tests:   []string{"internal/chaos", "internal/memnet", "journal/journaltest"},
	},
	{path: "idem/internal/claim", imports: []string{"journal", "idem/internal/clock"}},
	{path: "idem/internal/clock"},
	{path: "idem/internal/sendonce", imports: []string{"idem/internal/clock"}, tests: []string{"internal/memnet"}},
	// The sandbox is an independent witness: only its examples use the client.
	{path: "sandbox", imports: []string{"gen", "internal/wire", "sandbox/fakeserver"}, tests: []string{"."}},
	{path: "sandbox/bluesnaptest", imports: []string{"sandbox/fakeserver"}},
	{path: "sandbox/fakeserver", imports: []string{"internal/memnet"}},
	{path: "journal"},
	// The one suite that each journal must pass: test code that other modules
	// import.
	{path: "journal/journaltest", imports: []string{"journal"}},
	{
		path:    "bluesnap",
		imports: []string{"idem", "journal", "internal/wire", "internal/sdk"},
		tests:   []string{"sandbox/bluesnaptest", "sandbox/fakeserver", "internal/chaos", "internal/leaks", "internal/memnet", "internal/sdktest", "journal/journaltest"},
	},
	{path: "bardgetest", imports: []string{".", "gen", "idem", "journal", "internal/sdk"}, tests: []string{"sandbox"}},
	{path: "internal/reconcile"},
	{path: "internal/sdk", imports: []string{"idem", "journal", "internal/wire"}},
	// The engine on a journal: test code that the backends run, too.
	{path: "internal/durabletest", imports: []string{"idem", "journal", "internal/memnet"}},
	{path: "internal/wire"},
	{path: "internal/leaks"},
	{path: "internal/retryloop"},
	{path: "internal/memnet"},
	{path: "internal/chaos", imports: []string{"internal/memnet"}},
	{path: "internal/checks", tests: []string{"gen"}},
	{path: "internal/contract", imports: []string{everything}},
	{path: "internal/scenarios", imports: []string{everything}},
	{path: "internal/sdktest", imports: []string{everything}},
	{path: "cmd/...", imports: []string{everything}},
	{path: "examples/...", imports: []string{everything}},
}

// Modules that packages may import, and those that only tests may.
var (
	linkedModules = []string{"github.com/google/uuid"}
	loopModules   = []string{"github.com/hashicorp/go-retryablehttp"}
	testModules   = []string{"github.com/stretchr/testify", "pgregory.net/rapid", "go.uber.org/goleak"}
	// loopRooms import the module of the loop.
	loopRooms = []string{"internal/retryloop"}
	// plainRooms import the standard library and nothing else.
	plainRooms = []string{"gen", "journal", "internal/wire", "idem/internal/claim", "idem/internal/clock", "idem/internal/sendonce", "internal/memnet", "internal/reconcile"}
	// suiteRooms are test code, and may import what tests may.
	suiteRooms = []string{"journal/journaltest", "internal/durabletest", "internal/sdktest"}
)

// A goPackage is the part of "go list -json" that is used here.
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

func TestStrangersAreFound(t *testing.T) {
	const idem, wired = module + "/idem", module + "/wired"
	for _, row := range []struct {
		name                            string
		imported, rooms, modules, found []string
	}{
		{name: "standard library is free", imported: []string{"net/http", "os"}},
		{name: "room in the table", imported: []string{idem}, rooms: []string{"gen", "idem"}},
		{name: "room not in the table", imported: []string{idem}, rooms: []string{"wire"}, found: []string{idem}},
		{name: "the root is a room", imported: []string{module}, rooms: []string{"wire"}, found: []string{module}},
		{name: "a longer name", imported: []string{wired}, rooms: []string{"wire"}, found: []string{wired}},
		{name: "everything", imported: []string{module, idem}, rooms: []string{everything}},
		{name: "module allowed, with its packages", imported: []string{"a.org/m/sub"}, modules: []string{"a.org/m"}},
		{name: "foreign module", imported: []string{"b.org/m"}, modules: []string{"a.org"}, found: []string{"b.org/m"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			assert.Equal(t, row.found, strangers(row.imported, row.rooms, row.modules))
		})
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

// maxLoopLines bounds the file that runs the loop.
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

// standard reports whether a package is of the standard library: no dot in its
// first part.
func standard(pkg string) bool {
	first, _, _ := strings.Cut(pkg, "/")
	return !strings.Contains(first, ".")
}

func within(pkg string, modules []string) bool {
	return slices.ContainsFunc(modules, func(m string) bool { return pkg == m || strings.HasPrefix(pkg, m+"/") })
}

// relative returns a package's path without the module's; the root is ".".
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
