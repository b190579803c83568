package bluesnap_test

import (
	"context"
	"fmt"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/journal"
)

// What is open is known after a restart.
func ExampleOperationsService_List() {
	sb, client := start(bluesnap.WithJournal(journal.NewMemory(), "acme"))
	defer sb.Close()
	pay(sb, client)
	open, err := client.Operations.List(context.Background(), journal.Filter{State: journal.StateOpen})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, o := range open {
		fmt.Println(o.Ref, o.Operation, o.State, "after", o.Attempts, "attempt")
		fmt.Println("why:", o.Reason != "") // such as "connection reset; all attempts are used"
	}
	// Output:
	// the process ends, outcome unknown
	// order-2026-17 CreateCardTransaction open after 1 attempt
	// why: true
}
