package web

import "net/http"

// Error is an error with a status and words of its own.
type Error struct {
	// Status is the response's.
	Status int
	// Title and Text are shown.
	Title, Text string
	// Outside: the request is not let in. The page has neither navigation nor
	// mode then.
	Outside bool
	// Back is where the page's link leads, BackText its words; empty: none.
	Back, BackText string
}

// Error returns the text.
func (e *Error) Error() string { return e.Text }

// NotFound returns an error for what does not exist.
func NotFound(text string) *Error {
	return &Error{Status: http.StatusNotFound, Title: "Not found", Text: text}
}

// Invalid returns an error for a request that cannot be meant so.
func Invalid(text string) *Error {
	return &Error{Status: http.StatusBadRequest, Title: "Invalid request", Text: text}
}
