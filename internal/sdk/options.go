package sdk

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/bardge/bardge-go/idem"
)

// OptionError names the option that a setting came from, in front of why it is refused.
// One without a name leaves the error as it is; no error stays none.
func OptionError(option string, err error) error {
	if option == "" || err == nil {
		return err
	}
	return fmt.Errorf("%s: %w", option, err)
}

// EngineError names the option behind a setting that the engine refuses. baseURL names
// where the base URL came from.
func EngineError(baseURL string, err error) error {
	var bad *idem.InvalidError
	switch {
	case !errors.As(err, &bad):
		return err
	case bad.Field == "base URL":
		return OptionError(baseURL, err)
	case bad.Field == "journal secret":
		return OptionError("WithJournalSecret", err)
	default:
		return OptionError("WithRetryPolicy", err)
	}
}

// IsNil reports whether an interface holds nothing, or a nil pointer, map or function.
func IsNil(v any) bool {
	at := reflect.ValueOf(v)
	switch at.Kind() {
	case reflect.Invalid:
		return true
	case reflect.Pointer, reflect.Func, reflect.Map, reflect.Slice, reflect.Chan, reflect.Interface:
		return at.IsNil()
	default:
		return false
	}
}
