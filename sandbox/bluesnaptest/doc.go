// Package bluesnaptest emulates BlueSnap's server in memory, for tests.
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
// results, with state: payments are captured, reversed and refunded, shoppers,
// plans and subscriptions are kept, listed, changed, cancelled and deleted.
// Tokens of payment fields expire after 60 minutes of its clock. [Seed] lists
// what exists from the start. Inside a bubble of [testing/synctest] it runs in
// virtual time. A seed of your own adds to what exists ([WithSeed]), merchants
// have their own state ([WithAccount]), [WithStrict] rejects what the vendor's
// pages do not name, and [Sandbox.Control] shows and steers all of it, the data
// as a [Snapshot].
//
// # Idempotency keys
//
// The header idempotency-key counts on POST to the 20 endpoints that the
// vendor's page lists, of which /catalog/products is listed twice, and is
// ignored elsewhere (documented). An operation runs once per key and merchant
// for 24 hours. Within them the same request gets the stored response, with the
// key in a header; another request under the key gets 422, 60101; one that
// arrives while the first runs gets 409, 60102 (documented). Keys of more than
// 64 characters get 60103, those with anything but letters, digits and hyphens
// 60104 (documented; status 400 is inferred). The fault
// [fakeserver.KeyStoreFailure] brings 60106. Requests are the same if method,
// path, query and body are; headers do not count (inferred). What
// authentication or the key's own rules reject leaves no trace under the key
// (inferred).
//
// What the vendor's pages leave open is an option: [WithStored],
// [fakeserver.WithKeyMemory], [WithEchoOnReplay], [WithoutLocationOnReplay],
// [WithoutKeys].
//
// # Faults
//
// Package fakeserver has the faults. They are queued per operation with
// [Sandbox.Next], occur at random with [fakeserver.WithRandomFaults], or are
// chosen by a request's [fakeserver.FaultHeader]. [Sandbox.Outage] takes the
// whole server off the network. Some amounts and cards are declined, time out
// or stay pending: see [AmountDeclined] and [CardExpired]. [Sandbox.Ledger]
// shows what was executed; a payment that was made but reported as a timeout
// counts as executed, a decline as rejected.
//
// # How far to trust it
//
// The sandbox follows the vendor's public pages and shares no code with the
// client that it tests. Documented are the endpoints, their required fields and
// statuses, the place of the new id, the codes and names of errors. Inferred
// are what the code marks as such, the statuses of most rejections (400), 403
// with 24012 for what does not exist, the fields of responses beyond ids,
// amounts and processing status. The JSON endpoints speak only JSON here, the
// vendor's XML too; of XML bodies only the required elements are checked. Error
// descriptions are not the vendor's. Of card numbers the last four digits are
// kept.
package bluesnaptest
