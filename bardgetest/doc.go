// Package bardgetest is for the unit tests of programs that use package bardge: with it a
// fake of a service returns what the SDK would return, and reads what it was given.
//
// A fake embeds the interface of its service, such as [IssuedPasses], and has the methods
// that the test is about:
//
//	type fakePasses struct {
//		bardgetest.IssuedPasses
//		err *bardge.Error
//	}
//
// Errors and responses are plain values, without attempts and bodies. Change their fields where a test needs more:
// [bardge.OutcomeOf], [bardge.KeyOf], [bardge.CanRepeat], [bardge.RetryHelps], errors.Is
// and errors.As read the fields, as they do with the SDK's own errors.
//
// To test against the API's behaviour, its retries and its faults, use package sandbox
// instead, which emulates the server.
package bardgetest
