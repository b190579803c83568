// Package profiles describes how vendors do idempotency, as data for package
// idem: where the key goes and what it may look like, how long the server
// remembers it, how a stored response is marked, and what the vendor's errors
// mean.
//
// Each fact names what it rests on. [Documented]: a page of the vendor's states
// it. [Secondary]: code or a text of others states it. [Inferred]: neither, and
// the value is the careful one. A time that is longer than what a page
// guarantees is never used. None of the profiles has been run against a
// vendor's production server.
//
//	stripe := profiles.Stripe()
//	engine, err := idem.New(idem.Config{BaseURL: "https://api.stripe.com", Profile: stripe.Profile})
//	...
//	create := stripe.Create
//	create.Name = "CreatePaymentIntent"
//	result := engine.Do(ctx, idem.Call{Request: idem.Request{Operation: create, ...}})
//
// docs/profiles.md has the table.
//
// # What a profile cannot protect from
//
// Some servers do not compare requests: Modern Treasury, which ignores even the
// path, and Worldline answer another request with the first one's response,
// GoCardless with the id of what the first one created. An engine refuses a key
// that it has used for another request. It cannot know for what another process,
// or the same one before a restart, has used the key of an [idem.SentKey]: use
// such a key with the same request only, or refs with a journal, which keeps the
// request.
//
// The key's scope is the vendor's: an account, an API key, a region. A key that
// is repeated with another one's credentials, or in another region, executes
// again. Adyen shares keys between none of its regional endpoints, Modern
// Treasury between none of its API keys.
package profiles
