package wire

// List is one page of a list: the envelope of every list endpoint.
type List[T any] struct {
	Object string `json:"object,omitzero"` // the type tag: always "list"

	Data []T `json:"data"` // newest first unless the endpoint's documentation differs

	HasMore bool `json:"has_more"` // whether the list goes on beyond this page

	URL string `json:"url,omitzero"` // the path of the list, without a host

	Message string `json:"message,omitzero"` // for people; may be empty
}
