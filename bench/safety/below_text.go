package safety

// The text of the third report around its figures.
const (
	belowIntro = `%d passes to issue on each of the same %d days, with the same faults: first by the SDK as it is, then
by the same SDK with ` + "`idem.NewTransport`" + ` as its HTTP client's transport. Profile and operation are those of a program
that knows the server's rules and nothing of its responses; each SDK sends a key with each call. Over the transport its
timeout bounds the whole operation, so it is the call's 10 minutes.

`
	belowTerms = `
The columns are those of the first table. Over the transport the error of each SDK unwraps to an ` + "`*idem.Failure`" + `, and
the outcome is what ` + "`idem.OutcomeOf`" + ` finds in it. Retries of their own do no harm there, since both SDKs send the same
key again, and the engine goes on where it ended. They bring nothing either: more requests, and longer waits.

Settings that matter. *Without a key*: in the error there was nothing with which to go on:

`
	belowRest = `
A short timeout costs no safety. stripe-go sends again under the same key, and goes on. An SDK by Stainless returns
"context deadline exceeded" in place of the transport's error when a deadline, its own or the caller's, has passed: the
outcome is unknown, as it should be, and only a program that chose the key itself (` + "`idem.ContextWithKey`" + `) can go on.

An SDK that sends no key, and retries, is a trap: to the transport each of its retries is another operation. Switch off
its retries, or choose the key of each call.
`
)
