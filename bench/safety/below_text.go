package safety

// The text of the third report around its figures.
const (
	belowIntro = `%d passes to issue on each of the same %d days, with the same faults: by an SDK as it is, and by the
same SDK with ` + "`idem.NewTransport`" + ` as its HTTP client's transport. That has the profile of the server's rules,
and of the operation only its name, class and success statuses. Each call has a key: stripe-go sends one always,
openai-go the program's. The SDK's timeout bounds all that the transport does, so it is the 10 minutes of a call there.
openai-go stands for the SDKs that Stainless generates.

`
	belowTerms = `
The columns are those of the first table. Over the transport, an error that is no response of the server
has the outcome that ` + "`idem.OutcomeOf`" + ` finds in it. The SDKs' own retries do no harm there: both send the same
key again, and the transport knows it. They bring little: more requests, longer waits and, from openai-go, another try
after a 429.

Settings that matter. *Keyless* is how many of the unknown calls ended with an error in which there is no key to go on
with:

`
	belowRest = `
A timeout that is too short costs knowledge, not safety. With its own, stripe-go sends again under the same key, and the
transport goes on. When a deadline passes, openai-go returns the context's error in place of the transport's, and so do
other SDKs by Stainless: only a program that has chosen the key itself (` + "`idem.ContextWithKey`" + `) can go on.
An http.Client also does so, where the machine was suspended beyond its timeout.

An SDK that retries and sends no key has duplicates: to the transport each retry is another operation. Choose the key of
each call, or switch its retries off.
`
)
