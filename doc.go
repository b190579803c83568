// Package bardge is a client for the Bardge Reseller API V3 that executes each
// operation once, even if responses get lost or processes crash.
//
//	client, err := bardge.New(apiKey)
//	pass, resp, err := client.IssuedPasses.Issue(ctx, bardge.IssuePassParams{
//		ClientID: "client_abc123", PassID: "pass_abc123", FirstName: "Ada", LastName: "Okafor",
//	})
//
// Every call returns a value, a *[Response] that is never nil, and an error, an
// *[Error]. The value is nil exactly when the error is not. Lists are also
// iterators over all of their items, such as [PassesService.All].
//
// # Outcomes
//
// Every error states what is known about the operation; see [OutcomeOf]:
//
//	outcome    what is known                          what to do
//	-------    -------------                          ----------
//	not sent   no byte left the machine               try again, also with a new key
//	rejected   refused, certainly not executed        fix the request, or wait after 408,
//	                                                  425 and 429; then use a new key
//	done       executed, and the response is lost;    nothing more
//	           or cancelled before
//	unknown    it may or may not have been executed   with a ref: repeat it at any time;
//	                                                  without one: with the same key
//	                                                  until SafeUntil, then check first
//
// An outcome claims nothing that is not proven. Of a read it shows only whether
// a response came. [CanRepeat] reports whether repeating the call now is safe,
// [RetryHelps] whether that can change anything.
//
// # Retries
//
// An operation's class does not depend on its HTTP method. In doubt means that
// the server may have executed the operation.
//
//	class           operations                           key   repeated in doubt
//	-----           ----------                           ---   -----------------
//	safe            every GET; the spa co-pay quote      no    yes
//	keyed           issue, update, book, confirm, buy,   yes   yes, with the same key, while
//	                access codes                               the server remembers it (90 s)
//	idempotent      cancel a booking                     no    yes: the second has no effect
//	key unverified  initiate and verify a lookup         yes   no: the key may be ignored
//
// A call makes six attempts of up to 15 s. A mutation that is still open then
// goes on until its deadline (at most 15 minutes) or, without one, for 85 s;
// see [WithTimeout] and [RetryPolicy]. The [retry table] lists what follows
// each response, the [rules] give the reasons.
//
// Cancelling takes no key. An already_cancelled in response to the first
// attempt is [ErrAlreadyCancelled], since another client may have cancelled the
// booking. After an attempt whose response was lost it is no error: the booking
// is read and returned, with [Response].Recovered set.
//
// # Keys and refs
//
// A call makes one key for all its attempts. To survive a crash, make the key
// first, store it, and pass it to the call:
//
//	key := bardge.NewKey() // store key.String() with your order
//	pass, resp, err := client.IssuedPasses.Issue(ctx, params, bardge.WithIdempotencyKey(key))
//
// [SentKey] restores a stored key, and the Key of an [Error] resumes its
// operation. A key's 90 seconds start with the first byte sent under it, in any
// process. After them the call ends with [ErrKeyExpired].
//
// A ref is your own number for an operation, such as an order's. With a journal
// ([WithJournal], [WithRef]) the operation is executed once for that ref. A
// second call waits for the first or gets its recorded result; [Client.Recover]
// finishes what a crash left open. The same ref with another operation or body
// is [ErrRefReused]. A ref is free again after not sent or rejected. See
// [durable operations].
//
// # Evidence
//
// The vendor publishes its API as pages, some of which could not be read. What
// a page states is marked as documented, what follows from the vendor's naming
// as inferred. [WithExtraField] sends a field that is missing, [WithHeader] a
// header, and [Response].Raw holds every response. The SDK has not been run
// against the vendor's production server.
//
// [retry table]: https://github.com/bardge/bardge-go/blob/main/docs/retries.md
// [rules]: https://github.com/bardge/bardge-go/blob/main/docs/rules.md
// [durable operations]: https://github.com/bardge/bardge-go/blob/main/docs/durable.md
package bardge
