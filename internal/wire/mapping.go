package wire

import (
	"log/slog"
	"reflect"
	"slices"
	"sync"
)

var logValuerType = reflect.TypeFor[slog.LogValuer]()

// Mapping replaces secrets in a value, at any depth that encoding/json reaches:
// behind pointers and interfaces, in slices, arrays, maps and exported fields.
// It returns a changed copy, and copies only what leads to a secret.
type Mapping struct {
	secrets []reflect.Type // string types
	// logged: the value is for a logger. Secrets are the strings with a
	// LogValue, which replaces them; the keys of maps are replaced, maps with a
	// LogValue are emptied, and unexported fields dropped if they may hold one.
	logged bool
	// types and hidden cache mayHold and drops by reflect.Type.
	types, hidden sync.Map
}

func NewMapping(secrets ...reflect.Type) *Mapping { return &Mapping{secrets: secrets} }

// Apply returns v with its secrets replaced by text, and whether it had any.
func (m *Mapping) Apply(v any, text func(string) string) (any, bool) {
	at := reflect.ValueOf(v)
	if !at.IsValid() || !m.mayHold(at.Type()) {
		return v, false
	}
	w := walk{Mapping: m, text: text}
	mapped, changed := w.value(at)
	if !changed {
		return v, false
	}
	return mapped.Interface(), true
}

// mayHold reports whether a value of type t can lead to a replaced secret.
func (m *Mapping) mayHold(t reflect.Type) bool {
	return remember(&m.types, t, func() bool { return m.leads(t, map[reflect.Type]bool{}) })
}

// drops reports whether an unexported field is dropped: its type contains a
// secret. The value is not read, since a lock may guard it.
func (m *Mapping) drops(f reflect.StructField) bool {
	return m.logged && remember(&m.hidden, f.Type, func() bool { return m.names(f.Type, map[reflect.Type]bool{}) })
}

func remember(known *sync.Map, t reflect.Type, find func() bool) bool {
	if found, ok := known.Load(t); ok {
		return found.(bool) //nolint:forcetypeassert,errcheck // as it was stored
	}
	found := find()
	known.Store(t, found)
	return found
}

// leads is mayHold without the cache.
func (m *Mapping) leads(t reflect.Type, seen map[reflect.Type]bool) bool {
	if m.isSecret(t) || t.Kind() == reflect.Interface {
		return true
	}
	if seen[t] {
		return false
	}
	seen[t] = true
	if t.Kind() != reflect.Struct {
		return slices.ContainsFunc(m.parts(t), func(part reflect.Type) bool { return m.leads(part, seen) })
	}
	for f := range t.Fields() {
		if reachable(f) && m.leads(f.Type, seen) || !reachable(f) && m.drops(f) {
			return true
		}
	}
	return false
}

// names reports whether a type has a secret in a field, interfaces aside.
func (m *Mapping) names(t reflect.Type, seen map[reflect.Type]bool) bool {
	if m.isSecret(t) {
		return true
	}
	if seen[t] {
		return false
	}
	seen[t] = true
	if t.Kind() != reflect.Struct {
		return slices.ContainsFunc(m.parts(t), func(part reflect.Type) bool { return m.names(part, seen) })
	}
	for f := range t.Fields() {
		if m.names(f.Type, seen) {
			return true
		}
	}
	return false
}

func (m *Mapping) isSecret(t reflect.Type) bool { return m.isSecretText(t) || m.hidesItself(t) }

func (m *Mapping) isSecretText(t reflect.Type) bool {
	return slices.Contains(m.secrets, t) || m.logged && t.Kind() == reflect.String && t.Implements(logValuerType)
}

func (m *Mapping) parts(t reflect.Type) []reflect.Type {
	switch t.Kind() {
	case reflect.Map:
		if m.logged {
			return []reflect.Type{t.Elem(), t.Key()}
		}
		return []reflect.Type{t.Elem()}
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return []reflect.Type{t.Elem()}
	default:
		return nil
	}
}

// reachable reports whether encoding/json reads a field.
func reachable(f reflect.StructField) bool {
	return f.IsExported() || f.Anonymous && f.Type.Kind() == reflect.Struct
}

// hidesItself reports whether a map type has a LogValue.
func (m *Mapping) hidesItself(t reflect.Type) bool {
	return m.logged && t.Kind() == reflect.Map && t.Implements(logValuerType)
}

// dropsAny reports whether a struct or its embedded ones have a dropped field.
func (m *Mapping) dropsAny(t reflect.Type) bool {
	for f := range t.Fields() {
		if !reachable(f) && m.drops(f) || !f.IsExported() && reachable(f) && m.dropsAny(f.Type) {
			return true
		}
	}
	return false
}
