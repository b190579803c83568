package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/pflag"
)

// inWords describes what a flag takes, where its parser's words are Go's.
func inWords(err error) error {
	wrong, ok := errors.AsType[*pflag.InvalidValueError](err)
	if !ok {
		return err
	}
	var want string
	switch wrong.GetFlag().Value.Type() {
	case "int":
		want = "a whole number"
	case "duration":
		want = "a time such as 30s or 10m"
	case "bool":
		want = "true or false"
	default:
		return err
	}
	return fmt.Errorf("--%s: %q is not %s", wrong.GetFlag().Name, wrong.GetValue(), want)
}
