package wire

import (
	"log/slog"
	"reflect"
	"slices"
)

const maxMapped = 64

type walk struct {
	*Mapping
	text func(string) string // nil: a logger's
	path []step              // what led here
}

type step struct {
	at uintptr
	of reflect.Type
}

// value returns v with its secrets replaced, and whether it had any.
func (w *walk) value(v reflect.Value) (reflect.Value, bool) {
	t := v.Type()
	switch {
	case w.isSecretText(t):
		if v.String() == "" {
			return v, false
		}
		return reflect.ValueOf(w.replaced(v)).Convert(t), true
	case w.hidesItself(t):
		return reflect.Zero(t), v.Len() > 0
	case !w.mayHold(t):
		return v, false
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return w.reference(v)
	case reflect.Interface:
		if v.IsNil() {
			return v, false
		}
		return w.into(v, v.Elem(), func(out, mapped reflect.Value) { out.Set(mapped) })
	case reflect.Array:
		return w.list(v)
	default:
		out := reflect.New(t).Elem()
		dropped := w.dropsAny(t)
		if !dropped {
			out.Set(v)
		}
		return out, w.fields(out, v, dropped) || dropped
	}
}

func (w *walk) replaced(v reflect.Value) string {
	if w.text == nil {
		return slog.AnyValue(v.Interface()).Resolve().String()
	}
	return w.text(v.String())
}

// reference maps a pointer, slice or map; a cycle or a great depth ends in nil.
func (w *walk) reference(v reflect.Value) (reflect.Value, bool) {
	if v.IsNil() {
		return v, false
	}
	here := step{v.Pointer(), v.Type()}
	if len(w.path) == maxMapped || slices.Contains(w.path, here) {
		return reflect.Zero(v.Type()), true
	}
	w.path = append(w.path, here)
	defer func() { w.path = w.path[:len(w.path)-1] }()
	switch v.Kind() {
	case reflect.Pointer:
		return w.into(v, v.Elem(), func(out, mapped reflect.Value) {
			out.Set(reflect.New(v.Type().Elem()))
			out.Elem().Set(mapped)
		})
	case reflect.Slice:
		return w.list(v)
	default:
		return w.table(v)
	}
}

func (w *walk) into(v, elem reflect.Value, set func(out, mapped reflect.Value)) (reflect.Value, bool) {
	mapped, changed := w.value(elem)
	if !changed {
		return v, false
	}
	out := reflect.New(v.Type()).Elem()
	set(out, mapped)
	return out, true
}

func (w *walk) list(v reflect.Value) (reflect.Value, bool) {
	var out reflect.Value
	for i := range v.Len() {
		mapped, changed := w.value(v.Index(i))
		if !changed {
			continue
		}
		if !out.IsValid() {
			out = reflect.New(v.Type()).Elem()
			if v.Kind() == reflect.Slice {
				out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
			}
			reflect.Copy(out, v)
		}
		out.Index(i).Set(mapped)
	}
	if !out.IsValid() {
		return v, false
	}
	return out, true
}

func (w *walk) table(v reflect.Value) (reflect.Value, bool) {
	out, found := reflect.MakeMapWithSize(v.Type(), v.Len()), false
	for at := v.MapRange(); at.Next(); {
		key, inKey := at.Key(), false
		if w.logged {
			key, inKey = w.value(key)
		}
		mapped, inValue := w.value(at.Value())
		found = found || inKey || inValue
		out.SetMapIndex(key, mapped)
	}
	if !found {
		return v, false
	}
	return out, true
}

// fields maps the reachable fields of a struct into out, and reports whether
// one had a secret. It writes all of them if out is empty.
func (w *walk) fields(out, v reflect.Value, empty bool) bool {
	found := false
	for i := range v.NumField() {
		switch f := v.Type().Field(i); {
		case f.IsExported():
			mapped, changed := w.value(v.Field(i))
			if changed || empty {
				out.Field(i).Set(mapped)
			}
			found = found || changed
		case reachable(f):
			found = w.fields(out.Field(i), v.Field(i), empty) || found
		}
	}
	return found
}
