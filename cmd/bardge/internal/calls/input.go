package calls

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/internal/jsontree"
)

// input is the command line's and standard input's content.
type input struct {
	args     []string
	fields   jsontree.Value    // of the params, an object
	goFields map[string]string // of the params, by their names in Go
	document []byte
	extra    []jsontree.Field // that the params do not have
	lenient  bool             // unknown fields are sent
	all      bool
	limit    int // items; zero is as many as the API gives
}

// maxPage is the longest page that the API gives.
const maxPage = 100

// pages reports whether a list needs more than one page.
func (in *input) pages() bool { return in.all || in.limit > maxPage }

// pageSize returns how many items a page should have; zero is the API's
// default.
func (in *input) pageSize() int {
	if in.all {
		return maxPage
	}
	return min(in.limit, maxPage)
}

// decode makes the params. Fields that they do not have are an error.
func decode[P any](in *input) (P, error) {
	var params P
	if !in.lenient {
		if err := checkFields(reflect.TypeFor[P](), in.fields); err != nil {
			return params, cli.Usage(err)
		}
	}
	if err := json.Unmarshal([]byte(in.fields.String()), &params); err != nil {
		return params, cli.Usage(unfit(err))
	}
	for name, text := range in.goFields {
		reflect.ValueOf(&params).Elem().FieldByName(name).SetString(text)
	}
	return params, nil
}

// unfit describes a field of another type, without its value.
func unfit(err error) error {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("the field %s is not %s", wrong.Field, kindName(wrong.Type))
	}
	return errors.New("a field of the body has a value that does not fit")
}
