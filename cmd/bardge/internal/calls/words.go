package calls

import (
	"cmp"
	"errors"
	"reflect"

	"github.com/bardge/bardge-go/idem"
)

// flagNames are the command line's names of what the SDK refuses under its own.
var flagNames = map[string]string{ //nolint:gosec // names alone
	"MaxAttempts":    "--max-attempts",
	"timeout":        "--timeout",
	"ref":            "--ref",
	"account":        "--account",
	"merchant id":    "--merchant-id or BLUESNAP_MERCHANT_ID",
	"base URL":       "the base URL",
	"API key":        "the API key",
	"lookup token":   "the lookup token",
	"journal secret": "the journal's secret",
}

// worded is an error in other words.
type worded struct {
	text string
	err  error
}

func (e *worded) Error() string { return e.text }
func (e *worded) Unwrap() error { return e.err }

// inFlags words an error for the command line, if the SDK refused what it was
// given: its own words are the names of options in Go.
func inFlags(err error) error {
	invalid, ok := errors.AsType[*idem.InvalidError](err)
	if !ok || idem.OutcomeOf(err) != idem.OutcomeNotSent {
		return err
	}
	reason := invalid.Reason
	if invalid.Field == "merchant id" && reason != "is not a number" {
		reason = "is needed" // without the option's name
	}
	return &worded{cmp.Or(flagNames[invalid.Field], invalid.Field) + " " + reason, err}
}

// kindName is a type in words.
func kindName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "a text"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return "a whole number"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "an object"
	default:
		return "of the right type"
	}
}
