package calls

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/bardge/bardge-go/internal/jsontree"
)

// checkFields fails for a field that a type does not have, at any depth.
// encoding/json ignores such fields, and the types of package bluesnap keep them
// as extra ones, so that a misspelt amount would go unnoticed.
func checkFields(t reflect.Type, v jsontree.Value) error { return checkFieldsAt("", t, v) }

func checkFieldsAt(at string, t reflect.Type, v jsontree.Value) error {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	for _, item := range v.Items {
		if err := checkFieldsAt(at, t, item); err != nil {
			return err
		}
	}
	if t.Kind() != reflect.Struct || v.Kind != jsontree.Object {
		return nil
	}
	for _, f := range v.Fields {
		field, ok := fieldOf(t, f.Name)
		if !ok {
			return unknownField(at + f.Name)
		}
		if err := checkFieldsAt(at+f.Name+".", field.Type, f.Value); err != nil {
			return err
		}
	}
	return nil
}

func unknownField(name string) error {
	return fmt.Errorf("the operation has no field %q (see --allow-extra-fields)", name)
}

// fieldOf finds a field by its exact name in JSON.
func fieldOf(t reflect.Type, name string) (reflect.StructField, bool) {
	for field := range t.Fields() {
		tag, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if tag == name || tag == "" && field.Name == name {
			return field, true
		}
	}
	return reflect.StructField{}, false
}
