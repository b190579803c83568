package bluesnap

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
	"github.com/bardge/bardge-go/internal/wire"
)

// BlueSnap marks neither replays nor requests nor the types of its objects.
// What an operation made proves that it was executed: its id in the body, or in
// a Location below the operation's own URL.

// xmlNamespace is the vendor's (documented).
const xmlNamespace = "http://ws.plimus.com"

// prove returns what finds the proof in a success at this base URL.
func (o operation) prove(base string) func(int, http.Header, []byte) idem.Proof {
	shape := wire.Shape{Essential: o.essential()}
	return func(_ int, h http.Header, body []byte) idem.Proof {
		located := o.header && o.locates(base, h.Get("Location"))
		if o.xml {
			whole := o.documents(body)
			return proofIf(located || whole, whole || len(body) == 0)
		}
		proof, complete := shape.Prove(body)
		if proof == wire.ProvesOther {
			return idem.Proof{Kind: idem.ProvesOther}
		}
		return proofIf(located || proof == wire.ProvesExecution, located || complete)
	}
}

func proofIf(executed, complete bool) idem.Proof {
	if !executed {
		return idem.Proof{}
	}
	return idem.Proof{Kind: idem.ProvesExecution, Complete: complete}
}

// essential are the fields that show what an operation made or read; of each
// group one is enough. Names are in small letters.
func (o operation) essential() [][]string {
	switch {
	case o.shows != nil:
		return o.shows
	case o.class == idem.Safe:
		return [][]string{{"transactionid", "vaultedshopperid"}}
	case o.name == "CreateSubscription": // that of a bank account may have no id yet
		return [][]string{{"subscriptionid", "planid"}, {"subscriptionid", "vaultedshopperid"}}
	case o.name == "CreateOnDemandSubscription": // likewise (inferred)
		return [][]string{{"subscriptionid", "transactionid"}}
	case o.name == "CreateAccountUpdater": // to those who ask for JSON (inferred)
		return [][]string{{"accountupdatebatchid"}}
	case o.id == "":
		return nil
	default:
		return [][]string{{strings.ToLower(o.id)}}
	}
}

// locates reports whether a Location is below the operation's own URL.
func (o operation) locates(base, location string) bool {
	if locationID(base, location) == "" {
		return false
	}
	own, errOwn := url.Parse(base)
	at, err := url.Parse(location)
	if errOwn != nil || err != nil {
		return false
	}
	path := strings.TrimPrefix(at.Path, own.Path)
	return sdk.PathMatches(o.path+"/{id}", path) ||
		o.name == "PlaceBatchOrder" && sdk.PathMatches("/services/2/orders/{id}", path)
}

// documents reports whether a body is one whole document of the vendor's, and
// no error. If the vendor speaks JSON too, it has to name what was made.
func (o operation) documents(body []byte) bool {
	d := documentReader{Decoder: idem.NewXMLDecoder(body), wanted: kebab(o.id), named: o.id == ""}
	for {
		token, err := d.Token()
		if err != nil {
			return errors.Is(err, io.EOF) && d.named && d.roots == 1
		}
		if !d.take(token) {
			return false
		}
	}
}

// documentReader finds the name of what was made in one document.
type documentReader struct {
	*xml.Decoder

	wanted       string // the element that names it
	named        bool
	depth, roots int
}

// take reports whether the document is still one of the vendor's.
func (d *documentReader) take(token xml.Token) bool {
	switch t := token.(type) {
	case xml.StartElement:
		return d.enter(t)
	case xml.EndElement:
		d.depth--
	case xml.CharData:
		return d.depth > 0 || len(bytes.TrimSpace(t)) == 0
	}
	return true
}

func (d *documentReader) enter(t xml.StartElement) bool {
	if d.depth == 0 {
		d.roots++
		if t.Name.Space != xmlNamespace || t.Name.Local == "messages" {
			return false
		}
	}
	if t.Name.Local != d.wanted || d.named {
		d.depth++
		return true
	}
	var id string
	err := d.DecodeElement(&id, &t)
	d.named = strings.TrimSpace(id) != ""
	return err == nil
}

// kebab is a name of JSON as the vendor writes it in XML.
func kebab(name string) string {
	var b strings.Builder
	for _, c := range name {
		if c >= 'A' && c <= 'Z' {
			b.WriteByte('-')
			c += 'a' - 'A'
		}
		b.WriteRune(c)
	}
	return b.String()
}
