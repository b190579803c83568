package bardge_test

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/sandbox"
)

// done is what an operation brought: an id or another value that the server
// made, and how the call went.
type done struct {
	got  string
	resp *bardge.Response
	err  error
}

// told makes a done of a call's results. id picks from the value, if there is
// one.
func told[T any](id func(*T) string) func(*T, *bardge.Response, error) done {
	return func(value *T, resp *bardge.Response, err error) done {
		d := done{resp: resp, err: err}
		if value != nil {
			d.got = id(value)
		}
		return d
	}
}

// firstOf picks from the first item of a list.
func firstOf[T any](id func(*T) string) func(*bardge.List[T], *bardge.Response, error) done {
	return told(func(l *bardge.List[T]) string {
		if len(l.Data) == 0 {
			return ""
		}
		return id(&l.Data[0])
	})
}

var (
	passID     = func(p *bardge.IssuedPass) string { return p.ID }
	bookingID  = func(b *bardge.Booking) string { return b.ID }
	providerID = func(p *bardge.Provider) string { return p.ID }
)

// operation is one operation as its user calls it. before does what it needs
// first, and returns an id for it.
type operation struct {
	id     sandbox.Operation
	before func(ctx context.Context, c *bardge.Client, s sandbox.Seed) done
	call   func(ctx context.Context, c *bardge.Client, s sandbox.Seed, id string) done
}

// overSockets serves a sandbox on a port of this machine.
func overSockets(t *testing.T) (*sandbox.Sandbox, *bardge.Client) {
	t.Helper()
	sb := sandbox.Start(t)
	server := httptest.NewServer(sb.Handler())
	t.Cleanup(server.Close)
	client, err := bardge.New(sb.APIKey, bardge.WithBaseURL(server.URL+sandbox.BasePath),
		bardge.WithRetryPolicy(bardge.RetryPolicy{BaseDelay: time.Millisecond, MaxDelay: 10 * time.Millisecond}))
	require.NoError(t, err)
	t.Cleanup(client.CloseIdleConnections)
	return sb, client
}

// run prepares an operation, spoils its next request, and calls it.
func (o operation) run(t *testing.T, fault sandbox.Fault) (*sandbox.Sandbox, done) {
	t.Helper()
	sb, client := overSockets(t)
	var id string
	if o.before != nil {
		first := o.before(t.Context(), client, sb.Seed)
		require.NoError(t, first.err)
		require.NotEmpty(t, first.got)
		id = first.got
	}
	sb.Next(o.id, fault)
	return sb, o.call(t.Context(), client, sb.Seed, id)
}

func TestEveryOperationIsInTheTable(t *testing.T) {
	var want, have []sandbox.Operation
	for _, op := range gen.Operations() {
		want = append(want, op.ID)
	}
	for _, op := range operations {
		have = append(have, op.id)
	}
	require.Len(t, want, 30)
	assert.ElementsMatch(t, want, have)
}

// WithReconciler, errors and events name operations by strings: each method's doc
// comment tells its own.
func TestEveryMethodTellsItsOperation(t *testing.T) {
	told := map[gen.OperationID]bool{}
	names, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, name := range names {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		require.NoError(t, err)
		for _, decl := range file.Decls {
			method, ok := decl.(*ast.FuncDecl)
			if !ok || !method.Name.IsExported() || !ofService(method) {
				continue
			}
			op := operationIn(method)
			class := strings.ReplaceAll(string(op.Class), "keyU", "key u")
			want := fmt.Sprintf("\nOperation %s, class %s", op.ID, class)
			assert.Contains(t, method.Doc.Text(), want, "%s: %s", name, method.Name)
			told[op.ID] = true
		}
	}
	for _, op := range gen.Operations() {
		assert.True(t, told[op.ID], "no method tells %s", op.ID)
	}
}

func ofService(f *ast.FuncDecl) bool {
	if f.Recv == nil {
		return false
	}
	receiver := types.ExprString(f.Recv.List[0].Type)
	return strings.HasSuffix(receiver, "Service") && receiver != "*OperationsService" // which calls no API
}

// operationIn returns the operation whose request a method makes, or whose params it
// takes.
func operationIn(method *ast.FuncDecl) (found gen.Operation) {
	ast.Inspect(method, func(node ast.Node) bool {
		if name, ok := node.(*ast.Ident); ok {
			for _, op := range gen.Operations() {
				if name.Name == "new"+string(op.ID)+"Request" || name.Name == string(op.ID)+"Params" {
					found = op
				}
			}
		}
		return true
	})
	return found
}

func TestEveryOperationWorks(t *testing.T) {
	for _, op := range operations {
		t.Run(string(op.id), func(t *testing.T) {
			sb, d := op.run(t, sandbox.NoFault)
			require.NoError(t, d.err)
			assert.NotEmpty(t, d.got)
			assert.Len(t, d.resp.Attempts, 1)
			assert.NotEmpty(t, d.resp.RequestID)
			assert.Equal(t, 1, sb.Executed(op.id))
			assert.Equal(t, 1, sb.Requests(op.id))
		})
	}
}

// An operation is executed, and its answer never arrives.
func TestEveryOperationSurvivesALostAnswer(t *testing.T) {
	for _, fault := range []sandbox.Fault{sandbox.LoseResponse, sandbox.CutResponse, sandbox.ProxyPageAfter(504)} {
		for _, op := range operations {
			t.Run(string(op.id)+" "+string(fault), func(t *testing.T) {
				sb, d := op.run(t, fault)
				switch op.id.Operation().Class {
				case gen.RetryClassSafe:
					require.NoError(t, d.err)
					assert.NotEmpty(t, d.got)
					assert.Equal(t, 2, sb.Requests(op.id))
				case gen.RetryClassKeyed:
					require.NoError(t, d.err)
					assert.NotEmpty(t, d.got)
					assert.True(t, d.resp.Replayed)
					assert.Equal(t, 2, sb.Requests(op.id))
					assert.Equal(t, 1, sb.Executed(op.id))
				case gen.RetryClassIdempotent:
					require.NoError(t, d.err)
					assert.NotEmpty(t, d.got)
					assert.True(t, d.resp.Recovered)
					assert.Equal(t, 1, sb.Executed(op.id))
				default:
					require.Error(t, d.err)
					want := bardge.OutcomeUnknown
					if fault == sandbox.CutResponse {
						want = bardge.OutcomeDone // the status said so
						assert.ErrorIs(t, d.err, bardge.ErrResponseLost)
					}
					assert.Equal(t, want, bardge.OutcomeOf(d.err))
					assert.Equal(t, 1, sb.Requests(op.id), "not repeated")
				}
			})
		}
	}
}

// An operation is not executed, and the client cannot tell or is told to wait.
func TestEveryOperationSurvivesARequestThatIsNotExecuted(t *testing.T) {
	for _, fault := range []sandbox.Fault{sandbox.ResetBefore, sandbox.Unavailable(0), sandbox.TooMany(0)} {
		for _, op := range operations {
			t.Run(string(op.id)+" "+string(fault), func(t *testing.T) {
				sb, d := op.run(t, fault)
				if op.id.Operation().Class == gen.RetryClassKeyUnverified && fault != sandbox.TooMany(0) {
					assert.Equal(t, bardge.OutcomeUnknown, bardge.OutcomeOf(d.err))
					assert.Zero(t, sb.Executed(op.id))
					return
				}
				require.NoError(t, d.err)
				assert.NotEmpty(t, d.got)
				assert.Equal(t, 1, sb.Executed(op.id))
				assert.Equal(t, 2, sb.Requests(op.id))
			})
		}
	}
}
