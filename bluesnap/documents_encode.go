package bluesnap

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strconv"
	"unicode/utf8"

	"github.com/bardge/bardge-go/internal/sdk"
)

// RequestDocument is an XML document for a method of [DocumentsService], with
// the text of its secrets: string(document) is the text. Package fmt, log/slog
// and every encoding write only its size.
type RequestDocument []byte

// String returns the size.
func (d RequestDocument) String() string { return "[" + strconv.Itoa(len(d)) + " bytes]" }

// Format prints String under every verb.
func (d RequestDocument) Format(f fmt.State, _ rune) { sdk.Print(f, d.String()) }

// LogValue logs String.
func (d RequestDocument) LogValue() slog.Value { return slog.StringValue(d.String()) }

// MarshalText writes String.
func (d RequestDocument) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// MarshalBinary hides the text from encoding/gob.
func (d RequestDocument) MarshalBinary() ([]byte, error) { return d.MarshalText() }

// encodeDocument writes v as the root element, in the vendor's namespace, with
// the text of each Secret. It fails instead of replacing a character that XML
// does not have.
func encodeDocument(root string, v any) (RequestDocument, error) {
	var text bytes.Buffer
	start := xml.StartElement{Name: xml.Name{Space: xmlNamespace, Local: root}}
	if err := xml.NewEncoder(&text).EncodeElement(withSecrets(v), start); err != nil {
		return nil, err
	}
	if bytes.ContainsRune(text.Bytes(), utf8.RuneError) {
		return nil, &InvalidError{Field: root, Reason: "has a character that XML cannot carry"}
	}
	return text.Bytes(), nil
}
