package calls

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bardge/bardge-go/internal/jsontree"
)

// paramFlag is the flag of a param. It holds the field's value.
type paramFlag struct {
	param

	value jsontree.Value
	text  string // as it was given
	isSet bool
}

// addParams adds a flag for each param.
func addParams(cmd *cobra.Command, params []param) []*paramFlag {
	made := make([]*paramFlag, len(params))
	for i, p := range params {
		f := &paramFlag{param: p}
		flag := cmd.Flags().VarPF(f, p.flag, "", f.help())
		if p.kind == boolParam {
			flag.NoOptDefVal = "true"
		}
		if len(p.values) > 0 {
			complete := cobra.FixedCompletions(p.values, cobra.ShellCompDirectiveNoFileComp)
			_ = cmd.RegisterFlagCompletionFunc(p.flag, complete) // it fails only for a flag that does not exist
		}
		made[i] = f
	}
	return made
}

func (f *paramFlag) help() string {
	text := f.usage
	if len(f.values) > 0 && !strings.Contains(text, f.values[0]) {
		text += ": " + strings.Join(f.values, ", ")
	}
	if f.required {
		text += " (required)"
	}
	return text
}

var _ pflag.Value = (*paramFlag)(nil)

// Type names the flag's values in the help.
func (f *paramFlag) Type() string {
	switch f.kind {
	case intParam:
		return "int"
	case floatParam:
		return "number"
	case boolParam:
		return "bool"
	case timeParam:
		return "time"
	case textsParam:
		return "strings"
	case secretParam:
		return "file"
	default:
		return "string"
	}
}

// String returns the text as it was given; a flag has no default of its own.
func (f *paramFlag) String() string { return f.text }

// errNotUTF8 refuses a text that JSON cannot hold: it would be sent altered.
var errNotUTF8 = errors.New("not UTF-8")

// Set reads the flag.
func (f *paramFlag) Set(text string) error {
	if !utf8.ValidString(text) {
		return errNotUTF8
	}
	var err error
	switch f.kind {
	case intParam:
		f.value, err = numberValue[int](text)
	case floatParam:
		f.value, err = numberValue[float64](text)
	case boolParam:
		var on bool
		on, err = strconv.ParseBool(text)
		f.value = jsontree.Value{Kind: jsontree.Bool, Text: strconv.FormatBool(on)}
	case timeParam:
		f.value, err = timeValue(text)
	case textsParam:
		for item := range strings.SplitSeq(text, ",") {
			if item == "" {
				err = errors.New("an item is empty")
			}
			f.value.Kind = jsontree.Array
			f.value.Items = append(f.value.Items, textValue(item))
		}
	default:
		f.value = textValue(text)
	}
	f.text, f.isSet = text, true
	return err
}

func textValue(s string) jsontree.Value { return jsontree.Value{Kind: jsontree.String, Text: s} }

// numberValue reads a number as JSON writes it. T is the field's type.
func numberValue[T any](text string) (jsontree.Value, error) {
	var n T
	if err := json.Unmarshal([]byte(text), &n); err != nil {
		return jsontree.Value{}, fmt.Errorf("%q is not such a number", text)
	}
	return jsontree.Value{Kind: jsontree.Number, Text: text}, nil
}

// timeValue reads a date, or a date and time with a zone. The API takes
// milliseconds since the epoch.
func timeValue(text string) (jsontree.Value, error) {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return jsontree.Value{Kind: jsontree.Number, Text: strconv.FormatInt(t.UnixMilli(), 10)}, nil
		}
	}
	return jsontree.Value{}, errors.New("want a time such as 2026-05-10T14:00:00Z, or a date in UTC such as 2026-05-10")
}
