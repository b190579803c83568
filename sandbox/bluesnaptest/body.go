package bluesnaptest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// readJSON reads one object and ignores unknown fields.
func readJSON[In any](r io.Reader) (in In, err error) {
	decoder := json.NewDecoder(r)
	var whole json.RawMessage
	if decoder.Decode(&whole) != nil || !bytes.HasPrefix(whole, []byte("{")) {
		return in, invalid("body", "is no JSON object")
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return in, invalid("body", "is more than one JSON object")
	}
	err = json.Unmarshal(whole, &in)
	var shown *apiError
	var wrong *json.UnmarshalTypeError
	switch {
	case err == nil:
		return in, nil
	case errors.As(err, &shown):
		return in, shown
	case errors.As(err, &wrong) && wrong.Field != "":
		return in, invalid(wrong.Field, "has the wrong type")
	default:
		return in, invalid("body", "is no JSON object of this operation")
	}
}

// word is a string that clients also write as a number, such as an id.
type word string

func (w *word) UnmarshalJSON(data []byte) error {
	if text := string(data); text != "null" && text[0] != '"' {
		if text[0] != '-' && (text[0] < '0' || text[0] > '9') {
			return invalid("body", "has an id or amount that is neither text nor number")
		}
		*w = word(text)
		return nil
	}
	return json.Unmarshal(data, (*string)(w))
}

func (w word) number() any {
	if n, err := strconv.ParseInt(string(w), 10, 64); err == nil {
		return n
	}
	return string(w)
}

type money int64

// decimal matches an amount: at most 12 digits, so that sums fit into an int64.
var decimal = regexp.MustCompile(`^\d{1,12}(\.\d+)?$`)

// readMoney reads an amount such as "11.00", which must be above zero.
func readMoney(property string, amount word) (money, error) {
	if amount == "" {
		return 0, invalid(property, "is required")
	}
	if !decimal.MatchString(string(amount)) {
		return 0, invalid(property, "is no amount")
	}
	whole, fraction, _ := strings.Cut(string(amount), ".")
	if len(fraction) > 2 {
		return 0, bad("14021", "AMOUNT_EXCEEDED_MAXIMUM_ALLOWED_FRACTION_DIGITS", "Two digits after the point at most")
	}
	sum, err := strconv.ParseInt(whole+fraction+"00"[len(fraction):], 10, 64)
	if err != nil { // the digits are counted
		return 0, invalid(property, "is no amount")
	}
	if sum == 0 {
		return 0, processing("INVALID_AMOUNT")
	}
	return money(sum), nil
}

func (m money) String() string {
	whole, cents := strconv.FormatInt(int64(m)/100, 10), strconv.FormatInt(int64(m)%100, 10)
	return whole + "." + "0"[:2-len(cents)] + cents
}

func (m money) MarshalJSON() ([]byte, error) { return []byte(m.String()), nil }

type field struct {
	name  string
	given bool
}

func required(fields ...field) error {
	for _, f := range fields {
		if !f.given {
			return invalid(f.name, "is required")
		}
	}
	return nil
}

var currencyCode = regexp.MustCompile(`^[A-Z]{3}$`)

func checkCurrency(code string) error {
	if !currencyCode.MatchString(code) {
		return invalid("currency", "is no currency")
	}
	return nil
}
