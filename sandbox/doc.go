// Package sandbox is Bardge's server, emulated in memory, for tests of an
// integration. BlueSnap's server is in package sandbox/bluesnaptest.
//
//	func TestIssueOnce(t *testing.T) {
//		sb := sandbox.Start(t) // closes itself
//		client, err := bardge.New(sb.APIKey, bardge.WithBaseURL(sb.URL), bardge.WithHTTPClient(sb.Client()))
//		...
//		sb.Next(sandbox.IssuePass, sandbox.LoseResponse) // the next response is lost
//		... issue a pass with your own code ...
//		if n := sb.Executed(sandbox.IssuePass); n != 1 {
//			t.Errorf("issued %d passes\n%s", n, sb.Ledger())
//		}
//	}
//
// It serves all 30 operations, and the previews on request ([WithPreview]). It
// has a state: passes deplete, classes fill, slots are taken, credits are
// spent, a cancelled booking stays cancelled. [Seed] lists what exists from the
// start and what each thing is for; a seed of your own adds to it ([WithSeed]).
// Ids and request ids are counted, so equal runs have equal ids. Accounts have
// their own clients ([WithAccount]), and [Sandbox.Control] shows and steers all
// of it, the data as a [Snapshot]. [WithStrict] rejects what the contract does
// not name.
//
// In a bubble of [testing/synctest] the sandbox runs in virtual time: waiting
// takes no real time.
//
// # Idempotency keys
//
// A keyed operation is executed once per key and reseller for 90 seconds after
// the key arrived. In that time the same request gets the stored response,
// with any status, marked X-Idempotent-Replayed: true. A request that comes
// while the first one runs waits for its response. Another request under the
// key gets 409, code idempotency_key_reused. Requests are the same if method,
// path, query and body are. Rejections that come before the operation (401, 403
// of the account, faults that execute nothing) are not stored under the key.
// Reads, cancelling and lookups ignore keys.
//
// # Faults
//
// [Sandbox.Next] queues faults for an operation, [WithRandomFaults] draws them
// at random, and a request can choose one, in [FaultHeader]. [Sandbox.Outage]
// takes the whole server off the network. [Sandbox.Ledger] shows afterwards
// what was executed.
//
// # Drift
//
// [WithDrift] bends the sandbox away from the contract: fields with other names
// or types, other statuses and headers, operations at other paths. A client has
// to find out, and never to take an executed operation for a rejected one.
//
// # How far to trust it
//
// The sandbox follows the vendor's public pages and shares no code with the
// client that it tests. What the pages leave open is inferred: field names
// marked inferred in the contract; 201 for what creates and 200 for the rest;
// sessions of bookings that never end; quotes and lookups that end after 15
// minutes, and lookup tokens after 30 days; the codes of 429 and 5xx; dates and
// times in UTC; an error for unknown cursors; that a pass whose package changes
// keeps the visits that were used and bought, that a confirmation needs a valid
// pass that covers the provider and buys at most 1000 visits, and that an
// expiry lies between 1970 and 9999; all that [WithStrict] rejects. Three
// operations take keys although the vendor's list leaves them out: the two
// confirmations and PurchaseCopay, whose own pages send or require one.
//
// All of a preview is inferred: paths and fields; that a moved booking keeps its
// class or spa, and its price; that a gym's access code may need a purchase
// first; that spas are open from 8 to 20 and their slots begin on the hour.
package sandbox
