package calls

import (
	"encoding/json"
	"io"
	"iter"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/bluesnap"
)

// page is a page of a list, which prints as its items.
type page struct {
	items any
	more  bool
}

func newPage[T any](list *bardge.List[T]) page {
	switch {
	case list == nil: // the call failed
		return page{}
	case list.Data == nil:
		return page{items: []T{}, more: list.HasMore}
	default:
		return page{items: list.Data, more: list.HasMore}
	}
}

// MarshalJSON writes the items.
func (p page) MarshalJSON() ([]byte, error) { return json.Marshal(p.items) }

// collect reads items to the end, or as many as limit if it is not zero.
func collect[T any](items iter.Seq2[*T, error], limit int) ([]T, error) {
	found := []T{}
	for item, err := range items {
		if err != nil {
			return nil, err
		}
		if found = append(found, *item); len(found) == limit {
			break
		}
	}
	return found, nil
}

// document is the response of an endpoint that speaks XML.
type document bluesnap.Document

// MarshalJSON writes the document as text.
func (d *document) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		ID   string `json:"id,omitempty"`
		Body string `json:"body,omitempty"`
	}{string(d.ID), string(d.Body)})
}

// WritePlain writes the document as it came, or else the id.
func (d *document) WritePlain(w io.Writer) error {
	text := string(d.Body)
	if text == "" {
		text = string(d.ID)
	}
	_, err := io.WriteString(w, text+"\n")
	return err
}

// shown returns a value as the command prints it: a token for payment fields
// hides itself everywhere else, and is made to be read here.
func shown(value any) any {
	made, ok := value.(*bluesnap.PaymentFieldsToken)
	if !ok || made == nil {
		return value
	}
	return struct {
		Token string `json:"token"`
	}{string(made.Token)}
}
