package soak

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bardge/bardge-go"
)

const (
	callers = 256
	// resolveEvery is the time between two checks of operations in doubt.
	resolveEvery = 5 * time.Second
)

// policy fits the server's shortened memory.
var policy = bardge.RetryPolicy{
	KeyTTL: keyMemory, KeyTTLMargin: time.Second, AttemptTimeout: 3 * time.Second,
	BaseDelay: 20 * time.Millisecond, MaxDelay: 500 * time.Millisecond,
}

// workload is all callers of one client. Their claims go to a file: they must
// not count as the client's memory.
type workload struct {
	client *bardge.Client
	passID string
	truth  string // where the server lists what it executed
	think  time.Duration

	orders atomic.Int64
	doubts chan doubt

	mu     sync.Mutex
	claims *bufio.Writer
}

type doubt struct {
	ref   string
	since time.Time
}

func newWorkload(client *bardge.Client, server hello, think time.Duration, claims io.Writer) *workload {
	return &workload{
		client: client, passID: server.Seed.PassID, think: think, claims: bufio.NewWriter(claims),
		truth: "http://" + server.Address + truthPath,
		// Far more than can arrive between two checks.
		doubts: make(chan doubt, 1<<16),
	}
}

// work lets all callers order until ctx ends. Calls under way finish.
func (c *workload) work(ctx context.Context) error {
	var each sync.WaitGroup
	for range callers {
		each.Go(func() {
			for wait(ctx, time.Duration(rand.Int64N(2*int64(c.think)+1))) {
				c.order(context.WithoutCancel(ctx))
			}
		})
	}
	each.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.claims.Flush()
}

// order issues a pass once for a ref, and reads it.
func (c *workload) order(ctx context.Context) {
	ref := fmt.Sprint("order-", c.orders.Add(1))
	pass, _, err := c.client.IssuedPasses.Issue(ctx, bardge.IssuePassParams{
		ClientID: ref, PassID: c.passID, FirstName: "Ada", LastName: "Okafor",
	}, bardge.WithRef(ref))
	if pass == nil {
		pass = &bardge.IssuedPass{}
	}
	outcome := bardge.OutcomeOf(err)
	c.claim(ref, outcome, pass.ID)
	if outcome == bardge.OutcomeUnknown {
		c.doubts <- doubt{ref, time.Now()}
	}
	if pass.ID != "" {
		_, _, _ = c.client.IssuedPasses.Get(ctx, pass.ID) // its result is no claim
	}
}

func (c *workload) claim(ref string, o bardge.Outcome, id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, _ = fmt.Fprintf(c.claims, "%s %d %s\n", ref, o, id) // a failure shows at the flush
}

// resolveDoubts is an operator, who resolves what stayed in doubt once nothing
// of it can be executed any more. It ends when ctx does.
func (c *workload) resolveDoubts(ctx context.Context) error {
	var waiting []doubt
	for wait(ctx, resolveEvery) {
		for more := true; more; {
			select {
			case d := <-c.doubts:
				waiting = append(waiting, d)
			default:
				more = false
			}
		}
		due := 0
		for due < len(waiting) && time.Since(waiting[due].since) > 4*keyMemory {
			due++
		}
		if err := c.resolve(ctx, waiting[:due]); err != nil && ctx.Err() == nil {
			return err
		}
		waiting = append([]doubt(nil), waiting[due:]...)
	}
	return nil
}

func (c *workload) resolve(ctx context.Context, due []doubt) error {
	if len(due) == 0 {
		return nil
	}
	refs := make([]string, len(due))
	for i, d := range due {
		refs[i] = d.ref
	}
	issued, err := ask(ctx, c.truth, refs...)
	if err != nil {
		return err
	}
	for _, ref := range refs {
		resolution := bardge.NotExecuted()
		if ids := issued[ref]; len(ids) > 0 {
			resolution = bardge.Executed(ids[0]).Unverified()
		}
		open, err := c.client.Operations.Get(ctx, ref)
		if err != nil {
			return fmt.Errorf("%s: %w", ref, err)
		}
		err = c.client.Resolve(ctx, ref, resolution.Generation(open.Generation))
		if err != nil && !errors.Is(err, bardge.ErrAlreadyResolved) {
			return fmt.Errorf("%s: %w", ref, err)
		}
	}
	return nil
}

// ask returns the passes of these clients, or of all.
func ask(ctx context.Context, address string, clients ...string) (map[string][]string, error) {
	query := url.Values{}
	if len(clients) > 0 {
		query.Set("client", strings.Join(clients, ","))
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"?"+query.Encode(), http.NoBody)
	if err != nil {
		return nil, err
	}
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the server lists nothing: %s", response.Status)
	}
	var issued map[string][]string
	err = json.NewDecoder(response.Body).Decode(&issued)
	return issued, err
}

// wait waits; false if ctx ended.
func wait(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
