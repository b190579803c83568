// Package idem does operations on somebody else's server once, over a network
// that loses answers.
//
// It is the engine beneath the SDK, and knows no vendor: a [Profile] says how
// one vendor does idempotency, an [Operation] how one of its operations may be
// repeated, and [Engine.Do] does a [Call] and says in its [Result] what is
// known. It promises zero duplicates and zero lies: it never executes an
// operation twice, never says that it was not executed when it was, nor that it
// was when it was not, and says unknown where that is the truth. The package
// makes no promise of compatibility yet, but for what clients name as their own,
// and for [Journal] and [Record].
//
// # The way of a call
//
// check the call, take its key (R4), record the intent (J1), then for each
// attempt: look at the window (R8), send once (R18), read the answer whole
// (R19), judge, fold, decide; at last record the result (J5) and tell it. judge,
// fold and decide are pure.
//
// # What one attempt tells
//
// The first row that fits decides. "Again" means: if class, window, attempts,
// budget and caller allow it.
//
//	what happened                                             verdict             again
//	--------------------------------------------------------  ------------------  ------------
//	refused by the SDK itself, context over before a          nothing sent        no
//	connection was got
//	no connection: refused, no route, timeout, DNS, TLS       nothing sent        yes
//	no connection: certificate, TLS version, name not found   nothing sent        no
//	own connection, not one byte written                      nothing sent        yes; at once on a pooled one
//	any other error before a status line                      ambiguous           yes
//	success status, and the body that the operation declares  done                -
//	the same, over the size limit                             done, answer lost   no
//	the same, cut, empty or not of its form                   done, answer lost   read and keyed
//	201 without the header that should carry the answer       done, answer lost   no
//	success status with an error in it, or no object          ambiguous           yes
//	any other 2xx; 2xx of another content type                ambiguous           yes
//	status below 200 or above 599                             ambiguous           yes
//	3xx (a read follows within its origin)                    ambiguous           keyed, convergent: twice
//	in progress                                               ambiguous           yes, uncounted
//	5xx with the replay mark                                  ambiguous, stored   no
//	501, 505; 500 with ServerErrorsAreFinal                   ambiguous           no
//	the API's error of a request that failed, perhaps late    ambiguous           yes, six times; no with the mark
//	other 5xx                                                 ambiguous           yes
//	already so (convergent operations)                        already so: done    -
//	key reused                                                key reused          no
//	the API's error that leaves it open                       ambiguous           yes
//	4xx with the replay mark                                  refused, stored     no
//	425, 429                                                  refused             yes
//	407, 411, 413, 414, 417, 421, 426, 431                    refused             no; once more after doubt
//	other 4xx with the API's error object, whole              refused             no; once more after doubt
//	408 without it                                            ambiguous           yes
//	4xx that was cut                                          ambiguous           yes
//	other 4xx without it (somebody between spoke)             ambiguous           keyed, convergent: twice
//
// A success without a content type counts if it carries the API's request id.
// Errors before a status line end the call if the caller's context is over. "No
// connection" is proven by the transport's trace alone, "not one byte" by the
// engine's own connections alone (R7); where neither proves it, an error is
// ambiguous.
//
// # Classes
//
//	class        key sent   repeated after an ambiguous attempt
//	-----------  --------   -----------------------------------
//	Read         no         yes
//	Keyed        yes        yes, inside the window
//	Convergent   no         yes
//	Unguarded    yes        no: only after nothing sent or refused
//	Unkeyed      no         no: only after nothing sent or refused
//
// # Folding
//
// A call begins with what its key knows, otherwise with not sent. Nothing sent
// leaves what is known. Done makes it done, finally. Ambiguous turns not sent
// and rejected into unknown. Refused turns not sent into rejected and leaves
// unknown: an ambiguous attempt may still be on its way. Refused and stored is
// the fate of key and body: rejected, also from unknown. Key reused says only
// that this body has not run: it folds as refused does. While another call's
// attempt under the same key is under way, nothing is better than unknown (R7).
//
// # Window
//
// The window is the time in which the server remembers the key. It belongs to
// the key, begins when the first attempt may have sent a byte, and is measured on
// the monotonic and the wall clock, whichever says more (R10). An attempt ends
// inside the window less the margin (R8); a later one begins only if 2 s remain,
// and is asked again where its bytes leave. A key from another process is taken
// for 5 s older than it says.
//
// # Waiting
//
// Exponential from 250 ms to 8 s, half of it random, for 6 attempts; then a
// mutation that is still open (nothing sent yet; or unknown, and Keyed or
// Convergent) goes on at the last pace until the window's length less the margin
// has passed since the call began. Policy.MaxAttempts ends it earlier.
// Retry-After is a floor; one that does not fit ends the call at once, and so
// does the caller's deadline (R9). A wait of the engine's own is shortened
// instead, so that the time that is left sees one more attempt. The calls of an
// engine share a budget of 100 retries; each definite answer gives one back, and
// retries where nothing was sent are free (R16).
//
// # Journal
//
// With a [Journal], mutations are recorded, and a Call may carry a Ref: the
// caller's name for an operation, which is then done once for as long as the
// journal remembers it.
//
//   - J1 The intent is recorded before the first byte is sent, and recorded means
//     "may have been sent". What cannot be recorded is not sent.
//   - J2 A ref belongs to its operation and body (as canonical JSON) while it is
//     open or done. One that ended not sent or rejected is free: a new
//     generation, a new key.
//   - J3 One owner at a time: a lease of 10 s, renewed while the call runs and,
//     by a write that must find the owner's own version, before every attempt
//     after the first. Others wait and get the owner's result.
//   - J4 A claim that is taken over keeps key, bytes and window: inside the window
//     it is sent again, after it by nobody.
//   - J5 The result is recorded before it is told. What could not be recorded is
//     told as unknown, or, for a success, with Result.JournalErr.
//   - J6 A call without retries costs two durable commits: the intent before
//     sending, the result before returning. Each attempt after the first adds one.
//   - J7 An owner that was slow finds on its return that its claim is gone, sends
//     nothing more and settles nothing. An attempt whose lease could not be renewed
//     is given up.
//   - J8 Clocks differ: a key from another process is taken for 5 s older, and its
//     age is the larger of the process's and the store's own.
//   - J9 What is personal is sealed, the URL too: AES-256-GCM, with a key derived by
//     HKDF from Config.JournalSecrets. A request is kept only until its operation is
//     settled. A wrong secret is an error, and loses nothing.
//   - J10 Only settled records are ever removed. A later done replaces an unknown,
//     never the reverse; "not executed" is refused while the operation may still be
//     executed (Engine.Settle).
//   - J11 Reading proves done, never the opposite: without a match it stays unknown,
//     and so it does with one that another operation of the journal has made, or may
//     have (Engine.Recover, Recovery.Reconcile, Finding.Scopes).
package idem
