// Package bluesnaptest is BlueSnap's server, emulated in memory, to test an integration with.
//
//	func TestChargeOnce(t *testing.T) {
//		sb := bluesnaptest.Start(t) // closes itself
//		client, err := bluesnap.New(sb.Username, sb.Password,
//			bluesnap.WithBaseURL(sb.URL), bluesnap.WithHTTPClient(sb.Client()))
//		...
//		sb.Next(bluesnaptest.CreateCardTransaction, fakeserver.LoseResponse) // the next answer is lost on its way
//		... charge a card with your own code ...
//		if n := sb.Executed(bluesnaptest.CreateCardTransaction); n != 1 {
//			t.Errorf("charged %d times\n%s", n, sb.Ledger())
//		}
//	}
//
// The endpoints that take idempotency keys are there, with a state, and those that read what they made: payments are
// captured, reversed and refunded, shoppers and plans are kept. [Seed] says what exists from the start. Started inside
// a bubble of [testing/synctest], the sandbox runs in virtual time.
//
// # Idempotency keys
//
// The header idempotency-key counts on POST to the 20 endpoints that the vendor's page lists, of which
// /catalog/products is listed twice, and is ignored elsewhere (documented). An operation runs once per key and merchant
// for 24 hours. Within them the same request gets the stored answer and the key in the answer's header; another request
// under the key gets 422, 60101; one that comes while the first runs gets 409, 60102 (documented). Keys of more than 64
// characters get 60103, those with anything but letters, digits and hyphens 60104 (documented; status 400 is inferred).
// The fault [fakeserver.KeyStoreFailure] brings 60106. Method, path, query and body make a request the same; headers do
// not count (inferred). What is refused before the operation, by authentication or by the key's own rules, leaves no trace under
// the key (inferred).
//
// What the vendor's pages leave open is an option: [WithStored], [fakeserver.WithKeyMemory], [WithEchoOnReplay],
// [WithoutLocationOnReplay], [WithoutKeys].
//
// # What goes wrong
//
// Faults are those of package fakeserver. They are queued per operation with
// [Sandbox.Next], come at random with [fakeserver.WithRandomFaults], or are asked
// for by the request itself, in [fakeserver.FaultHeader].
// [Sandbox.Outage] takes the whole server off the network. Some amounts and
// cards are declined, time out or pend: see [AmountDeclined] and [CardExpired].
// [Sandbox.Ledger] shows afterwards what was executed; a payment that was
// reported as a timeout and yet made counts as executed, a decline as refused.
//
// # How far to trust it
//
// The sandbox knows the API from the vendor's public pages and shares no code with the client that it tests. Documented
// are the endpoints, their required fields and statuses, where the new id is told, the codes and names of errors.
// Inferred are what the code calls so, the statuses of most refusals (400), 403 with 24012 for what is not there, the
// fields of answers beyond ids, amounts and processing status. The JSON endpoints take and give JSON here, although the
// vendor's know XML as well; of XML bodies only the elements that the pages require are looked at. Descriptions of
// errors are not the vendor's words. Card numbers are kept to their last four digits.
package bluesnaptest
