package cli

import (
	"encoding/json"
	"fmt"
)

// report prints err to standard error, and returns its exit code.
func (a *App) report(err error) int {
	if a.Output == FormatJSON {
		_ = json.NewEncoder(a.Stderr).Encode(map[string]any{"error": err.Error()}) // there is nowhere to report to
	} else {
		fmt.Fprintln(a.Stderr, "bardge: "+err.Error())
	}
	return exitCode(err)
}

// Note prints a sentence to standard error. With JSON output it is an object,
// so that each line there is one.
func (a *App) Note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if a.Output == FormatJSON {
		_ = json.NewEncoder(a.Stderr).Encode(map[string]any{"note": text}) // likewise
		return
	}
	fmt.Fprintln(a.Stderr, text)
}
