// Package bulk runs one operation for each of many items, each exactly once,
// on one machine: passes for 50,000 members in a night, for instance.
//
//	kept := bulk.NewJournal(file) // a journal of package journal/sqlite
//	client, err := bardge.New(key, bardge.WithJournal(kept, "acme"))
//	...
//	report, err := bulk.Run(ctx, members, func(ctx context.Context, m Member) error {
//		_, _, err := client.IssuedPasses.Issue(ctx, m.params(), bardge.WithRef(m.Policy))
//		return err
//	}, bulk.Options[Member]{
//		Ref: func(m Member) string { return m.Policy }, Journal: kept, ReportDir: "out",
//	})
//
// # Resuming
//
// The journal is the only state. A run that was stopped or killed is resumed by
// running it again with the same items: those that are done are answered from
// the journal, which [Journal] reads for many items at a time, and nothing is
// sent for them. Their order may differ, and items may be added or removed. An
// item whose content has changed under its ref is reported, and not sent
// ([bardge.ErrRefReused]).
//
// # Outcomes
//
// Each item ends with a [Status]: done now or before, failed (fix the item),
// waiting (run again), or in doubt (a person must look). Items that wait or are
// in doubt are tried a second time at the end of the run. "bardge journal" shows
// and settles what stays in doubt.
package bulk
