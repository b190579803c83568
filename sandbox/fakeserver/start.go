package fakeserver

// TB is what a sandbox needs of a *testing.T, *testing.B or *testing.F.
type TB interface {
	// Helper marks the caller as a helper function.
	Helper()
	// Cleanup runs a function when the test is over.
	Cleanup(cleanup func())
	// Fatalf ends the test with a message.
	Fatalf(format string, args ...any)
}

// CloseAfter registers a new sandbox to be closed when the test ends. err fails
// the test.
func CloseAfter[S interface{ Close() }](t TB, sandbox S, err error) S {
	t.Helper()
	if err != nil {
		t.Fatalf("%v", err)
		return *new(S)
	}
	t.Cleanup(sandbox.Close)
	return sandbox
}
