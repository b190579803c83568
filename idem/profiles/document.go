package profiles

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// document is the value of a JSON body; nil where it is none.
type document struct{ value any }

func parse(body []byte) document {
	var d document
	decoder := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(body, []byte("\ufeff"))))
	decoder.UseNumber()
	if decoder.Decode(&d.value) != nil || decoder.More() {
		return document{}
	}
	return d
}

// has reports whether a member at the path equals value, or, where value is
// empty, is not empty.
func (d document) has(path, value string) bool {
	texts := d.texts(path)
	if value == "" {
		return len(texts) > 0
	}
	return slices.Contains(texts, value)
}

func (d document) hasAny(paths []string) bool {
	return slices.ContainsFunc(paths, func(path string) bool { return d.has(path, "") })
}

// texts returns the strings and numbers at the path that are not empty. An
// object with members counts as "{}"; true, false and null count as nothing.
func (d document) texts(path string) []string { return textsAt(d.value, strings.Split(path, ".")) }

func textsAt(value any, path []string) []string {
	switch v := value.(type) {
	case []any:
		all := make([]string, 0, len(v))
		for _, item := range v {
			all = append(all, textsAt(item, path)...)
		}
		return all
	case map[string]any:
		return textsIn(v, path)
	}
	if len(path) > 0 {
		return nil
	}
	switch v := value.(type) {
	case string:
		if v != "" {
			return []string{v}
		}
	case json.Number:
		return []string{v.String()}
	}
	return nil
}

func textsIn(object map[string]any, path []string) []string {
	switch {
	case len(path) == 0 && len(object) > 0:
		return []string{"{}"}
	case len(path) == 0:
		return nil
	case path[0] != "*":
		return textsAt(object[path[0]], path[1:])
	}
	var all []string
	for _, member := range object {
		all = append(all, textsAt(member, path[1:])...)
	}
	return all
}
