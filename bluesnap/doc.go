// Package bluesnap is a client for BlueSnap's Payment API that charges, refunds
// and subscribes once, although responses get lost.
//
//	client, err := bluesnap.New(username, password)
//	payment, resp, err := client.Transactions.Create(ctx, bluesnap.CardTransactionParams{
//		Type: bluesnap.AuthCapture, Amount: "11.00", Currency: "USD", VaultedShopperID: "19549046",
//	})
//
// It uses the same engine as package bardge. Every call returns its value, a
// *[Response] that is never nil, and an error from which errors.As yields an
// *[Error]. The value is nil whenever the error is not.
//
// # Outcomes
//
// Every error says what is known about the operation, see [OutcomeOf]:
//
//	outcome    claim                                   what to do
//	-------    -----                                   ----------
//	not sent   no byte left the machine                anything, also with a new key
//	rejected   refused, certainly not executed; a      fix the request, ask for another card,
//	           declined card is                        or wait on 429; then a new key
//	done       executed, and the response is lost; or  nothing more
//	           captured, or reversed, already
//	unknown    it may or may not have been executed    the same ref at any time; without one,
//	                                                   the same key until SafeUntil, then
//	                                                   check first, never repeat blindly
//
// A claim is made only where it is proven: when in doubt it is unknown. To
// check, use [TransactionsService.Find] with [Response].MerchantTransactionID.
// [CanRepeat] reports whether this very call may be repeated.
//
// # What is retried
//
//	class           operations                      key    repeated when ambiguous
//	-----           ----------                      ---    -----------------------
//	keyed           POST to the 20 endpoints of     yes    with the same key, for 10 minutes
//	                the vendor's list (it names            a call, up to 12 hours in all
//	                one twice)
//	safe            every GET                       no     yes
//	idempotent      PUT: capture or reverse all     no     yes: the state refuses a second one
//	                of it
//	non-idempotent  PUT: capture or reverse a part  no     never
//
// The vendor ignores a key on PUT, and calls PUT idempotent by definition; that
// holds where the first one changes what the second one finds. A part might be
// had twice, so it is asked for once.
//
// One attempt is judged by the first row that fits. A "yes" holds if the class,
// the key's window, the attempts, the budget and the context allow it.
//
//	what happened                                       verdict          again?
//	-------------                                       -------          ------
//	not built, or refused by the SDK itself (a key of   nothing sent     no
//	  more than 64 letters, digits and hyphens among
//	  others: 60103, 60104)
//	no connection: refused, no route, DNS, TLS          nothing sent     yes; but not on a bad
//	                                                                     certificate, no common TLS
//	                                                                     version, or no such host
//	a connection, and not one byte written on it        nothing sent     yes
//	any other error before a status line                ambiguous        yes
//	200 or 201 with the operation's essential fields    done             -
//	the same, cut or without an essential field         response lost    read, keyed: until the same
//	                                                                     bytes came three times
//	200 or 201 without a body, with a Location under    done             -
//	  the operation's own URL
//	any other 2xx, or one that holds messages           ambiguous        yes
//	a capture or reversal that shows another state      ambiguous        it is read
//	60101 (422): the key is another request's           key reused       no
//	60102 (409): the first request is still running     ambiguous        yes, uncounted
//	60106: the store of keys is not there               ambiguous        yes
//	423 with messages                                   ambiguous        yes
//	PROCESSING_TIMEOUT and other failures behind the    ambiguous        yes, six times: it may
//	  API, as a 4xx or a 500 with messages                               be stored under the key
//	20010 to a full capture; to a full reversal that    already applied: no; after doubt the
//	  it was reversed                                   done             transaction is read
//	425, 429                                            rejected         yes
//	407, 411, 413, 414, 417, 421, 426, 431              rejected         no; in doubt yes
//	401; any other 4xx with the vendor's messages,      rejected         no; once if it follows
//	  such as a decline                                                  an ambiguous attempt
//	408, or a 4xx that was cut                          ambiguous        yes
//	any other 4xx: without messages, so presumably      ambiguous        keyed, idempotent: twice;
//	  from a proxy                                                       in doubt on and on
//	501, 505                                            ambiguous        no; in doubt yes
//	any other 5xx                                       ambiguous        yes
//	3xx                                                 ambiguous        keyed, idempotent: twice;
//	                                                                     in doubt on and on
//
// In doubt means that an earlier attempt, or an earlier call under the same
// key, may have reached the server, and that the class allows a repetition. A
// capture or reversal that would end unknown is read once.
//
// BlueSnap marks nothing: an id in the body, or a Location below the
// operation's own URL, proves that the operation was executed. Any other
// success is ambiguous and is asked again with the key.
//
// Messages are distinguished by their name, since 14002 alone is the code of
// more than thirty; [ErrDoNotHonor] and its like are for errors.Is. Attempts
// add up: an ambiguous one makes the outcome unknown, and a later refusal
// leaves it so. The vendor marks no replay, so that a refusal is never known to
// be the stored one.
//
// Waits grow from 250 ms to 8 s, half of each random. A call goes on by itself
// for up to 10 minutes, or as long as its context lets it. [RetryPolicy]
// changes these numbers, for a client or for one call; [WithTimeout] bounds a
// call, too.
//
// # Keys, refs and the merchantTransactionId
//
// The SDK mints a key for every operation that takes one, before the first
// attempt, and never changes it. [NewKey] makes one to be stored first, and
// [SentKey] takes a stored one up again. The vendor keeps keys "for up to 24
// hours", which promises no minimum: the SDK takes half of it for granted, and
// sends no request under an older key ([ErrKeyExpired]). The key that comes
// back with a response ([Response].KeyEchoed) says that it was honoured; the
// vendor does not say that it marks a replay.
//
// A payment without a merchantTransactionId gets one that is made of its key or
// ref. By it [Client.Recover] finds out what became of a payment whose key is
// long forgotten. A ref ([WithRef]) is the caller's own number for an
// operation, which a journal remembers for as long as it lasts.
//
// # What the promise rests on
//
// A request that the client has given up arrives within 5 s or never; the
// server remembers a key for 12 hours at least, whatever it answered; one of
// the client's two clocks runs while the server's runs; nothing between sends a
// request again. Where a caller says [NotExecuted], a server has done within
// two minutes what it will do of a request that was given up. That a decline,
// or a server error, is stored under its key is not documented.
//
// # Sources
//
// Documented are, on developers.bluesnap.com: the idempotency page (header,
// keys, list of endpoints, retention) and its errors, authentication and
// bluesnap-version, the transaction errors that say so, the endpoints and the
// fields of their minimal requests, the ids in Location. Inferred are the codes
// and names of errors that do not say so, fields that do not say that they are
// documented, and the class of PUT. Fields of neither kind go through the Extra
// maps, both ways; [Response].Raw is the whole response.
//
// Card numbers, security codes, account numbers and tokens are of type
// [Secret]. They, credentials, keys of other programs and bodies are in no
// error, log line or event; a journal keeps requests sealed, and only until
// they are settled.
package bluesnap
