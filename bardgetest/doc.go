// Package bardgetest makes the errors and responses that a fake of a service
// returns in unit tests, and reads the options that the fake is given.
//
// A fake embeds the interface of its service, such as [IssuedPasses], and
// implements the methods that the test calls:
//
//	type fakePasses struct {
//		bardgetest.IssuedPasses
//		err *bardge.Error
//	}
//
//	func (f *fakePasses) Issue(
//		_ context.Context, p bardge.IssuePassParams, opts ...bardge.CallOption,
//	) (*bardge.IssuedPass, *bardge.Response, error) {
//		if f.err != nil {
//			return nil, f.err.Response, f.err
//		}
//		return &bardge.IssuedPass{ID: "p1"}, bardgetest.Done("IssuePass"), nil
//	}
//
// Errors and responses are plain values, without attempts and bodies. Set their
// fields if a test needs more: [bardge.OutcomeOf] and its like, errors.Is and
// errors.As read them. An operation is named as in [bardge.Error], "IssuePass";
// an unknown name panics.
//
// To test retries and faults, use package sandbox, which emulates the server.
package bardgetest
