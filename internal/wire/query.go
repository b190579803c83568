package wire

import (
	"fmt"
	"math"
	"net/url"
	"strconv"
)

// Query collects a request's query parameters. The zero value is ready for use.
type Query struct {
	values url.Values
	fault  *ParamError // the first one; or nil
}

// Text adds a string, unless it is empty.
func (q *Query) Text(name, value string) {
	if value != "" {
		q.set(name, value)
	}
}

// Int adds a whole number between low and high, unless it is 0.
func (q *Query) Int(name string, value, low, high int) {
	switch {
	case value == 0:
	case value < low || value > high:
		q.fail(name, rangeFault(low, high))
	default:
		q.set(name, strconv.Itoa(value))
	}
}

// Float adds a number between low and high, unless it is nil.
func (q *Query) Float(name string, value *float64, low, high float64) {
	switch {
	case value == nil:
	case !(*value >= low && *value <= high): // NaN is neither
		q.fail(name, rangeFault(low, high))
	default:
		q.set(name, strconv.FormatFloat(*value, 'f', -1, 64))
	}
}

// AtMostOne refuses two parameters that exclude each other.
func (q *Query) AtMostOne(name, other string) {
	if q.values.Has(name) && q.values.Has(other) {
		q.fail(name, "excludes "+other)
	}
}

// Values returns the parameters, nil if none, or the first fault, a
// *[ParamError].
func (q *Query) Values() (url.Values, error) {
	if q.fault != nil {
		return nil, q.fault
	}
	return q.values, nil
}

func (q *Query) set(name, value string) {
	if q.values == nil {
		q.values = url.Values{}
	}
	q.values.Set(name, value)
}

func (q *Query) fail(name, reason string) {
	if q.fault == nil {
		q.fault = &ParamError{Name: name, Reason: reason}
	}
}

// ReceivedQuery reads query parameters in a server, by [Query]'s rules.
type ReceivedQuery struct {
	values url.Values
	checks Query
}

func ReadQuery(values url.Values) *ReceivedQuery { return &ReceivedQuery{values: values} }

// Text reads a string, "" if absent.
func (q *ReceivedQuery) Text(name string) string {
	value := q.values.Get(name)
	q.checks.Text(name, value)
	return value
}

// Int reads a whole number between low and high, 0 if absent.
func (q *ReceivedQuery) Int(name string, low, high int) int {
	if !q.values.Has(name) {
		return 0
	}
	value, err := strconv.Atoi(q.values.Get(name))
	if err != nil || value < low || value > high {
		q.checks.fail(name, rangeFault(low, high))
	}
	return value
}

// Float reads a number between low and high, nil if absent.
func (q *ReceivedQuery) Float(name string, low, high float64) *float64 {
	if !q.values.Has(name) {
		return nil
	}
	value, err := strconv.ParseFloat(q.values.Get(name), 64)
	if err != nil {
		value = math.NaN() // outside any range
	}
	q.checks.Float(name, &value, low, high)
	return &value
}

// AtMostOne refuses two parameters that exclude each other.
func (q *ReceivedQuery) AtMostOne(name, other string) { q.checks.AtMostOne(name, other) }

// Err returns the first fault, a *[ParamError], or nil.
func (q *ReceivedQuery) Err() error {
	_, err := q.checks.Values()
	return err
}

func rangeFault[T int | float64](low, high T) string {
	return fmt.Sprintf("must be between %v and %v", low, high)
}
