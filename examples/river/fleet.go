package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
)

type fleet []*process

type process struct {
	cmd  *exec.Cmd
	life io.Closer // closing it ends the worker
}

// startFleet starts workers, each of which is this program, killed with ctx.
func startFleet(ctx context.Context, workers int, env []string) (fleet, error) {
	var f fleet
	for range workers {
		p, err := startProcess(ctx, env)
		if err != nil {
			return nil, errors.Join(err, f.stop())
		}
		f = append(f, p)
	}
	return f, nil
}

func startProcess(ctx context.Context, env []string) (*process, error) {
	cmd := exec.CommandContext(ctx, os.Args[0], "work") //nolint:gosec // itself
	cmd.Env, cmd.Stderr = env, os.Stderr
	life, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	return &process{cmd: cmd, life: life}, cmd.Start()
}

func (f fleet) replace(ctx context.Context, i int) error {
	old := f[i].cmd
	if err := old.Process.Kill(); err != nil {
		return err
	}
	_ = old.Wait() // killed, as it should be
	p, err := startProcess(ctx, old.Env)
	if err != nil {
		return err
	}
	f[i] = p
	return nil
}

func (f fleet) stop() error {
	errs := make([]error, 0, 2*len(f))
	for _, p := range f {
		errs = append(errs, p.life.Close())
	}
	for _, p := range f {
		errs = append(errs, p.cmd.Wait())
	}
	return errors.Join(errs...)
}
