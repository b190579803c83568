package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/bardge/bardge-go/tools/trace/recorder"
)

const module = "github.com/bardge/bardge-go"

// run makes the call over an instrumented copy of the sources.
func run() (t trace, err error) {
	dir, err := os.MkdirTemp("", "trace")
	if err != nil {
		return trace{}, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	overlay, functions, err := instrumentAll(dir)
	if err != nil {
		return trace{}, err
	}
	printed, err := goCommand("run", "-overlay", overlay, "./issue")
	if err != nil {
		return trace{}, err
	}
	var entries []recorder.Entry
	err = json.Unmarshal(printed, &entries)
	return trace{functions: functions, entries: entries}, err
}

// instrumentAll writes the instrumented copies into dir, and the overlay that
// makes the go command read them in place of the sources.
func instrumentAll(dir string) (overlay string, functions []function, err error) {
	sources, err := listSources()
	if err != nil {
		return "", nil, err
	}
	var i instrumenter
	replace := map[string]string{}
	for n, source := range sources {
		instrumented, err := i.instrument(source.path, source.file)
		if err != nil {
			return "", nil, err
		}
		replace[source.path] = filepath.Join(dir, fmt.Sprintf("%d.go", n))
		if err := os.WriteFile(replace[source.path], instrumented, 0o600); err != nil {
			return "", nil, err
		}
	}
	content, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", nil, err
	}
	overlay = filepath.Join(dir, "overlay.json")
	return overlay, i.functions, os.WriteFile(overlay, content, 0o600)
}

type source struct{ path, file string }

// listSources lists the files of the packages that the call is built from.
func listSources() ([]source, error) {
	listed, err := goCommand("list", "-deps", "-json=Dir,GoFiles,Module", "./issue")
	if err != nil {
		return nil, err
	}
	var sources []source
	for decoder := json.NewDecoder(bytes.NewReader(listed)); ; {
		var p struct {
			Dir     string   `json:"Dir"`
			GoFiles []string `json:"GoFiles"`
			Module  struct {
				Path string `json:"Path"`
				Dir  string `json:"Dir"`
			} `json:"Module"`
		}
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return sources, nil
		} else if err != nil {
			return nil, err
		}
		if p.Module.Path != module {
			continue
		}
		for _, name := range p.GoFiles {
			path := filepath.Join(p.Dir, name)
			file, err := filepath.Rel(p.Module.Dir, path)
			if err != nil {
				return nil, err
			}
			sources = append(sources, source{path: path, file: filepath.ToSlash(file)})
		}
	}
}

func goCommand(args ...string) ([]byte, error) {
	command := exec.Command("go", args...) //nolint:gosec,noctx // the arguments are this program's own
	command.Stderr = os.Stderr
	return command.Output()
}
