// Package bluesnap is a client for BlueSnap's Payment API that does each
// payment, refund and subscription once, even after lost responses and crashes.
//
//	client, err := bluesnap.New(username, password)
//	payment, resp, err := client.Transactions.Create(ctx, bluesnap.CardTransactionParams{
//		Type: bluesnap.AuthCapture, Amount: "11.00", Currency: "USD", VaultedShopperID: "19549046",
//	})
//
// It uses the same engine as package bardge. Every call returns a value, a
// *[Response] that is never nil, and an error, an *[Error]. The value is nil
// exactly when the error is not.
//
// # Outcomes
//
// Every error states what is known about the operation; see [OutcomeOf]:
//
//	outcome    what is known                          what to do
//	-------    -------------                          ----------
//	not sent   no byte left the machine               try again, also with a new key
//	rejected   refused, certainly not executed; a     fix the request, use another
//	           declined card is rejected              card, or wait after 429; then use
//	                                                  a new key
//	done       executed, and the response is lost;    nothing more
//	           or captured or reversed before
//	unknown    it may or may not have been executed   with a ref: repeat it at any time;
//	                                                  without one: with the same key
//	                                                  until SafeUntil, then check first
//
// An outcome claims nothing that is not proven. To check, call
// [TransactionsService.Find] with [Response].MerchantTransactionID. [CanRepeat]
// reports whether repeating the call now is safe.
//
// # Retries
//
// In doubt means that the server may have executed the operation.
//
//	class           operations                       key   repeated in doubt
//	-----           ----------                       ---   -----------------
//	keyed           POST to the 20 endpoints of      yes   yes, with the same key: 10 minutes
//	                the vendor's list                      a call, up to 12 hours in all
//	safe            every GET; tokens of payment     no    yes
//	                fields
//	idempotent      capture all, reverse, cancel a   no    yes: a second one changes
//	                subscription, delete a shopper         nothing
//	non-idempotent  capture a part, refund by        no    never
//	                reference, update
//
// The vendor ignores a key on PUT and calls PUT idempotent by definition. That
// holds only if the first request changes the state that the second one finds,
// and nothing changes it in between. A part could be taken twice, and a repeated
// update undoes a later one, so such a request is sent once. A refund by the
// merchant's reference is no endpoint of the list, so no key protects it.
//
// A call goes on by itself for up to 10 minutes, or as long as its context
// allows; [WithTimeout] bounds it too, and [RetryPolicy] changes the numbers.
// [BlueSnap] lists what follows which response.
//
// Nothing marks a response as BlueSnap's own or as a replay. An id in the body,
// or a Location below the operation's own URL, proves that the operation was
// executed; any other success is ambiguous and repeated with the key. A
// rejection in doubt is unknown.
//
// Errors are distinguished by the name in their message, because more than
// thirty share the code 14002; errors.Is finds [ErrDoNotHonor] and its like.
//
// # Keys, refs and the merchantTransactionId
//
// A call makes one key for all its attempts. [NewKey] makes a key to be stored
// first, and [SentKey] restores it. The vendor keeps keys "for up to 24 hours",
// which is no minimum: the SDK relies on half of it, and sends no request under
// an older key ([ErrKeyExpired]). A key that comes back with a response
// ([Response].KeyEchoed) was honoured; it does not mark a replay.
//
// A payment without a merchantTransactionId gets one that is derived from its
// key or ref, by which [Client.Recover] finds the payment after the key has
// expired. A ref ([WithRef]) is the caller's own number for an operation; with
// a journal the operation is executed once for it.
//
// # What the promise rests on
//
// A request that the client has given up arrives within 5 s or never. The
// server remembers a key for at least 12 hours, after any response. One of the
// client's two clocks runs while the server's runs. Nothing between client and
// server sends a request again. The account has the feature: an older revision
// of the vendor's page asks merchants to have it enabled; the current one does
// not, and without it a repetition is a second payment. Where in doubt, use
// [RequireEchoBeforeRepeating]. [NotExecuted] relies on the server finishing a
// request within two minutes after it was given up. No page states that a
// decline or a server error is stored under its key.
//
// # Sources
//
// Documented on developers.bluesnap.com are: the idempotency page (header,
// keys, list of endpoints, retention) and its errors, authentication and
// bluesnap-version, the transaction errors that are marked so, the endpoints
// and the fields of their minimal requests, and the ids in Location. Inferred
// are the codes and names of the other errors, fields that are not marked as
// documented, and the classes of PUT and DELETE. Other fields go through the
// Extra maps, both ways; [Response].Raw holds the whole response. Catalogue
// SKUs and hosted pages are not offered.
//
// Card numbers, security codes, account numbers and tokens are of type
// [Secret]. No error, log line or event contains them, credentials, other keys
// or bodies. A journal seals requests, and keeps them until they are settled.
//
// [BlueSnap]: https://github.com/bardge/bardge-go/blob/main/docs/bluesnap.md#what-differs
package bluesnap
