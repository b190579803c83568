// Command pack writes modules of this repository into a folder that the go
// command reads as a module proxy (GOPROXY=file://...), so that a release can
// be tried before it is published.
//
//	go run ./pack -out DIR -version v1.2.3 MODULE_FOLDER...
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

func main() {
	out := flag.String("out", "", "folder of the proxy")
	version := flag.String("version", "", "version of the modules, such as v1.2.3")
	flag.Parse()
	if err := run(*out, *version, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "pack:", err)
		os.Exit(1)
	}
}

func run(out, version string, folders []string) error {
	if out == "" || version == "" || len(folders) == 0 {
		return errors.New("-out, -version and at least one module's folder are needed")
	}
	for _, folder := range folders {
		if err := pack(out, version, folder); err != nil {
			return fmt.Errorf("%s: %w", folder, err)
		}
	}
	return nil
}

// pack writes the four files that the go command requests from a proxy. The
// archive leaves out nested modules, as a real proxy's does.
func pack(out, version, folder string) error {
	mod, err := os.ReadFile(filepath.Join(folder, "go.mod")) //nolint:gosec // the user names it
	if err != nil {
		return err
	}
	m := module.Version{Path: modfile.ModulePath(mod), Version: version}
	if err := module.Check(m.Path, m.Version); err != nil {
		return err
	}
	escaped, err := module.EscapePath(m.Path)
	if err != nil {
		return err
	}
	dir := filepath.Join(out, filepath.FromSlash(escaped), "@v")
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	info := fmt.Sprintf(`{"Version":%q,"Time":%q}`, version, time.Now().UTC().Format(time.RFC3339))
	files := map[string][]byte{"list": []byte(version + "\n"), version + ".info": []byte(info), version + ".mod": mod}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			return err
		}
	}
	return archive(filepath.Join(dir, version+".zip"), m, folder)
}

func archive(name string, m module.Version, folder string) (err error) {
	f, err := os.Create(name) //nolint:gosec // the caller's folder
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return zip.CreateFromDir(f, m, folder)
}
