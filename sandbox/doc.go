// Package sandbox is Bardge's server, emulated in memory, to test an
// integration with. BlueSnap's is in package sandbox/bluesnaptest.
//
//	func TestIssueOnce(t *testing.T) {
//		sb := sandbox.Start(t) // closes itself
//		client, err := bardge.New(sb.APIKey, bardge.WithBaseURL(sb.URL), bardge.WithHTTPClient(sb.Client()))
//		...
//		sb.Next(sandbox.IssuePass, sandbox.LoseResponse) // the next answer is lost on its way
//		... issue a pass with your own code ...
//		if n := sb.Executed(sandbox.IssuePass); n != 1 {
//			t.Errorf("issued %d passes\n%s", n, sb.Ledger())
//		}
//	}
//
// All 30 operations are there, with a state: passes deplete, classes fill,
// slots are taken, credits are spent, a cancelled booking stays cancelled.
// [Seed] says what exists from the start and what each thing is good for. Ids
// and request ids are counted, so that equal runs have equal ids.
//
// Started inside a bubble of [testing/synctest], the sandbox runs in virtual
// time: a test of 90 seconds takes none.
//
// # Idempotency keys
//
// A keyed operation runs once per key and reseller for 90 seconds, counted from
// the moment the key arrived. Within them the same request gets the stored
// response, whatever its status, marked X-Idempotent-Replayed: true; a request
// that comes while the first one runs waits for its response; another request
// under the key gets 409, code idempotency_key_reused. Method, path, query and
// body make a request the same. Refusals that come before the operation (401,
// 403 of the account, faults that execute nothing) leave no trace under the
// key. Reads, cancelling and lookups ignore keys.
//
// # What goes wrong
//
// Faults are queued per operation with [Sandbox.Next], come at random with
// [WithRandomFaults], or are asked for by the request itself, in [FaultHeader].
// [Sandbox.Outage] takes the whole server off the network. [Sandbox.Ledger]
// shows afterwards what was executed.
//
// # How far to trust it
//
// The sandbox knows the API from the vendor's public pages and shares no code
// with the client that it tests. Where the pages leave something open, it does
// what is likeliest: field names marked inferred in the contract, 201 for what
// creates and 200 for the rest, sessions of bookings that never end, quotes and
// lookups that end after 15 minutes, lookup tokens after 30 days, the codes of
// 429 and 5xx, dates and times in UTC, an error for unknown cursors. Three
// operations take keys although the vendor's list leaves them out: the two
// confirmations and PurchaseCopay, whose own pages send or ask for one.
package sandbox
