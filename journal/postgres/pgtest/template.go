package pgtest

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
)

// template is a data directory that this process's servers are copied from,
// since initdb takes several times as long as the rest. They share a password.
// It is removed when the process ends.
var template = sync.OnceValues(makeTemplate)

type templateData struct {
	dir, password string
	life          io.Closer // held until the process ends
	keeper        *exec.Cmd
}

func makeTemplate() (*templateData, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	dir, err := directory()
	if err != nil {
		return nil, err
	}
	t := &templateData{dir: dir, password: rand.Text()}
	if t.keeper, t.life, err = keepUntilEnd(`rm -rf "$0"`, dir); err == nil {
		err = t.initialize(bin)
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return t, nil
}

func (t *templateData) initialize(bin string) error {
	secret := filepath.Join(t.dir, "password")
	if err := writeOwned(secret, t.password); err != nil {
		return err
	}
	out, err := command(filepath.Join(bin, "initdb"), "--pgdata="+t.data(), "--no-sync", "--username=postgres",
		"--auth=scram-sha-256", "--pwfile="+secret, "--encoding=UTF8", "--no-locale").CombinedOutput()
	if err != nil {
		return fmt.Errorf("pgtest: initdb: %w\n%s", err, out)
	}
	return nil
}

func (t *templateData) data() string { return filepath.Join(t.dir, "data") }

func (t *templateData) copyTo(dir string) error {
	out, err := command("cp", "-R", "-p", t.data(), filepath.Join(dir, "data")).CombinedOutput()
	if err != nil {
		return fmt.Errorf("pgtest: cp: %w\n%s", err, out)
	}
	return nil
}
