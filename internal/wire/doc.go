// Package wire supports the generated code in package gen: timestamps, secrets
// and lists of the API's JSON, and helpers that turn typed values into path,
// query and body, and back. It knows no operation.
package wire
