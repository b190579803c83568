package doctor

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/bardge/bardge-go/idem"
)

// Contract is the part of the contract that a drift belongs to.
type Contract struct {
	Path, Method string // of the operation, as in the contract
	Schema       string // of the object with the drift's field; empty: none
	Enumeration  string // the schema that lists the field's values; empty: none
	Date         string // of today, as in 2026-11-30
}

// Line returns the line of the contract that would make it true, as a path of
// keys and a value in YAML. Empty: no line would.
func (c Contract) Line(d idem.Drift) string {
	_, property, _ := strings.Cut(d.Field, ".")
	at := "components.schemas." + c.Schema + ".properties." + property + ": "
	seen := fmt.Sprintf("x-evidence: observed, x-observed: %q", c.Date)
	switch d.Kind {
	case idem.DriftStatus:
		method := strings.ToLower(c.Method)
		return fmt.Sprintf("paths.%s.%s.responses: {%q: {description: observed %s}}", c.Path, method, d.Got, c.Date)
	case idem.DriftCode:
		return "components.schemas.ErrorCode.x-extensible-enum: [..., " + value(d.Got) + "]"
	case idem.DriftErrorType:
		return "components.schemas.ErrorType.x-extensible-enum: [..., " + value(d.Got) + "]"
	}
	if c.Schema == "" || !isName(property) || property == "data" { // whose items have schemas of their own
		return ""
	}
	switch d.Kind {
	case idem.DriftMissingField:
		return at + "{x-optional: true}"
	case idem.DriftUnknownField:
		return at + "{" + typeOf(d.Got) + ", " + seen + ", description: <what it is>}"
	case idem.DriftType:
		return at + "{" + typeOf(d.Got) + ", " + seen + "}"
	case idem.DriftValue:
		if c.Enumeration == "" {
			return ""
		}
		return "components.schemas." + c.Enumeration + ".x-extensible-enum: [..., " + value("") + "]"
	case idem.DriftTag:
		return "components.schemas." + c.Schema + ".properties." + property + ".x-tags: [..., " + value("") + "]"
	default:
		return ""
	}
}

// isName reports whether a field's name can be a key of the contract.
func isName(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r != '_' && r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}

// value is one of an enumeration, which a drift may not hold.
func value(got string) string {
	if got == "" {
		return "<the value is in Response.Raw>"
	}
	return got
}

// typeOf describes a JSON type as a contract does.
func typeOf(got string) string {
	switch got {
	case "array":
		return "type: array, items: {}"
	case "time":
		return "type: string, format: date-time"
	case "seconds":
		return "type: integer, format: epoch-seconds"
	case "milliseconds":
		return "type: integer, format: epoch-millis"
	case "string", "integer", "number", "boolean", "object":
		return "type: " + got
	default: // null shows no type
		return "nullable: true"
	}
}
