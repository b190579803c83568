package fakeserver

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bardge/bardge-go/internal/jsontree"
)

// BendContract is what bends are checked against: a vendor's contract.
type BendContract struct {
	// Operations are all operations.
	Operations []BendOperation
	// Error is the shape of the body of errors.
	Error Shape
	// Headers are the response headers that can be bent.
	Headers []string
}

// BendOperation is an operation of a [BendContract].
type BendOperation struct {
	// Name is the operation's name, Method and Path its place below the base
	// URL.
	Name, Method, Path string
	// Response is the shape of a success's body; one without types, fields and
	// items is any.
	Response Shape
	// Request is the shape of a request's body; without fields it has none.
	Request Shape
}

// bendCheck is a contract, as bends have changed it so far.
type bendCheck struct {
	headers []string
	failure Shape
	all     []BendOperation

	bent []*BendOperation // of the bend that is checked
}

// CheckBends returns an error if a bend is not complete, or names an operation,
// field or header that neither the contract nor an earlier bend has. It changes
// the contract's shapes.
func CheckBends(bends []Bend, contract BendContract) error {
	c := &bendCheck{headers: contract.Headers, failure: contract.Error, all: contract.Operations}
	for _, b := range bends {
		if err := c.check(b); err != nil {
			return fmt.Errorf("sandbox: bend %q: %w", b, err)
		}
	}
	return checkRoutes(bends, contract.Operations)
}

func (c *bendCheck) check(b Bend) error {
	kind, err := bendKindOf(b.Kind)
	if err != nil {
		return err
	}
	if !kind.complete(b) {
		return fmt.Errorf("it is not of the form OPERATION: %s", kind.Form())
	}
	c.bent = nil
	for i := range c.all {
		if b.bends(c.all[i].Name) {
			c.bent = append(c.bent, &c.all[i])
		}
	}
	if len(c.bent) == 0 {
		return fmt.Errorf("no operation is named %q", b.Operation)
	}
	return kind.check(c, b)
}

// shapes are the shapes that a bend of bodies changes.
func (c *bendCheck) shapes(path bendPath) []*Shape {
	if path.ofError() {
		return []*Shape{&c.failure}
	}
	all := make([]*Shape, len(c.bent))
	for i, operation := range c.bent {
		all[i] = &operation.Response
	}
	return all
}

// holders returns the shapes of the objects or lists at whose end the bend's
// field may be, and its last step.
func (c *bendCheck) holders(b Bend) ([]*Shape, bendStep, error) {
	path, err := parseBendPath(b.Subject)
	if err != nil {
		return nil, bendStep{}, err
	}
	in, step := path.last()
	var found []*Shape
	for _, s := range c.shapes(path) {
		if holder, known := in.shapeAt(s); known {
			found = append(found, holder)
		}
	}
	if len(found) == 0 {
		return nil, step, c.unknown(b)
	}
	return found, step, nil
}

// find returns the shapes of the objects or lists that have the bend's field.
func (c *bendCheck) find(b Bend) ([]*Shape, bendStep, error) {
	holders, step, err := c.holders(b)
	if err != nil {
		return nil, step, err
	}
	holders = slices.DeleteFunc(holders, func(s *Shape) bool {
		_, known := bendPath{step}.shapeAt(s)
		return !known
	})
	if len(holders) == 0 {
		return nil, step, c.unknown(b)
	}
	return holders, step, nil
}

func (*bendCheck) unknown(b Bend) error {
	if b.Operation == EveryOperation {
		return fmt.Errorf("no operation's response has a field %q", b.Subject)
	}
	return fmt.Errorf("the response has no field %q", b.Subject)
}

// findField is find for what only a field can undergo, not an item of a list.
func (c *bendCheck) findField(b Bend) ([]*Shape, bendStep, error) {
	holders, step, err := c.find(b)
	if err == nil && step.name == "" {
		err = fmt.Errorf("%q is an item of a list, not a field", b.Subject)
	}
	return holders, step, err
}

// replace gives fields another shape.
func replace(holders []*Shape, step bendStep, shape Shape) {
	for _, holder := range holders {
		if step.name != "" && holder.Fields != nil {
			holder.Fields[step.name] = shape
		}
	}
}

func checkRename(c *bendCheck, b Bend) error {
	holders, step, err := c.findField(b)
	if err != nil {
		return err
	}
	if err := checkName(b.Value); err != nil {
		return err
	}
	for _, holder := range holders {
		if _, taken := holder.Fields[b.Value]; taken {
			return fmt.Errorf("there is a field %q already", b.Value)
		}
		if holder.Fields != nil {
			holder.Fields[b.Value] = holder.Fields[step.name]
			delete(holder.Fields, step.name)
		}
	}
	return nil
}

func checkRemove(c *bendCheck, b Bend) error {
	holders, step, err := c.findField(b)
	for _, holder := range holders {
		delete(holder.Fields, step.name)
	}
	return err
}

func checkAdd(c *bendCheck, b Bend) error {
	holders, step, err := c.holders(b)
	if err != nil {
		return err
	}
	if step.name == "" {
		return fmt.Errorf("%q is an item of a list, not a field", b.Subject)
	}
	for _, holder := range holders {
		if _, taken := holder.Fields[step.name]; taken {
			return fmt.Errorf("there is a field %q already; see %q", b.Subject, BendSet)
		}
	}
	replace(holders, step, Shape{})
	return checkJSON(b.Value)
}

func checkSet(c *bendCheck, b Bend) error {
	holders, step, err := c.find(b)
	if err != nil {
		return err
	}
	replace(holders, step, Shape{})
	return checkJSON(b.Value)
}

func checkRetype(c *bendCheck, b Bend) error {
	holders, step, err := c.find(b)
	if err != nil {
		return err
	}
	replace(holders, step, Shape{})
	return checkOneOf("type", b.Value, jsonTypes)
}

func checkTime(c *bendCheck, b Bend) error {
	holders, step, err := c.find(b)
	if err != nil {
		return err
	}
	if !hasType(holders, step, "integer") {
		return fmt.Errorf("%q is no time", b.Subject)
	}
	return checkOneOf("unit", b.Value, []string{"seconds", "milliseconds", "microseconds", "iso", "date"})
}

func checkCase(c *bendCheck, b Bend) error {
	holders, step, err := c.find(b)
	if err != nil {
		return err
	}
	if !hasType(holders, step, "string") {
		return fmt.Errorf("%q is no text", b.Subject)
	}
	return checkOneOf("case", b.Value, []string{"upper", "lower"})
}

// hasType reports whether one of the fields may be of a type.
func hasType(holders []*Shape, step bendStep, name string) bool {
	return slices.ContainsFunc(holders, func(holder *Shape) bool {
		found, _ := bendPath{step}.shapeAt(holder)
		return len(found.Types) == 0 || slices.Contains(found.Types, name)
	})
}

func checkWrap(c *bendCheck, b Bend) error {
	for _, operation := range c.bent {
		operation.Response = Shape{Fields: map[string]Shape{b.Value: operation.Response}}
	}
	return checkName(b.Value)
}

func checkUnwrap(c *bendCheck, b Bend) error {
	if _, _, err := c.findField(b); err != nil {
		return err
	}
	path := knownPath(b.Subject)
	for _, whole := range c.shapes(path) {
		if inner, known := path.shapeAt(whole); known {
			*whole = *inner
		}
	}
	return nil
}

func checkNothing(*bendCheck, Bend) error { return nil }

func checkStatus(_ *bendCheck, b Bend) error {
	for _, text := range []string{b.Subject, b.Value} {
		status, err := strconv.Atoi(text)
		if err != nil || status < 200 || status > 599 || text != strconv.Itoa(status) {
			return fmt.Errorf("%q is no status from 200 to 599", text)
		}
	}
	if b.Subject == b.Value {
		return errors.New("the statuses are the same")
	}
	return nil
}

func checkHeader(c *bendCheck, b Bend) error {
	if !slices.ContainsFunc(c.headers, func(known string) bool { return strings.EqualFold(known, b.Subject) }) {
		return fmt.Errorf("%q is none of the headers %s", b.Subject, strings.Join(c.headers, ", "))
	}
	if b.Kind == BendRenameHeader && !headerName.MatchString(b.Value) {
		return fmt.Errorf("%q is no name of a header", b.Value)
	}
	if strings.ContainsFunc(b.Value, func(r rune) bool { return r < ' ' || r > '~' }) {
		return errors.New("the value of a header is visible ASCII")
	}
	return nil
}

var headerName = regexp.MustCompile(`^[A-Za-z0-9-]{1,64}$`)

func checkDuration(_ *bendCheck, b Bend) error {
	if _, err := time.ParseDuration(b.Value); err != nil {
		return fmt.Errorf("%q is no time, such as 90s", b.Value)
	}
	return nil
}

func checkLatency(c *bendCheck, b Bend) error {
	if err := checkDuration(c, b); err != nil {
		return err
	}
	if duration(b) < 0 {
		return fmt.Errorf("a latency of %s is negative", b.Value)
	}
	return nil
}

func checkOneOf(what, name string, known []string) error {
	if !slices.Contains(known, name) {
		return fmt.Errorf("a %s is one of %s, not %q", what, strings.Join(known, ", "), name)
	}
	return nil
}

var fieldName = regexp.MustCompile(`^[^.\[\]\s"]{1,64}$`)

func checkName(name string) error {
	if !fieldName.MatchString(name) {
		return fmt.Errorf("%q is no name of a field", name)
	}
	return nil
}

func checkJSON(text string) error {
	if _, err := jsontree.ParseUnicode([]byte(text)); err != nil {
		return fmt.Errorf("%q is no JSON value, such as 1, null or \"text\"", text)
	}
	return nil
}
