// Command bench puts this SDK and its peers side by side on the same work, prints what came of it, and writes it to
// RESULTS.md.
//
//	cd bench && go run .
//
// takes some minutes, and a quiet machine for the times to mean anything. -only safety makes one part alone, and prints
// it without writing.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/bardge/bardge-go/bench/growth"
	"github.com/bardge/bardge-go/bench/safety"
	"github.com/bardge/bardge-go/bench/speed"
)

// part is a section of the results. Each is measured by a test of its package, which writes its report as JSON.
type part struct {
	title, pkg, test string
	render           func(doc []byte) (string, error)
}

var parts = []part{
	{"Safety", "safety", "TestSafety", markdown[safety.Report]},
	{"Speed", "speed", "TestSpeed", markdown[speed.Report]},
	{"Growth", "growth", "TestGrowth", markdown[growth.Report]},
}

func markdown[R interface{ Markdown() string }](doc []byte) (string, error) {
	var r R
	if err := json.Unmarshal(doc, &r); err != nil {
		return "", err
	}
	return r.Markdown(), nil
}

func main() {
	out := flag.String("o", "RESULTS.md", "write the results to this `file`")
	only := flag.String("only", "", "make only the `part` of this name, and write nothing")
	flag.Parse()
	if err := run(*out, *only); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(out, only string) error {
	var b strings.Builder
	today := time.Now().UTC().Format(time.DateOnly)
	fmt.Fprintf(&b, "# Side by side\n\nMade by `make bench` on %s: %s.\n", today, machine())
	made := 0
	for _, p := range parts {
		if only != "" && only != p.pkg {
			continue
		}
		text, err := p.make()
		if err != nil {
			return fmt.Errorf("%s: %w", p.pkg, err)
		}
		fmt.Fprintf(&b, "\n## %s\n\n%s", p.title, text)
		made++
	}
	if made == 0 {
		return errors.New("there is no part of that name")
	}
	if _, err := os.Stdout.WriteString(b.String()); err != nil || only != "" {
		return err
	}
	return os.WriteFile(out, []byte(b.String()), 0o600)
}

// make measures a part and renders it.
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

// machine describes what the figures were taken on.
func machine() string {
	system := runtime.GOOS + "/" + runtime.GOARCH
	return fmt.Sprintf("%s, %d cores, %s, %s", cpu(), runtime.NumCPU(), runtime.Version(), system)
}

// cpu returns the processor's name, where the system tells it.
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
