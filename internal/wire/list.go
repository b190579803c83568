package wire

// List is one page of a list: the envelope of every list endpoint.
type List[T any] struct {
	// Object is the type tag: always "list".
	Object string `json:"object,omitzero"`

	// Data is the page, newest first unless the endpoint says otherwise.
	Data []T `json:"data"`

	// HasMore reports whether the list goes on beyond this page.
	HasMore bool `json:"has_more"`

	// URL is the path of the list, without a host.
	URL string `json:"url,omitzero"`

	// Message is for people and may be empty.
	Message string `json:"message,omitzero"`
}
