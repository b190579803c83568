// Package idem executes API operations exactly once over an unreliable network,
// using idempotency keys and an optional durable journal.
//
// It is the engine beneath the clients and is not specific to a vendor. A
// [Profile] describes how a vendor handles idempotency, an [Operation] how one
// operation may be repeated. [Engine.Do] executes a [Call] and returns in its
// [Result] what is known: it never executes an operation twice, and never
// reports an outcome that it cannot prove.
//
// # Compatibility
//
// The exported names of this package and of package journal follow the module's
// version: before 1.0 a minor version may change them, with a note in
// CHANGELOG.md; from 1.0 on only a new major version does. Fields may be added to
// Profile, Operation, Request, Call, Policy, Config, Result, Failure and Event:
// use keyed literals. Values may be added to Signal, Verdict, State and
// BodyFormat: treat those that you do not know like the zero one, which promises
// least. Records in a journal are read by every later version.
//
// Rules (R1, J1) and assumptions (A1) are cited by their numbers in
// docs/rules.md in the repository. docs/retries.md lists what follows which
// response; vendors differ in a few rows.
//
// # A vendor
//
// A Profile needs the vendor's name, the header or the member of the body that
// carries the key, and for how long the server remembers it. Everything else has
// a safe default: without Classify each error response counts as an
// intermediary's, except for those that HTTP itself defines, and without
// ReplayHeader a rejection after a lost response leaves the outcome unknown.
// An [Operation] needs a name, a class and the statuses of its success. The
// example "A vendor in fifty lines" is a whole program. Package idem/profiles
// has the profiles of vendors such as Stripe, Mollie and Square; package
// idem/conformance tries whether a server keeps to one.
//
// # Code of others
//
// [NewTransport] puts the engine below any HTTP client, or SDK, that knows
// nothing of it. Key and ref come with the context, the outcome with the error.
// [Transport.Engine] recovers what a crash has left open.
//
// # One call
//
// Do checks the call, takes its key (R4) and records the intent (J1). Then it
// repeats: check the window (R8), send once (R18), read the whole response
// (R19), classify the attempt, fold it into what is known, and decide whether
// to repeat, until the call ends. At last it records the result (J5) and
// returns it.
//
// # Classes
//
//	class          key sent  repeated after an ambiguous attempt
//	-----          --------  -----------------------------------
//	Safe           no        yes
//	Keyed          yes       yes, inside the window
//	Idempotent     no        yes
//	KeyUnverified  yes       never
//	NonIdempotent  no        never
//
// Every class may be repeated after an attempt that sent nothing, and after a
// response that requests it (425, 429).
//
// # What is known
//
// A call begins with what is known of its key, else with not sent. Done is
// final. Ambiguous turns not sent and rejected into unknown. Rejected turns not
// sent into rejected, and leaves unknown as it is: the ambiguous request may
// still be on its way (R11). Rejected and stored is the fate of key and body,
// so it settles even unknown. Key reused shows only that this body was not
// executed, and counts as rejected (R12). Some vendors answer each repetition of
// an executed request with an error: that is done, unless another program may
// have used the key before this one. While another call's attempt under
// the same key is under way, nothing is better than unknown (R7).
//
// # The window
//
// The window is the time in which the server remembers a key. It begins when an
// attempt may first have sent a byte, whichever call's (R7). An attempt ends a
// margin before the window does, and a later one begins only if 2 s remain;
// this is checked again where the bytes leave (R8). R10 defines a key's age.
//
// # The pace
//
// Once the server has rejected an attempt with 429, all attempts of an engine
// pass one turnstile, whose rate follows what the server allows (R41).
//
// # The journal
//
// With a journal, mutations are recorded before they are sent, and a call may
// have a Ref, the caller's own name for the operation, which is then executed
// once for that ref, as long as the journal keeps it (J1 to J5).
// [Engine.Recover] takes over what a crash has left open, [Engine.Resolve]
// takes a person's word on what stays unknown, and package journal lists what a
// journal must do.
//
// # Callbacks
//
// A panic of an observer, a logger or a trace hook is contained and reported
// once. A panic of a transport, a dialer, a journal or another callback reaches
// the caller after the call's state is settled (R39). Each call of the journal
// is bounded by Config.JournalTimeout, Config.Authorize and Sign by the attempt.
package idem
