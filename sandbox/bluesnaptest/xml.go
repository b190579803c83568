package bluesnaptest

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

const namespace = "http://ws.plimus.com" // documented

type element struct {
	name  string
	text  string
	inner []element
}

func leaf(name, text string) element { return element{name: name, text: text} }

func (e element) document() []byte {
	var text bytes.Buffer
	text.WriteString(xml.Header)
	encoder := xml.NewEncoder(&text)
	start := xml.StartElement{Name: xml.Name{Local: e.name}, Attr: []xml.Attr{
		{Name: xml.Name{Local: "xmlns"}, Value: namespace},
	}}
	if err := cmp.Or(encoder.EncodeElement(e, start), encoder.Close()); err != nil { // nothing of ours fails to encode
		panic(fmt.Sprintf("bluesnaptest: encode: %v", err))
	}
	return text.Bytes()
}

func (e element) MarshalXML(encoder *xml.Encoder, start xml.StartElement) error {
	err := encoder.EncodeToken(start)
	if e.text != "" {
		err = cmp.Or(err, encoder.EncodeToken(xml.CharData(e.text)))
	}
	for _, one := range e.inner {
		err = cmp.Or(err, encoder.EncodeElement(one, xml.StartElement{Name: xml.Name{Local: one.name}}))
	}
	return cmp.Or(err, encoder.EncodeToken(start.End()))
}

type node struct {
	XMLName xml.Name `xml:""`
	Text    string   `xml:",chardata"`
	Nodes   []node   `xml:",any"`
}

func readXML(r io.Reader) (*node, error) {
	decoder := xml.NewDecoder(r)
	var root node
	if err := decoder.Decode(&root); err != nil {
		return nil, invalid("body", "is no XML document")
	}
	for {
		switch token, err := decoder.Token(); {
		case errors.Is(err, io.EOF):
			return &root, nil
		case err != nil:
			return nil, invalid("body", "is no XML document")
		default:
			if text, ok := token.(xml.CharData); !ok || len(bytes.TrimSpace(text)) > 0 {
				return nil, invalid("body", "is more than one XML document")
			}
		}
	}
}

// find returns the first element at a path of names such as "charge/amount", or
// nil.
func (n *node) find(path string) *node {
	name, rest, deeper := strings.Cut(path, "/")
	for i := range n.Nodes {
		if one := &n.Nodes[i]; one.XMLName.Local == name {
			if !deeper {
				return one
			}
			return one.find(rest)
		}
	}
	return nil
}

// textAt returns the text of the element at a path, "" if there is none.
func (n *node) textAt(path string) string {
	if found := n.find(path); found != nil {
		return strings.TrimSpace(found.Text)
	}
	return ""
}
