package bardge_test

import (
	"context"
	"fmt"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

func ExampleDriftReport() {
	sb, err := sandbox.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sb.Close()
	report := new(bardge.DriftReport)
	client, err := bardge.New(sb.APIKey,
		bardge.WithBaseURL(sb.URL), bardge.WithHTTPClient(sb.Client()), bardge.WithDriftReport(report))
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, _, err := client.Passes.List(context.Background(), bardge.ListPassesParams{}); err != nil {
		fmt.Println(err)
	}
	for _, op := range report.Operations() {
		fmt.Println(op.Operation, "calls:", op.Calls, "confirmed:", op.Confirmed, "drift:", len(op.Drift))
		for _, f := range op.Fields {
			if f.Field == "PassList.data" {
				fmt.Println(f.Field, "came:", f.Seen, "as described:", f.Fits)
			}
		}
	}
	// Output:
	// ListPasses calls: 1 confirmed: 1 drift: 0
	// PassList.data came: 1 as described: 1
}

func ExampleDriftReport_Markdown() {
	var report bardge.DriftReport
	err := report.UnmarshalJSON([]byte(`{"version":1,"base_url":"https://api-prod.bardge.com","operations":[{
		"operation":"IssuePass","calls":3,"confirmed":2,"statuses":{"201":2,"429":1},
		"fields":[{"field":"IssuedPass.id","seen":2,"fits":2},{"field":"IssuedPass.tx_ref","seen":0,"fits":0}],
		"drift":[{"kind":"missing field","path":"tx_ref","field":"IssuedPass.tx_ref","want":"string","count":2}]}]}`))
	fmt.Println(report.Markdown(), err)
	// Output:
	// # Drift report
	//
	// API: `https://api-prod.bardge.com`
	//
	// Calls: never to never
	//
	// ## IssuePass
	//
	// Calls with a response: 3, confirmed: 2, replayed: 0. Statuses: 201 (2), 429 (1).
	//
	// Confirmed fields: `IssuedPass.id`.
	//
	// Fields that never came: `IssuedPass.tx_ref`.
	//
	// | differs | contract | where | want | got | calls | first | last |
	// | --- | --- | --- | --- | --- | ---: | --- | --- |
	// | missing field | IssuedPass.tx_ref | tx_ref | string |  | 2 | never | never |
	//  <nil>
}

func ExampleDriftReport_WriteAtClose() {
	report := new(bardge.DriftReport).WriteAtClose("drift.md").WriteAtClose("drift.json")
	client, err := bardge.New("your-key", bardge.WithDriftReport(report))
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = client // which writes both files when it is closed
	fmt.Println(len(report.Operations()), "operations so far")
	// Output: 0 operations so far
}

func ExampleDriftReport_WriteFile() {
	var report bardge.DriftReport
	fmt.Println(report.WriteFile("drift.txt"))
	// Output: file name ends neither in .json nor in .md
}
