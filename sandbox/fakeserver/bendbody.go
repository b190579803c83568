package fakeserver

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bardge/bardge-go/internal/jsontree"
)

// body returns a response's body as the bends of its operation change it. What
// is no JSON object, and what no bend touches, stays byte for byte.
func (l bendList) body(operation string, status int, body []byte) []byte {
	failed := status >= http.StatusBadRequest
	tree, err := jsontree.Parse(body)
	if err != nil || tree.Kind != jsontree.Object {
		return body
	}
	before := tree.String()
	for _, b := range l {
		kind, err := bendKindOf(b.Kind)
		if err != nil || !b.bends(operation) || kind.body == nil || b.ofErrors() != failed {
			continue
		}
		kind.body(&tree, b)
	}
	if after := tree.String(); after != before {
		return []byte(after)
	}
	return body
}

// ofErrors reports whether a bend of bodies changes the bodies of errors.
func (b Bend) ofErrors() bool { return b.Subject != "" && knownPath(b.Subject).ofError() }

// fields visits the fields at a bend's path: the object they are in, and where.
func fields(v *jsontree.Value, b Bend, visit func(holder *jsontree.Value, i int)) {
	in, step := knownPath(b.Subject).last()
	in.each(v, func(holder *jsontree.Value) {
		if i := slices.IndexFunc(holder.Fields, func(f jsontree.Field) bool { return f.Name == step.name }); i >= 0 {
			visit(holder, i)
		}
	})
}

func renameField(v *jsontree.Value, b Bend) {
	fields(v, b, func(holder *jsontree.Value, i int) { holder.Fields[i].Name = b.Value })
}

func removeField(v *jsontree.Value, b Bend) {
	fields(v, b, func(holder *jsontree.Value, i int) { holder.Fields = slices.Delete(holder.Fields, i, i+1) })
}

func addField(v *jsontree.Value, b Bend) {
	in, step := knownPath(b.Subject).last()
	in.each(v, func(holder *jsontree.Value) {
		if holder.Kind == jsontree.Object {
			holder.Set(step.name, jsonValue(b.Value))
		}
	})
}

func setField(v *jsontree.Value, b Bend) {
	knownPath(b.Subject).each(v, func(v *jsontree.Value) { *v = jsonValue(b.Value) })
}

// jsonValue is a value that was checked.
func jsonValue(text string) jsontree.Value {
	v, _ := jsontree.Parse([]byte(text))
	return v
}

func retypeField(v *jsontree.Value, b Bend) {
	knownPath(b.Subject).each(v, func(v *jsontree.Value) { *v = retyped(*v, b.Value) })
}

// retyped returns a value as another type. What has no such form is the same
// each time: 1, true, or the value inside an object or list.
func retyped(v jsontree.Value, to string) jsontree.Value {
	switch to {
	case "string":
		if v.IsScalar() {
			return jsontree.Value{Kind: jsontree.String, Text: v.Text}
		}
		return jsontree.Value{Kind: jsontree.String, Text: v.String()}
	case "number":
		if number := jsonValue(v.Text); v.Kind == jsontree.String && number.Kind == jsontree.Number {
			return number
		}
		return jsontree.Value{Kind: jsontree.Number, Text: "1"}
	case "boolean":
		return jsontree.Value{Kind: jsontree.Bool, Text: "true"}
	case "object":
		return jsontree.Value{Kind: jsontree.Object, Fields: []jsontree.Field{{Name: "value", Value: v}}}
	default:
		return jsontree.Value{Kind: jsontree.Array, Items: []jsontree.Value{v}}
	}
}

var jsonTypes = []string{"string", "number", "boolean", "object", "list"}

// epochUnits are the forms of a time since the epoch.
var epochUnits = map[string]func(time.Time) int64{
	"seconds":      time.Time.Unix,
	"milliseconds": time.Time.UnixMilli,
	"microseconds": time.Time.UnixMicro,
}

// textUnits are the forms of a time in text.
var textUnits = map[string]string{"iso": time.RFC3339, "date": time.DateOnly}

func retimeField(v *jsontree.Value, b Bend) {
	knownPath(b.Subject).each(v, func(v *jsontree.Value) {
		n, err := strconv.ParseInt(v.Text, 10, 64)
		if v.Kind != jsontree.Number || err != nil {
			return
		}
		t := time.Unix(n, 0).UTC()
		if n >= leastMillis {
			t = time.UnixMilli(n).UTC()
		}
		if unit := epochUnits[b.Value]; unit != nil {
			v.Text = strconv.FormatInt(unit(t), 10)
			return
		}
		*v = jsontree.Value{Kind: jsontree.String, Text: t.Format(textUnits[b.Value])}
	})
}

// leastMillis is the least time that is taken to be in milliseconds: in seconds
// it would be after the year 5000.
const leastMillis = 100_000_000_000

func recaseField(v *jsontree.Value, b Bend) {
	recase := strings.ToLower
	if b.Value == "upper" {
		recase = strings.ToUpper
	}
	knownPath(b.Subject).each(v, func(v *jsontree.Value) {
		if v.Kind == jsontree.String {
			v.Text = recase(v.Text)
		}
	})
}

func wrapBody(v *jsontree.Value, b Bend) {
	*v = jsontree.Value{Kind: jsontree.Object, Fields: []jsontree.Field{{Name: b.Value, Value: *v}}}
}

func unwrapBody(v *jsontree.Value, b Bend) {
	whole := *v
	knownPath(b.Subject).each(&whole, func(inner *jsontree.Value) { *v = *inner })
}
