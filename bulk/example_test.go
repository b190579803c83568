package bulk_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/bulk"
	"github.com/bardge/bardge-go/bulk/csvfile"
	"github.com/bardge/bardge-go/journal/sqlite"
	"github.com/bardge/bardge-go/sandbox"
)

// start starts the embedded server, opens a journal in a new folder, and makes a
// client for both, as the examples use them.
func start() (sb *sandbox.Sandbox, client *bardge.Client, kept *bulk.Journal, folder string, stop func()) {
	sb, err := sandbox.New()
	check(err)
	folder, err = os.MkdirTemp("", "bulk")
	check(err)
	file, err := sqlite.Open(filepath.Join(folder, "journal.db"))
	check(err)
	kept, err = bulk.NewJournal(file)
	check(err)
	client, err = bardge.New(sb.APIKey, bardge.WithBaseURL(sb.URL), bardge.WithHTTPClient(sb.Client()),
		bardge.WithJournal(kept, "acme"))
	check(err)
	return sb, client, kept, folder, func() {
		client.CloseIdleConnections()
		sb.Close()
		check(file.Close())
		check(os.RemoveAll(folder))
	}
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// Members of a file each get a pass, once. The same program, run again, resumes
// a run that was stopped or killed.
func Example() {
	sb, client, kept, folder, stop := start()
	defer stop()
	path := filepath.Join(folder, "members.csv")
	check(os.WriteFile(path, []byte("member_no;policy_no\n007;p-1\n008;p-2\n009;p-3\n"), 0o600))

	for range 2 {
		members, err := csvfile.Open(path, csvfile.Options{})
		if err != nil {
			fmt.Println(err)
			return
		}
		report, err := bulk.Run(context.Background(), members.Rows(), func(ctx context.Context, m csvfile.Row) error {
			_, _, err := client.IssuedPasses.Issue(ctx, bardge.IssuePassParams{
				ClientID: m.Get("member_no"), PassID: sb.Seed.PassID,
			}, bardge.WithRef(m.Get("policy_no")))
			return err
		}, bulk.Options[csvfile.Row]{
			Ref: func(m csvfile.Row) string { return m.Get("policy_no") }, Journal: kept, ReportDir: filepath.Join(folder, "out"),
		})
		if err != nil {
			fmt.Println(err) // a *bulk.StopError: running it again goes on
			return
		}
		fmt.Println("done:", report.Done, "from the journal:", report.FromJournal, "good:", report.Good())
	}
	fmt.Println("executed:", sb.Executed(sandbox.IssuePass))
	// Output:
	// done: 3 from the journal: 0 good: true
	// done: 0 from the journal: 3 good: true
	// executed: 3
}

// What is not done is counted by status and reason, and is in the report's
// files: what to fix, what to run again, and what a person must look at.
func ExampleRun() {
	sb, client, kept, folder, stop := start()
	defer stop()
	type order struct{ ref, pass string }
	orders := []order{{"order-1", sb.Seed.PassID}, {"order-2", "no-such-pass"}, {"order-1", sb.Seed.PassID}}

	report, err := bulk.Run(context.Background(), func(yield func(order, error) bool) {
		for _, o := range orders {
			if !yield(o, nil) {
				return
			}
		}
	}, func(ctx context.Context, o order) error {
		_, _, err := client.IssuedPasses.Issue(ctx, bardge.IssuePassParams{
			ClientID: sb.Seed.ClientID, PassID: o.pass,
		}, bardge.WithRef(o.ref))
		return err
	}, bulk.Options[order]{
		Ref: func(o order) string { return o.ref }, Journal: kept, ReportDir: folder,
		Header: []string{"pass"}, Row: func(o order) []string { return []string{o.pass} },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range report.Reasons {
		fmt.Println(r.Count, r.Status, r.Reason)
	}
	failed, err := os.ReadFile(filepath.Join(folder, "failed.csv"))
	if err != nil {
		fmt.Println(err)
		return
	}
	lines := strings.Split(strings.TrimSpace(string(failed)), "\n")[1:]
	slices.Sort(lines)
	for _, line := range lines {
		fmt.Println(strings.Join(strings.Split(line, ",")[:5], ","))
	}
	// Output:
	// 1 failed an earlier item has the same ref
	// 1 failed pass_not_found
	// 2,order-2,failed,pass_not_found,pass_not_found
	// 3,order-1,failed,an earlier item has the same ref,
}

// A run that the API stops, as with a wrong key, returns the reason. Nothing of it is
// lost: running it again goes on.
func ExampleStopError() {
	sb, _, kept, _, end := start()
	defer end()
	client, err := bardge.New("not-the-key-of-a-reseller", bardge.WithBaseURL(sb.URL), bardge.WithHTTPClient(sb.Client()),
		bardge.WithJournal(kept, "acme"))
	check(err)
	_, err = bulk.Run(context.Background(), generated(100), func(ctx context.Context, m member) error {
		_, _, err := client.IssuedPasses.Issue(ctx, bardge.IssuePassParams{
			ClientID: m.client, PassID: m.pass,
		}, bardge.WithRef(m.ref))
		return err
	}, bulk.Options[member]{Ref: func(m member) string { return m.ref }, Journal: kept})
	stop, stopped := errors.AsType[*bulk.StopError](err)
	fmt.Println(stopped, stop.Reason)
	fmt.Println(errors.Is(err, bardge.ErrInvalidAPIKey))
	// Output:
	// true the API refuses the account
	// true
}
