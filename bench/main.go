// Command bench measures this SDK and its peers on the same work, prints the
// results, and writes them to RESULTS.md.
//
//	cd bench && go run .
//
// It takes some minutes, on a quiet machine. With -only safety,readback it
// measures these parts, and keeps other sections; with -o "" it prints.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/bardge/bardge-go/bench/connections"
	"github.com/bardge/bardge-go/bench/growth"
	"github.com/bardge/bardge-go/bench/pace"
	"github.com/bardge/bardge-go/bench/safety"
	"github.com/bardge/bardge-go/bench/speed"
)

// part is a section of the results, which a test of its package writes as JSON.
type part struct {
	name, title, pkg, test string
	render                 func(doc []byte) (string, error)
}

var parts = []part{
	{"safety", "Safety", "safety", "TestSafety", markdown[safety.Report]},
	{"readback", "Safety where executions can be read back", "safety", "TestReadBack", markdown[safety.ReadBack]},
	{"below", "Below other SDKs", "safety", "TestBelowSDKs", markdown[safety.BelowSDKs]},
	{"speed", "Speed", "speed", "TestSpeed", markdown[speed.Report]},
	{"growth", "Growth", "growth", "TestGrowth", markdown[growth.Report]},
	{"pace", "Pace", "pace", "TestPace", markdown[pace.Report]},
	{"connections", "Connections", "connections", "TestConnections", markdown[connections.Report]},
}

func markdown[R interface{ Markdown() string }](doc []byte) (string, error) {
	var r R
	if err := json.Unmarshal(doc, &r); err != nil {
		return "", err
	}
	return r.Markdown(), nil
}

func main() {
	out := flag.String("o", "RESULTS.md", "write the results to this `file`; empty writes none")
	only := flag.String("only", "", "measure only these `parts`, separated by commas: "+strings.Join(names(), ", "))
	flag.Parse()
	chosen, err := choose(*only)
	if err == nil {
		err = run(chosen, *out, part.make)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func names() []string {
	all := make([]string, len(parts))
	for i, p := range parts {
		all[i] = p.name
	}
	return all
}

// choose returns the parts with these names, by default all, in their order.
func choose(only string) ([]part, error) {
	if only == "" {
		return parts, nil
	}
	wanted := strings.Split(only, ",")
	var chosen []part
	for _, p := range parts {
		if slices.Contains(wanted, p.name) {
			chosen = append(chosen, p)
		}
	}
	if len(chosen) != len(wanted) {
		return nil, fmt.Errorf("-only %s: the parts are %s", only, strings.Join(names(), ", "))
	}
	return chosen, nil
}

func run(chosen []part, out string, measure func(part) (string, error)) error {
	for _, p := range chosen {
		text, err := measure(p)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		today := time.Now().UTC().Format(time.DateOnly)
		text = fmt.Sprintf("*%s: %s.*\n\n%s", today, machine(), strings.Trim(text, "\n"))
		if _, err := fmt.Fprintf(os.Stdout, "%s%s\n\n%s\n", sectionMark, p.title, text); err != nil {
			return err
		}
		if err := replace(out, p.title, text); err != nil {
			return err
		}
	}
	return nil
}

// replace writes a section to the file, and keeps the others.
func replace(out, title, text string) error {
	if out == "" {
		return nil
	}
	doc, err := os.ReadFile(out) //nolint:gosec // the caller's own file
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	sections := sectionsOf(string(doc))
	sections[title] = text
	return os.WriteFile(out, []byte(document(sections)), 0o600)
}

func (p part) make() (string, error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file := filepath.Join(dir, "report.json")
	//nolint:gosec // the arguments are constants, and a file of our own
	test := exec.CommandContext(context.Background(), "go", "test", "./"+p.pkg,
		"-run", "^"+p.test+"$", "-count=1", "-timeout=1h", "-args", "-json", file)
	test.Stderr = os.Stderr
	if said, err := test.Output(); err != nil {
		_, _ = os.Stderr.Write(said) // which assertion failed
		return "", err
	}
	doc, err := os.ReadFile(file) //nolint:gosec // as above
	if err != nil {
		return "", err
	}
	return p.render(doc)
}

func machine() string {
	system := runtime.GOOS + "/" + runtime.GOARCH
	return fmt.Sprintf("%s, %d cores, %s, %s", cpu(), runtime.NumCPU(), runtime.Version(), system)
}

// cpu returns the processor's name, if the system reports it.
func cpu() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return "unnamed processor"
	}
	defer func() { _ = f.Close() }()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if name, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unnamed processor"
}
