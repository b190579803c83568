package idem

import "strings"

// Inspection is what [Config].Inspect gets: a call that has ended.
type Inspection struct {
	Operation *Operation // its row
	Attempts  []Attempt  // in order; one has the status 0 if no response came
	// Response is the last one that an attempt brought. Nil: none came, or the
	// call's response was read from the state that the operation left.
	Response *Response
	// Executed: the response is the API's own, and shows that the operation was
	// executed.
	Executed bool
	Cut      bool    // the response's body was not read whole: Response has none
	Replayed bool    // the response has the replay mark
	Drift    []Drift // what Call.Decode found in the response
}

// inspect completes the drift of a call that has ended.
func (o *operation) inspect(r *Result) {
	defer o.engine.panics.contain("Inspect")
	in := Inspection{
		Operation: &o.call.Request.Operation, Attempts: r.Attempts, Response: r.Response, Replayed: r.Replayed,
		Executed: r.Verdict == VerdictDone || r.Verdict == VerdictResponseLost, Drift: r.Drift,
		Cut: r.Response != nil && r.Response.cut,
	}
	if r.Recovered {
		in.Response, in.Executed = nil, false
	}
	r.Drift = o.engine.inspect(in)
}

// Drift is one difference between a response and the API's description. It
// holds names and kinds, never a field's value.
type Drift struct {
	Kind DriftKind // what differs
	// Path is where in the response: "data[3].status", "error.code", "status"
	// for the HTTP status, or a header's name. Empty is the whole body. The
	// last of a list that was cut has the Path "...", and the gravest Kind of
	// what was left out.
	Path string
	// Field is the field of the description, type and JSON name, such as
	// "Booking.status"; empty for statuses and headers.
	Field string
	// Want is the JSON type of the description: string, integer, number,
	// boolean, object, array or time; of a time in another unit, seconds or
	// milliseconds, and so is Got. It may be empty.
	Want string
	// Got is the JSON type that came, an HTTP status such as "429", or an error
	// code if it is an identifier. Empty: nothing came, or null.
	Got string
}

// DriftKind is a kind of difference.
type DriftKind string

// The kinds of drift.
const (
	// DriftUnknownField: the description has no such field.
	DriftUnknownField DriftKind = "unknown field"
	// DriftMissingField: absent or null, although each response should have it.
	DriftMissingField DriftKind = "missing field"
	// DriftType: another JSON type. The value has the field if it could be read
	// as the field's type, such as a number in a string; else it is zero.
	DriftType DriftKind = "type"
	// DriftItem: the value lacks this item of a list, because an essential
	// field of it is missing or does not fit.
	DriftItem DriftKind = "item left out"
	// DriftValue: a value that an enumeration does not have.
	DriftValue DriftKind = "unknown value"
	// DriftTag: the field that names the object's type names another one.
	DriftTag DriftKind = "type tag"
	// DriftCode: an error code that is not described.
	DriftCode DriftKind = "unknown code"
	// DriftErrorType: a category of error that is not described.
	DriftErrorType DriftKind = "unknown error type"
	// DriftStatus: an HTTP status that is not described, of any attempt.
	DriftStatus DriftKind = "unknown status"
	// DriftHeader: a header is missing, or has another form.
	DriftHeader DriftKind = "header"
	// DriftContentType: the body has another media type.
	DriftContentType DriftKind = "content type"
)

// String returns the drift in words, such as "missing field: Booking.status at
// data[3].status". A path that adds nothing to the field or kind is left out.
func (d Drift) String() string {
	var b strings.Builder
	b.WriteString(string(d.Kind))
	sep := ": "
	part := func(word, text string) {
		if text != "" {
			b.WriteString(sep + word + text)
			sep = " "
		}
	}
	part("", d.Field)
	_, property, _ := strings.Cut(d.Field, ".")
	switch {
	case d.Kind == DriftStatus, d.Path == property:
	case d.Field == "":
		part("", d.Path)
	default:
		part("at ", d.Path)
	}
	part("want ", d.Want)
	part("got ", d.Got)
	return b.String()
}

// DriftError lists the drift of a response whose value is good for use.
// Call.Decode returns it beside the value, or inside of an error.
type DriftError []Drift

// Error lists the drift in words.
func (d DriftError) Error() string {
	words := make([]string, len(d))
	for i, one := range d {
		words[i] = one.String()
	}
	return "the response differs from the description: " + strings.Join(words, ", ")
}
