// Package gen is the API's contract: openapi.yaml, and the code generated from
// it for the table of operations and for the emulated server: models, a server
// interface and builders of requests for tests. Nothing in it sends requests.
// Users' models, readers and builders are generated into package bardge from
// the same contract, so that client and server share no code.
//
// The vendor publishes no machine-readable document. "Evidence: documented" in
// a comment means that the vendor's pages name the thing, "Evidence: inferred"
// that it was concluded from their naming, "Evidence: observed" that the
// vendor's server has shown since that the conclusion holds. A type's mark holds
// for its fields, unless a field has its own. The JSON types of all fields, and
// which fields of a request are required, are inferred from the vendor's
// examples.
//
// Users of the SDK need not import this package.
package gen
