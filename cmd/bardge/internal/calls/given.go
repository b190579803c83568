package calls

import (
	"errors"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/internal/jsontree"
)

// checkGiven refuses flags and arguments that are given and empty, as by a
// shell's unset variable. Taken as not given, an empty ref would execute an
// operation again, and an empty amount refund a whole payment.
func (i *invocation[C, O, R]) checkGiven(args []string) error {
	var errs []error
	for n, arg := range args {
		if arg == "" {
			errs = append(errs, fmt.Errorf("%s is empty", i.row.args[n]))
		}
	}
	i.cmd.Flags().Visit(func(f *pflag.Flag) {
		if f.Value.String() == "" {
			errs = append(errs, fmt.Errorf("--%s is given, and is empty", f.Name))
		}
	})
	if errs == nil {
		return nil
	}
	return cli.Usage(errors.Join(errs...))
}

// checkField refuses a field of the body that is given and empty: the SDK would
// leave it out.
func checkField(f jsontree.Field) error {
	if f.Value.Kind == jsontree.Null || f.Value.Kind == jsontree.String && f.Value.Text == "" {
		return cli.Usage(fmt.Errorf("the body's field %q is given, and is empty", f.Name))
	}
	return nil
}
