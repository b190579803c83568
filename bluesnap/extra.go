package bluesnap

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/bardge/bardge-go/internal/sdk"
	"github.com/bardge/bardge-go/internal/wire"
)

//go:generate go run -C ../tools ./methods ../bluesnap

// Extra holds an object's fields, by JSON name, that its type does not model,
// or models otherwise than the vendor: to be sent, or as they came. Nil is
// none. A field that is set already is refused. It prints only its size.
type Extra map[string]any

// String returns how many fields there are.
func (e Extra) String() string { return fmt.Sprintf("[%d more]", len(e)) }

// Format prints String under every verb.
func (e Extra) Format(f fmt.State, _ rune) { sdk.Print(f, e.String()) }

// LogValue logs what String returns.
func (e Extra) LogValue() slog.Value { return slog.StringValue(e.String()) }

// logged is a value for log/slog, as fmt prints it: its JSON handler would
// write what is in Extra. Inside other values, RedactSecrets hides that.
func logged(v any) slog.Value { return slog.StringValue(fmt.Sprint(v)) }

// encodeWith writes the struct v, followed by the extra fields ordered by name.
func encodeWith(v any, extra Extra) ([]byte, error) {
	body, err := wire.Encode(v)
	if err != nil || len(extra) == 0 {
		return body, err
	}
	fields := make([]sdk.Field, 0, len(extra))
	for _, name := range slices.Sorted(maps.Keys(extra)) {
		f, err := sdk.NewField(name, extra[name], wire.Encode)
		if err != nil {
			return nil, err
		}
		fields = append(fields, f)
	}
	return sdk.AddFields(body, fields...)
}

// errMustFit: an id, amount or status that does not fit never becomes zero.
var errMustFit = errors.New("an id, an amount or a status does not fit")

// read reads the body of a success. What cannot be read is an error of package
// wire; if an id, amount or status does not fit, the response is incomplete.
func read[T any](body []byte) (any, error) {
	if crowded(body) {
		return nil, &wire.DecodeError{Reason: "too many fields and items"}
	}
	value, err := wire.Decode[T](body)
	switch {
	case err == nil:
		return value, nil
	case json.Valid(bytes.TrimPrefix(body, []byte("\ufeff"))) && len(bytes.TrimSpace(body)) > 0:
		return nil, fmt.Errorf("%w: %w", ErrResponseIncomplete, err)
	default:
		return nil, err
	}
}

// maxParts is how many fields and items a document may have: each costs ten
// times the memory that it takes in the document.
const maxParts = 200_000

// crowded reports whether a document has more parts than any response.
func crowded(body []byte) bool {
	return bytes.Count(body, []byte(","))+bytes.Count(body, []byte("{"))+bytes.Count(body, []byte("[")) > maxParts
}

// decodeWith reads an object into the struct that v points to, and into extra
// what has no field, or does not fit it. A string takes a number as it is
// written. An exact name wins over one in another letter case.
func decodeWith(body []byte, v any, extra *Extra) error {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(body, &all); err != nil {
		return err
	}
	of := reflect.ValueOf(v).Elem()
	names := namesOf(of.Type())
	for name, raw := range all {
		known, field := nameIn(names, all, name)
		if known != "" {
			fits, err := fill(known, of.Field(field), raw)
			if err != nil {
				return err
			}
			if fits {
				continue
			}
		}
		var value any
		d := json.NewDecoder(bytes.NewReader(raw))
		d.UseNumber() // digits are kept as they are
		if err := d.Decode(&value); err != nil {
			return err
		}
		if *extra == nil {
			*extra = Extra{}
		}
		(*extra)[name] = value
	}
	return nil
}

// nameIn finds the field that an object's name means; "" if there is none.
func nameIn(names map[string]int, all map[string]json.RawMessage, name string) (known string, field int) {
	if field, exact := names[name]; exact {
		return name, field
	}
	for known, field := range names {
		if _, exact := all[known]; !exact && strings.EqualFold(known, name) {
			return known, field
		}
	}
	return "", 0
}

func fill(name string, field reflect.Value, raw json.RawMessage) (fits bool, err error) {
	err = json.Unmarshal(raw, field.Addr().Interface())
	if err == nil {
		return true, nil
	}
	field.SetZero()
	var digits json.Number
	switch {
	case errors.Is(err, errMustFit):
		return false, err
	case field.Kind() == reflect.String && raw[0] != '"' && json.Unmarshal(raw, &digits) == nil:
		field.SetString(digits.String())
		return true, nil
	case strings.HasSuffix(name, "Status"), mustFit(field.Addr().Interface()):
		return false, errMustFit
	default:
		return false, nil
	}
}

// mustFit reports whether a field never becomes zero because of a wrong type.
func mustFit(field any) bool {
	switch field.(type) {
	case *ID, *Amount, *ProcessingStatus, *CardTransactionType, *SubscriptionStatus:
		return true
	default:
		return false
	}
}

// known caches the fields of struct types by JSON name.
var known sync.Map

func namesOf(t reflect.Type) map[string]int {
	if names, ok := known.Load(t); ok {
		return names.(map[string]int) //nolint:forcetypeassert,errcheck // as it was stored
	}
	names := map[string]int{}
	for i := range t.NumField() {
		if name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); name != "" && name != "-" {
			names[name] = i
		}
	}
	known.Store(t, names)
	return names
}
