package conformance

import "context"

// TB is what [Test] needs of a *testing.T.
type TB interface {
	// Helper marks the caller as a helper function.
	Helper()
	// Context ends with the test.
	Context() context.Context
	// Logf prints a line with the test's output.
	Logf(format string, args ...any)
	// Errorf fails the test.
	Errorf(format string, args ...any)
	// Fatalf ends the test with a message.
	Fatalf(format string, args ...any)
}

// Test tries a server as [Run] does, in its own tests. Each finding that is
// [Broken] fails the test, and so does one that [Differs]: the profile that the
// server's clients are given would be wrong. The other findings are logged
// before them.
func Test(t TB, target Target) {
	t.Helper()
	report, err := Run(t.Context(), target)
	fails := func(f Result) bool { return f.Verdict == Broken || f.Verdict == Differs }
	for _, f := range report {
		if !fails(f) {
			t.Logf("%v", f)
		}
	}
	for _, f := range report {
		if fails(f) {
			t.Errorf("%v", f)
		}
	}
	if err != nil {
		t.Fatalf("%v", err)
	}
}
