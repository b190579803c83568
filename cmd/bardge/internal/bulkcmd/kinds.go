package bulkcmd

import (
	"context"
	"encoding/json"

	"github.com/bardge/bardge-go"
)

// kind is an operation that runs in bulk.
type kind struct {
	name, short, example string
	fields               []field
	// call executes the operation, and returns the id of what it made.
	call func(context.Context, *bardge.Client, map[string]string, ...bardge.CallOption) (string, error)
}

// field is a field of the operation's request. All of them are texts.
type field struct {
	name     string // as in JSON
	flag     string // of a value for all rows; empty: --set alone
	required bool
}

var kinds = []kind{
	{
		name:  "issue",
		short: "Issue a pass",
		example: "bardge bulk issue members.csv --pass pass_premium --map client_id=member_no,email=e-mail \\\n" +
			"    --ref-column policy_no --rate 50/s --journal sqlite:journal.db --account acme --report out",
		fields: []field{
			{name: "client_id", required: true},
			{name: "pass_id", flag: "pass", required: true},
			{name: "first_name"},
			{name: "last_name"},
			{name: "email"},
			{name: "phone"},
		},
		call: func(
			ctx context.Context, c *bardge.Client, row map[string]string, opts ...bardge.CallOption,
		) (string, error) {
			params, err := paramsOf[bardge.IssuePassParams](row)
			if err != nil {
				return "", err
			}
			pass, _, err := c.IssuedPasses.Issue(ctx, params, opts...)
			if err != nil {
				return "", err
			}
			return pass.ID, nil
		},
	},
	{
		name:  "credits",
		short: "Buy a credit package",
		example: "bardge bulk credits members.csv --package credits_50 --map client_id=member_no \\\n" +
			"    --ref-column policy_no --ref-prefix credits/ --journal sqlite:journal.db --account acme",
		fields: []field{
			{name: "client_id", required: true},
			{name: "package_id", flag: "package", required: true},
		},
		call: func(
			ctx context.Context, c *bardge.Client, row map[string]string, opts ...bardge.CallOption,
		) (string, error) {
			params, err := paramsOf[bardge.PurchaseCreditsParams](row)
			if err != nil {
				return "", err
			}
			purchase, _, err := c.Credits.Purchase(ctx, params, opts...)
			if err != nil {
				return "", err
			}
			return purchase.ID, nil
		},
	},
	{
		name:  "cancel",
		short: "Cancel a booking",
		example: "bardge bulk cancel bookings.csv --map booking_id=booking --ref-column booking \\\n" +
			"    --ref-prefix cancel/ --journal sqlite:journal.db --account acme",
		fields: []field{{name: "booking_id", required: true}},
		call: func(
			ctx context.Context, c *bardge.Client, row map[string]string, opts ...bardge.CallOption,
		) (string, error) {
			booking, _, err := c.Bookings.Cancel(ctx, row["booking_id"], opts...)
			if err != nil {
				return "", err
			}
			return booking.ID, nil
		},
	},
}

// paramsOf returns a row's fields as params.
func paramsOf[P any](row map[string]string) (params P, err error) {
	text, err := json.Marshal(row)
	if err != nil {
		return params, err
	}
	err = json.Unmarshal(text, &params)
	return params, err
}
