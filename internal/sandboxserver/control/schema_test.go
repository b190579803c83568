package control

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// schemas checks values against the JSON schemas of openapi.json. It knows the
// keywords that the document uses, and fails on others.
type schemas map[string]any

// annotations are keywords that restrict nothing.
var annotations = []string{"description", "examples", "default", "minItems", "maxItems", "maxLength", "maximum"}

// mismatch returns where a value does not fit a schema, or "".
func (s schemas) mismatch(at string, schema map[string]any, value any) string {
	for keyword, rule := range schema {
		if reason := s.keyword(at, keyword, rule, schema, value); reason != "" {
			return reason
		}
	}
	return ""
}

func (s schemas) keyword(at, keyword string, rule any, schema map[string]any, value any) string {
	switch keyword {
	case "$ref":
		name := strings.TrimPrefix(rule.(string), "#/components/schemas/")
		target, ok := s[name].(map[string]any)
		if !ok {
			return at + ": no schema " + name
		}
		return s.mismatch(at, target, value)
	case "type":
		return typeMismatch(at, rule, value)
	case "enum":
		if !slices.Contains(rule.([]any), value) {
			return fmt.Sprintf("%s: %v is not in the enum", at, value)
		}
	case "minimum":
		if number, ok := value.(float64); ok && number < rule.(float64) {
			return fmt.Sprintf("%s: %v is below the minimum", at, value)
		}
	case "exclusiveMinimum":
		if number, ok := value.(float64); ok && number <= rule.(float64) {
			return fmt.Sprintf("%s: %v is not above the minimum", at, value)
		}
	case "format":
		text, ok := value.(string)
		if _, err := time.Parse(time.RFC3339Nano, text); ok && err != nil {
			return at + ": " + err.Error()
		}
	case "items":
		for i, item := range listOf(value) {
			if reason := s.mismatch(fmt.Sprintf("%s[%d]", at, i), rule.(map[string]any), item); reason != "" {
				return reason
			}
		}
	case "required":
		for _, name := range rule.([]any) {
			if _, ok := objectOf(value)[name.(string)]; !ok {
				return fmt.Sprintf("%s: %v is missing", at, name)
			}
		}
	case "properties":
		for name, property := range rule.(map[string]any) {
			field, ok := objectOf(value)[name]
			if !ok {
				continue
			}
			if reason := s.mismatch(at+"."+name, property.(map[string]any), field); reason != "" {
				return reason
			}
		}
	case "additionalProperties":
		known, _ := schema["properties"].(map[string]any)
		for name := range objectOf(value) {
			if _, ok := known[name]; !ok && rule == false {
				return at + ": unknown field " + name
			}
		}
	default:
		if !slices.Contains(annotations, keyword) {
			return at + ": the test does not know the keyword " + keyword
		}
	}
	return ""
}

func objectOf(value any) map[string]any {
	object, _ := value.(map[string]any)
	return object
}

func listOf(value any) []any {
	list, _ := value.([]any)
	return list
}

func typeMismatch(at string, rule, value any) string {
	allowed, several := rule.([]any)
	if !several {
		allowed = []any{rule}
	}
	for _, name := range allowed {
		if isType(name.(string), value) {
			return ""
		}
	}
	return fmt.Sprintf("%s: %T is no %v", at, value, rule)
}

func isType(name string, value any) bool {
	switch value := value.(type) {
	case nil:
		return name == "null"
	case bool:
		return name == "boolean"
	case string:
		return name == "string"
	case []any:
		return name == "array"
	case map[string]any:
		return name == "object"
	case float64:
		return name == "number" || name == "integer" && value == float64(int64(value))
	default:
		return false
	}
}
