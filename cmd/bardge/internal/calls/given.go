package calls

import (
	"fmt"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/internal/jsontree"
)

// checkFilled refuses a field of the body, at any depth, that is given and
// empty: the SDK would leave it out, so that something else is sent than was
// given. An object without fields is sent.
func checkFilled(name string, v jsontree.Value) error {
	isEmpty := v.Kind == jsontree.Null || v.Kind == jsontree.String && v.Text == "" ||
		v.Kind == jsontree.Array && len(v.Items) == 0
	if isEmpty {
		return cli.Usage(fmt.Errorf("the body's field %q is given, and is empty", name))
	}
	for _, item := range v.Items {
		if err := checkFilled(name, item); err != nil {
			return err
		}
	}
	for _, f := range v.Fields {
		if err := checkFilled(name+"."+f.Name, f.Value); err != nil {
			return err
		}
	}
	return nil
}
