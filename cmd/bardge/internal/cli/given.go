package cli

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/pflag"
)

// checkGiven refuses flags that are given and empty, as by a shell's unset
// variable. Taken as not given, an empty ref would execute an operation again,
// an empty amount refund a whole payment, and an empty filter match all.
func checkGiven(flags *pflag.FlagSet) error {
	var errs []error
	flags.Visit(func(f *pflag.Flag) {
		if isEmpty(f.Value) {
			errs = append(errs, fmt.Errorf("--%s is given, and is empty", f.Name))
		}
	})
	if errs == nil {
		return nil
	}
	return Usage(errors.Join(errs...))
}

// isEmpty reports whether a flag's text, or one of its texts, is empty.
func isEmpty(v pflag.Value) bool {
	if list, ok := v.(pflag.SliceValue); ok {
		return slices.Contains(list.GetSlice(), "")
	}
	return v.String() == "" && v.Type() != "func" // which holds no text
}
