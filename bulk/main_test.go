package bulk_test

import (
	"context"
	"fmt"
	"iter"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/bulk"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/sandbox"
)

func TestMain(m *testing.M) {
	if os.Getenv(envURL) != "" {
		os.Exit(runChild())
	}
	goleak.VerifyTestMain(m)
}

// fixture is a run against a sandbox, in virtual time.
type fixture struct {
	sb      *sandbox.Sandbox
	journal *bulk.Journal
	memory  *journal.Memory
	client  *bardge.Client
}

// inVirtualTime calls f with a fixture whose time is virtual.
func inVirtualTime(t *testing.T, f func(t *testing.T, w *fixture)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { f(t, newFixture(t, journal.NewMemory())) })
}

func newFixture(t *testing.T, memory *journal.Memory) *fixture {
	t.Helper()
	w := &fixture{sb: sandbox.Start(t), memory: memory}
	var err error
	w.journal, err = bulk.NewJournal(memory)
	require.NoError(t, err)
	w.client, err = bardge.New(w.sb.APIKey,
		bardge.WithBaseURL(w.sb.URL), bardge.WithHTTPClient(w.sb.Client()), bardge.WithJournal(w.journal, "acme"))
	require.NoError(t, err)
	return w
}

// member is an item of the tests.
type member struct {
	ref, client, pass string
}

// members are n items with different refs.
func (w *fixture) members(n int) []member {
	all := make([]member, n)
	for i := range all {
		all[i] = member{fmt.Sprintf("policy-%d", i+1), fmt.Sprintf("client-%d", i+1), w.sb.Seed.PassID}
	}
	return all
}

// each yields items without an error.
func each[T any](items []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, item := range items {
			if !yield(item, nil) {
				return
			}
		}
	}
}

func (w *fixture) issue(ctx context.Context, m member) error {
	_, _, err := w.client.IssuedPasses.Issue(ctx, bardge.IssuePassParams{
		ClientID: m.client, PassID: m.pass, FirstName: "Ada", LastName: "Okafor",
	}, bardge.WithRef(m.ref))
	return err
}

func (w *fixture) options() bulk.Options[member] {
	return bulk.Options[member]{Ref: func(m member) string { return m.ref }, Journal: w.journal}
}

// collected keeps the results of a run by ref, in their order.
type collected map[string][]bulk.Result[member]

func (c collected) add(r bulk.Result[member]) { c[r.Ref] = append(c[r.Ref], r) }

// statuses counts results by their status.
func (c collected) statuses() map[bulk.Status]int {
	n := map[bulk.Status]int{}
	for _, all := range c {
		for _, r := range all {
			n[r.Status]++
		}
	}
	return n
}

func after(d time.Duration, f func()) { time.AfterFunc(d, f) }
