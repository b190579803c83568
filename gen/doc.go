// Package gen is the API's contract in Go: models, builders of requests,
// readers of answers, a server interface and the table of operations, all
// generated from openapi.yaml. Nothing in it sends anything.
//
// The vendor publishes no machine-readable document. "Evidence: documented"
// in a comment means that the vendor's pages name the thing, "Evidence:
// inferred" that it was concluded from their naming. A type's mark holds for
// its fields, unless a field has its own. The JSON types of all fields are
// inferred from the vendor's examples, and so is which fields of a request are
// required. Those are always sent, as they are.
//
// Users of the SDK meet these types under the names of package bardge, and
// need not import this one.
package gen
