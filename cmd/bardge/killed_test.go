package main

import (
	"bytes"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/sandbox"
)

// never keeps a response back for longer than a test lasts.
var never = sandbox.DelayAfter(time.Hour)

// shop is an office whose calls are made by the command too.
func shop(t *testing.T, s store) *office {
	t.Helper()
	o := newOffice(t, s)
	o.set("BARDGE_ACCOUNT", "acme")
	o.done("journal", "migrate", "--create")
	return o
}

// killed runs the command until the server has its request, and has executed the
// operation so often, and kills its process: nothing of it is deferred, and no
// signal is handled.
func (o *office) killed(op sandbox.Operation, fault sandbox.Fault, executed int, args ...string) {
	o.Helper()
	cmd, _ := o.held(op, fault, executed, args...)
	require.NoError(o, cmd.Process.Kill())
	require.Error(o, cmd.Wait(), "it did not end by itself")
}

// held runs the command until the server has its request, and has executed the
// operation so often. It returns the process and what it prints.
func (o *office) held(op sandbox.Operation, fault sandbox.Fault, executed int, args ...string) (*exec.Cmd, *printedText) {
	o.Helper()
	before := o.sandbox.Requests(op)
	o.sandbox.Next(op, fault)
	var text printedText
	cmd := exec.Command(program, args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = o.env, &text.stdout, &text.stderr
	require.NoError(o, cmd.Start())
	received := func() bool { return o.sandbox.Requests(op) == before+1 && o.sandbox.Executed(op) == executed }
	assert.Eventually(o, received, time.Minute, 10*time.Millisecond)
	return cmd, &text
}

type printedText struct{ stdout, stderr bytes.Buffer }

// abandoned waits until a killed process owns its operation no longer: its lease
// ends ten seconds after its last word.
func (o *office) abandoned(ref string) {
	o.Helper()
	owned := func() bool {
		return object(o.T, o.done("journal", "show", ref, "-o", "json").stdout)["owned"].(bool)
	}
	require.True(o, owned(), "it was not given up")
	assert.Contains(o, o.done("journal", "show", ref).stdout, "A call works on it. Look again in a few seconds.")
	assert.Contains(o, o.done("journal", "list").stdout, "a call works on it")
	assert.Equal(o, "[]\n", o.done("journal", "recover", "-o", "json").stdout, "it is not taken from its owner")
	require.Eventually(o, func() bool { return !owned() }, time.Minute, time.Second)
}

// A call, and then the recovery of it, are killed after the server has executed
// the operation.
func TestAKilledCallIsRecoveredOnce(t *testing.T) {
	t.Parallel()
	for name, newStore := range journals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := shop(t, newStore(t))
			order := issue(o.sandbox, "--ref", "order-17", "-o", "json")
			o.killed(sandbox.IssuePass, never, 1, order...)
			o.abandoned("order-17")
			o.killed(sandbox.IssuePass, never, 1, "journal", "recover")
			o.abandoned("order-17")

			open := list(t, o.done("journal", "list", "-o", "json").stdout)
			require.Len(t, open, 1)
			assert.Equal(t, "order-17", open[0]["ref"])
			shown := object(t, o.done("journal", "show", "order-17", "-o", "json").stdout)
			assert.Contains(t, shown["next"].(map[string]any)["text"], "sends it again, once")
			recovered := list(t, o.done("journal", "recover", "-o", "json").stdout)
			require.Len(t, recovered, 1)
			assert.Equal(t, "done", recovered[0]["outcome"])

			again := o.done(order...)
			assert.Equal(t, "issued_pass", object(t, again.stdout)["object"])
			assert.Contains(t, again.stderr, "nothing was sent")
			assert.Equal(t, 1, o.sandbox.Executed(sandbox.IssuePass))
			assert.Equal(t, 3, o.sandbox.Requests(sandbox.IssuePass))
		})
	}
}

// What is never sent again is resolved by a person.
func TestAKilledCallIsResolvedOnce(t *testing.T) {
	t.Parallel()
	o := shop(t, sqliteStore(t))
	order := []string{
		"lookups", "initiate", "--issuer-id", o.sandbox.Seed.IssuerID, "--client-id", o.sandbox.Seed.OtherClientID,
		"--ref", "order-18",
	}
	o.killed(sandbox.InitiateLookup, never, 1, order...)
	o.abandoned("order-18")
	assert.Equal(t, cli.ExitUnknown, o.run("journal", "recover").code, "it is not sent again")
	assert.Equal(t, cli.ExitUnknown, o.run(order...).code, "nor by its call")
	early := o.run("journal", "resolve", "order-18", "--not-executed", "--by", "ada", "--yes")
	assert.Equal(t, cli.ExitFailed, early.code, "a request may still be under way")
	assert.Contains(t, early.stderr, "may still be executed")
	done := o.done("journal", "resolve", "order-18", "--executed", "lookup_0001", "--by", "ada", "--yes")
	assert.Contains(t, done.stdout, "InitiateLookup order-18: done, by a person's word")
	assert.Contains(t, o.done(order...).stdout, "lookup_0001", "as it was resolved")
	assert.Equal(t, 1, o.sandbox.Executed(sandbox.InitiateLookup))
	assert.Equal(t, 1, o.sandbox.Requests(sandbox.InitiateLookup))
}

// A process that is killed before the server has the request leaves an operation
// that recovery executes.
func TestACallKilledBeforeItsExecutionIsExecutedOnce(t *testing.T) {
	t.Parallel()
	o := shop(t, sqliteStore(t))
	later := sandbox.DelayBefore(3 * time.Second) // the server goes on without the client
	o.killed(sandbox.IssuePass, later, 0, issue(o.sandbox, "--ref", "order-19")...)
	o.abandoned("order-19")
	o.done("journal", "recover")
	assert.Equal(t, 1, o.sandbox.Executed(sandbox.IssuePass))
	assert.Equal(t, "done", object(t, o.done("journal", "show", "order-19", "-o", "json").stdout)["state"])
}
