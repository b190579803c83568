// Package bluesnaptest is BlueSnap's server, emulated in memory, for tests of
// an integration.
//
//	func TestChargeOnce(t *testing.T) {
//		sb := bluesnaptest.Start(t) // closes itself
//		client, err := bluesnap.New(sb.Username, sb.Password,
//			bluesnap.WithBaseURL(sb.URL), bluesnap.WithHTTPClient(sb.Client()))
//		...
//		sb.Next(bluesnaptest.CreateCardTransaction, fakeserver.LoseResponse) // the next response is lost
//		... charge a card with your own code ...
//		if n := sb.Executed(bluesnaptest.CreateCardTransaction); n != 1 {
//			t.Errorf("charged %d times\n%s", n, sb.Ledger())
//		}
//	}
//
// It serves the endpoints that take idempotency keys, and those that read their
// results, with state: payments are captured, reversed and refunded, shoppers
// and plans are kept. [Seed] lists what exists from the start. Started inside a
// bubble of [testing/synctest], the sandbox runs in virtual time.
//
// # Idempotency keys
//
// The header idempotency-key counts on POST to the 20 endpoints that the
// vendor's page lists, of which /catalog/products is listed twice, and is
// ignored elsewhere (documented). An operation runs once per key and merchant
// for 24 hours. Within them the same request gets the stored answer and the key
// in the answer's header; another request under the key gets 422, 60101; one
// that comes while the first runs gets 409, 60102 (documented). Keys of more
// than 64 characters get 60103, those with anything but letters, digits and
// hyphens 60104 (documented; status 400 is inferred). The fault
// [fakeserver.KeyStoreFailure] brings 60106. Method, path, query and body make
// a request the same; headers do not count (inferred). What is refused before
// the operation, by authentication or by the key's own rules, leaves no trace
// under the key (inferred).
//
// What the vendor's pages leave open is an option: [WithStored],
// [fakeserver.WithKeyMemory], [WithEchoOnReplay], [WithoutLocationOnReplay],
// [WithoutKeys].
//
// # Faults
//
// Faults are those of package fakeserver. They are queued per operation with
// [Sandbox.Next], come at random with [fakeserver.WithRandomFaults], or are
// chosen by the request, in [fakeserver.FaultHeader]. [Sandbox.Outage] takes
// the whole server off the network. Some amounts and cards are declined, time
// out or stay pending: see [AmountDeclined] and [CardExpired]. [Sandbox.Ledger]
// shows afterwards what was executed; a payment that was made but reported as a
// timeout counts as executed, a decline as rejected.
//
// # How far to trust it
//
// The sandbox follows the vendor's public pages and shares no code with the
// client that it tests. Documented are the endpoints, their required fields and
// statuses, the place of the new id, the codes and names of errors. Inferred
// are what the code marks as such, the statuses of most refusals (400), 403
// with 24012 for what is not there, the fields of responses beyond ids, amounts
// and processing status. The JSON endpoints take and give JSON here, although
// the vendor's know XML as well; of XML bodies only the required elements are
// checked. Descriptions of errors are not the vendor's words. Card numbers are
// kept to their last four digits.
package bluesnaptest
