// Package bardge is a client for the Bardge Reseller API V3 that issues, books,
// buys and cancels once, although responses get lost.
//
//	client, err := bardge.New(apiKey)
//	pass, resp, err := client.IssuedPasses.Issue(ctx, bardge.IssuePassParams{
//		ClientID: "client_abc123", PassID: "pass_abc123", FirstName: "Ada", LastName: "Okafor",
//	})
//
// Every call returns its value, a *[Response] that is never nil, and an error
// from which errors.As yields an *[Error]. The value is nil whenever the error
// is not. A list also comes as an iterator over all of its items, such as
// [PassesService.All].
//
// # Outcomes
//
// Every error says what is known about the operation, see [OutcomeOf]:
//
//	outcome    claim                                   what to do
//	-------    -----                                   ----------
//	not sent   no byte left the machine                anything, also with a new key
//	rejected   refused, certainly not executed         fix the request, or wait on 408, 425
//	                                                   and 429; then a new key
//	done       executed, response lost; or the         nothing more
//	           booking was cancelled already
//	unknown    it may or may not have been executed    the same ref at any time; without one,
//	                                                   the same key until SafeUntil, then
//	                                                   check first, never repeat blindly
//
// A claim is made only where it is proven: when in doubt it is unknown. Of an
// operation that only reads, the outcome shows only whether a response came.
// [CanRepeat] reports whether this very call may be repeated.
//
// # What is retried
//
// Each operation is of one class, which its documentation names; the HTTP
// method plays no part:
//
//	class           operations                      key    repeated when ambiguous
//	-----           ----------                      ---    -----------------------
//	safe            every GET; the spa co-pay       no     yes
//	                quote
//	keyed           issue, update, book, confirm,   yes    with the same key, while the
//	                buy, access codes                      server remembers it (90 s)
//	idempotent      cancel                          no     yes: twice has no further effect
//	key unverified  initiate and verify a lookup    yes    no: a key may not be honoured
//
// One attempt is judged by the first row that fits. Once a status line is in,
// it decides; a body that then fails is "not readable". A "yes" holds if the
// class, the key's window, the attempts, the budget and the context allow it.
//
//	what happened                                       verdict          again?
//	-------------                                       -------          ------
//	refused by the SDK itself; over before there was    nothing sent     no; in doubt yes
//	  a connection
//	no connection: refused, no route, DNS, TLS,         nothing sent     yes; a bad certificate, an
//	  timeout                                                            unknown host or a proxy's
//	                                                                     407 only in doubt
//	a connection, and not one byte written on it; or a  nothing sent     yes, at once if it was
//	  response was there before the request                              a reused one
//	any other error before a status line; a 2xx before  ambiguous        yes; no if cancelled
//	  the request's last byte                                            by the caller
//	200 or 201 in the API's own word: the replay mark,  done             -
//	  the object tag, or all essential fields
//	the same, cut, not JSON, over 10 MiB or without an  response lost    read, keyed: until the same
//	  essential field                                                    bytes came three times;
//	                                                                     cancel reads the booking
//	a booking that is not cancelled, to a cancellation  ambiguous        it is read
//	any other 2xx: an object of others, an "error",     ambiguous        yes
//	  another tag, a list, null
//	below 200 or above 599                              ambiguous        yes
//	3xx (a GET follows it within the same origin)       ambiguous        keyed, idempotent: twice;
//	                                                                     in doubt on and on
//	5xx with the replay mark                            ambiguous        no: stored under the key
//	501, 505                                            ambiguous        no; in doubt yes
//	any other 5xx                                       ambiguous        yes; 500 not with
//	                                                                     NoRetryOn500
//	409 already_cancelled                               see below        no
//	409 idempotency_key_reused                          key reused       no
//	4xx with the replay mark                            rejected, stored no
//	425, 429                                            rejected         yes
//	407, 411, 413, 414, 417, 421, 426, 431, not in the  rejected         no; in doubt yes
//	  API's error format
//	any other 4xx with the API's whole error object     rejected         no; keyed: once if it follows
//	                                                                     an ambiguous attempt
//	408, or a 4xx that was cut                          ambiguous        yes
//	any other 4xx: not in the API's error format, so    ambiguous        keyed, idempotent: twice;
//	  presumably from a proxy                                            in doubt on and on
//
// In doubt means that an earlier attempt, or an earlier call under the same
// key, may have reached the server, and that the class allows a repetition. A
// 401 is asked again in doubt if the key provider has another key.
//
// Attempts add up: an ambiguous one makes the outcome unknown, and a later
// plain rejection leaves it so, since the first attempt may still be on its
// way. Only a response stored under the key, or a success, settles it.
//
// Cancelling takes no key. An already_cancelled in response to the first
// attempt is [ErrAlreadyCancelled], whichever client cancelled it. After an
// attempt that may have done it, it is no error: the booking is read and
// returned, with [Response].Recovered set.
//
// # Waiting
//
// Waits grow from 250 ms to 8 s, half of each random. A Retry-After is obeyed;
// one that does not fit before the window's end or the context's deadline ends
// the call, save in doubt, where one attempt is made as late as they allow. A
// call makes six attempts of at most 15 s. A mutation that is still open then
// (nothing sent, or ambiguous and safe to repeat) goes on at the longest wait's
// pace until its deadline, at most 15 minutes, or, without a deadline, for 85
// s, unless MaxAttempts was set; once something was sent, the key's window ends
// it earlier. The last wait is shortened so that the time left sees one more
// attempt. The calls of a client share a budget of 100 retries, of which each
// definite response gives one back; one late attempt is never withheld. A
// cancellation that would end unknown is read once. [RetryPolicy] changes these
// numbers, for a client or for one call; the context and [WithTimeout] bound a
// call. [Client.Close] lets calls end before a program does.
//
// # Keys and refs
//
// The SDK mints a key for every operation that takes one, before the first
// attempt, and never changes it. To survive a crash, make the key first, store
// it, and give it to the call:
//
//	key := bardge.NewKey() // store key.String() with your order
//	pass, resp, err := client.IssuedPasses.Issue(ctx, params, bardge.WithIdempotencyKey(key))
//
// [SentKey] takes a stored key up again, and the Key of an [Error] resumes its
// operation; either goes on within the window that began with the first byte
// sent. After it, the call is refused with [ErrKeyExpired]. A key that is used
// for another request is refused before sending, as the server would refuse it.
//
// A ref is your own number for the operation, such as an order's. With a
// journal ([WithJournal], [WithRef]) the operation is done once for that ref: a
// second call waits for the first or gets its recorded result, a crashed one is
// taken up with the same key and body, and the same ref with another operation
// or body is [ErrRefReused]: one ref names one operation, so that an order
// which issues a pass and buys credits needs two. A ref whose operation ended
// not sent or rejected is free again.
//
// # Evidence
//
// The vendor publishes its API as pages, of which some could not be read. Where
// the SDK rests on a page, its documentation says documented; where it follows
// the vendor's naming, inferred. A request field that turns out to be different
// can be sent with [WithExtraField], a header with [WithHeader], and every
// response is in [Response].Raw.
package bardge
