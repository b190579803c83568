package bluesnap

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/bardge/bardge-go/internal/facade"
	"github.com/bardge/bardge-go/wire"
)

// Extra holds the fields of an object that its type does not model, or models
// otherwise than the vendor, by their JSON names: those to be sent, or those that
// came. Nil is none. To send a field that is set already is refused. It prints as
// its size alone, since anything may be in it.
type Extra map[string]any

// String tells how many fields there are.
func (e Extra) String() string { return fmt.Sprintf("[%d more]", len(e)) }

// Format prints String under every verb.
func (e Extra) Format(f fmt.State, _ rune) { facade.Print(f, e.String()) }

// LogValue logs what String tells.
func (e Extra) LogValue() slog.Value { return slog.StringValue(e.String()) }

// encodeWith writes v, which must be a struct, and the extra fields behind its
// own, in the order of their names.
func encodeWith(v any, extra Extra) ([]byte, error) {
	body, err := wire.Encode(v)
	if err != nil || len(extra) == 0 {
		return body, err
	}
	fields := make([]facade.Field, 0, len(extra))
	for _, name := range slices.Sorted(maps.Keys(extra)) {
		f, err := facade.NewField(name, extra[name], wire.Encode)
		if err != nil {
			return nil, err
		}
		fields = append(fields, f)
	}
	return facade.AddFields(body, fields...)
}

// decodeWith reads an object into v, which must point to a struct, and into extra
// what v has no field for.
func decodeWith(body []byte, v any, extra *Extra) error {
	if err := json.Unmarshal(body, v); err != nil {
		return err
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(body, &all); err != nil {
		return err
	}
	names := namesOf(reflect.TypeOf(v).Elem())
	for name, raw := range all {
		if names[name] {
			continue
		}
		if *extra == nil {
			*extra = Extra{}
		}
		var value any
		d := json.NewDecoder(bytes.NewReader(raw))
		d.UseNumber() // digits are kept as they are
		if err := d.Decode(&value); err != nil {
			return err
		}
		(*extra)[name] = value
	}
	return nil
}

// known caches the JSON names of struct types.
var known sync.Map

// namesOf returns the JSON names of a struct's fields.
func namesOf(t reflect.Type) map[string]bool {
	if names, ok := known.Load(t); ok {
		return names.(map[string]bool) //nolint:forcetypeassert,errcheck // as it was stored
	}
	names := map[string]bool{}
	for i := range t.NumField() {
		if name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); name != "" && name != "-" {
			names[name] = true
		}
	}
	known.Store(t, names)
	return names
}
