// Package idem executes API operations once, over a network that loses
// responses.
//
// It is the engine beneath the SDK, and knows no vendor: a [Profile] says how
// one vendor does idempotency, an [Operation] how one of its operations may be
// repeated, and [Engine.Do] does a [Call] and says in its [Result] what is
// known. It promises zero duplicates and zero lies: it never executes an
// operation twice, never says that it was not executed when it was, nor that it
// was when it was not, and says unknown where that is the truth. The package
// makes no promise of compatibility yet, but for what clients name as their
// own, and for [Journal] and [Record].
//
// The numbers of rules (R1, J1) and assumptions (A1) are those of docs/rules.md
// in the repository, which gives the reason for each.
//
// # The way of a call
//
// check the call, take its key (R4), record the intent (J1), then for each
// attempt: look at the window (R8), send once (R18), read the response whole
// (R19), judge, fold, decide; at last record the result (J5) and return it.
// judge, fold and decide are pure.
//
// # What one attempt shows
//
// The first row that fits decides. "Again" means: if class, window, attempts,
// budget and caller allow it.
//
//	what happened                                             verdict             again
//	--------------------------------------------------------  ------------------  ------------
//	refused by the SDK itself, over before a connection       nothing sent        no; in doubt
//	no connection: refused, no route, timeout, DNS, TLS       nothing sent        yes
//	no connection: certificate, TLS version, name not found,  nothing sent        no; in doubt
//	CONNECT refused, HTTP/2 negotiated by the caller's dialer
//	own connection, not one byte written, or a response that  nothing sent        yes; at once on a pooled one
//	began before the request
//	any other error before a status line                      ambiguous           yes
//	a 2xx before the request's last byte                      ambiguous           yes
//	success status, in the API's own word (Operation.Prove)   done                -
//	the same, and it shows another state (Call.Confirms)      ambiguous           no; read
//	the same, without an essential field                      response lost       read and keyed
//	the same, over the size limit                             response lost       no
//	the same, cut, empty or not of its form                   response lost       read and keyed
//	any other 2xx                                             ambiguous           yes
//	status below 200 or above 599                             ambiguous           yes
//	3xx (a GET follows within its origin)                     ambiguous           keyed, idempotent: twice; in doubt
//	in progress                                               ambiguous           yes, uncounted
//	5xx with the replay mark                                  ambiguous, stored   no
//	501, 505                                                  ambiguous           no; in doubt
//	500 with NoRetryOn500                                     ambiguous           no
//	the API's error of a request that failed, perhaps late    ambiguous           yes, six times; no with the mark
//	other 5xx                                                 ambiguous           yes
//	already applied (idempotent operations)                   done                -
//	key reused                                                key reused          no
//	the API's error that leaves it open                       ambiguous           yes
//	4xx with the replay mark                                  rejected, stored    no
//	425, 429                                                  rejected            yes
//	407, 411, 413, 414, 417, 421, 426, 431 of intermediaries  rejected            no; in doubt
//	other 4xx with the API's error object, whole              rejected            no; once more after doubt
//	408 without it                                            ambiguous           yes
//	4xx that was cut                                          ambiguous           yes
//	other 4xx without it, presumably from a proxy             ambiguous           keyed, idempotent: twice; in doubt
//
// "In doubt" means that an attempt of another row, or an earlier call under the
// key, may have reached the server, and that the class is Keyed or Idempotent:
// what is otherwise final is then asked again at the slowest pace (R35). A 401
// is, if Config.Authorize has other credentials. A success that is lost three
// times with the same bytes is final (R38).
//
// Errors before a status line end the call if the caller's context is over. "No
// connection" is proven by the transport's trace alone, "not one byte" by the
// engine's own connections alone (R7); where neither proves it, an error is
// ambiguous.
//
// # Classes
//
//	class          key sent  repeated after an ambiguous attempt
//	-----          --------  -----------------------------------
//	Safe           no        yes
//	Keyed          yes       yes, inside the window
//	Idempotent     no        yes
//	KeyUnverified  yes       no: only after nothing sent or rejected
//	NonIdempotent  no        no: only after nothing sent or rejected
//
// # Folding
//
// A call begins with what its key knows, otherwise with not sent. Nothing sent
// leaves what is known. Done makes it done, finally. Ambiguous turns not sent
// and rejected into unknown. Rejected turns not sent into rejected and leaves
// unknown: an ambiguous attempt may still be on its way. Rejected and stored is
// the fate of key and body: rejected, also from unknown. Key reused says only
// that this body has not run: it folds as rejected does. While another call's
// attempt under the same key is under way, nothing is better than unknown (R7).
//
// # Window
//
// The window is the time in which the server remembers the key. It belongs to
// the key, begins when the first attempt may have sent a byte, and is measured
// by the time awake plus the time asleep, where the platform shows it (Linux):
// of a step of the wall clock up to 40 s count. Elsewhere it is the larger of
// monotonic and wall-clock age (R10). An attempt ends inside the window less
// the margin (R8); a later one begins only if 2 s remain, and is asked again
// where its bytes leave. A key from another process is taken for 5 s older than
// it says.
//
// # Waiting
//
// Exponential from 250 ms to 8 s, half of it random, for 6 attempts; then a
// mutation that is still open (nothing sent yet; or unknown, and Keyed or
// Idempotent) goes on at the last pace until the caller's deadline, at most 15
// minutes, or without one for the window's length less the margin, by the
// monotonic clock (R32). Policy.MaxAttempts ends it earlier. A call that was
// suspended beyond that gets one more attempt. Retry-After is a floor; one that
// does not fit ends the call at once (R9), save in doubt, where one attempt is
// made at a random moment of the last attempt's time (R34). A wait of the
// engine's own is shortened instead, so that the time that is left sees one
// more attempt. The calls of an engine share a budget of 100 retries; each
// definite response gives one back, retries where nothing was sent are free,
// and one attempt in doubt is never withheld (R16). An idempotent operation
// that would end unknown is asked for once more, and its state is read once:
// only one that holds settles it (R33).
//
// # Journal
//
// With a [Journal], mutations are recorded, and a Call may carry a Ref: the
// caller's name for an operation, which is then done once for as long as the
// journal remembers it.
//
//   - J1 The intent is recorded before the first byte is sent, and recorded
//     means "may have been sent". What cannot be recorded is not sent.
//   - J2 A ref belongs to its operation and body (as canonical JSON) while it
//     is open or done. One that ended not sent or rejected is free: a new
//     generation, a new key.
//   - J3 One owner at a time: a lease of 10 s, renewed while the call runs and,
//     by a write that must find the owner's own version, before every attempt
//     after the first. Others wait and get the owner's result.
//   - J4 A claim that is taken over keeps key, bytes and window: inside the
//     window it is sent again, after it never.
//   - J5 The result is recorded before it is returned. What could not be
//     recorded is returned as unknown, or, for a success, with
//     Result.RecordErr.
//   - J6 A call without retries costs two durable commits: the intent before
//     sending, the result before returning. Each attempt after the first adds
//     one.
//   - J7 An owner that was slow finds on its return that its claim is gone,
//     sends nothing more and settles nothing. A renewal that fails is repeated
//     until the lease has lapsed. An attempt that is not wholly written ends
//     then; the response of a written one is awaited for at most a window more.
//   - J8 Clocks differ: a key from another process is taken for 5 s older, and
//     its age is the larger of the process's and the store's own.
//   - J9 What is personal is sealed, the URL too: AES-256-GCM, with a key
//     derived by HKDF from Config.JournalSecrets. A request is kept only until
//     its operation is settled. A wrong secret is an error, and loses nothing.
//   - J10 Only settled records are ever removed. A later done replaces an
//     unknown, never the reverse; "not executed" is refused while the operation
//     may still be executed (Engine.Resolve).
//   - J11 Reading proves done, never the opposite: without a match it stays
//     unknown, and so it does with one that another operation of the journal
//     has made, or may have (Engine.Recover, Recovery.Reconcile,
//     ReconcileResult.Scopes).
//   - J12 A journal belongs to one account: vendor, base URL and name. The
//     first use binds it; an engine of another account is refused with
//     ErrOtherAccount, and sends nothing. Engine.Rebind is explicit, and
//     engines that had bound the journal before notice it. The API key is no
//     part of it.
//   - J13 A commit counts only while the store that is written is the one that
//     the next process opens: a file that was replaced is noticed before the
//     commit (ErrNotCommitted) and after it (in doubt).
//   - J14 With a secret, records in the clear are refused, which is not the
//     same as absent. Account, id, operation, generation, key, intent time,
//     outcome, resource and scope are associated data of the seal. Recover
//     checks that method and path are the operation's. A payload has a version,
//     and a newer one is refused (ErrJournalVersion).
//   - J15 What stays unknown has a time of its next look, a minute at first and
//     a day at most; inside an open window it is never past the last useful
//     attempt. Each record goes to one recoverer. Calls with the ref, Get and
//     Resolve ignore it.
//   - J16 A call that sent nothing reports what its key or ref knew before.
//     Without a ref it is not sent where its intent is certainly not recorded,
//     or is never sent by Recover. With a ref it is unknown, says that this
//     call sent nothing, and may be repeated with the ref.
//   - J17 List, Get, Stats and a dry run send nothing, take no lease and change
//     no record. Resolve names a generation. It never overrides the API's own
//     proof, nor frees a ref with a later generation, nor goes before
//     ErrMayBeExecuting allows; the history is kept.
//
// # Callbacks
//
// Journal calls have Config.JournalTimeout each, Config.Authorize has the
// attempt's time. A panic of an observer, a logger or a trace hook is contained
// and reported once. One of a transport, a dial, a journal or another callback
// passes on after the call's state is settled (R39).
package idem
