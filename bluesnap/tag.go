package bluesnap

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/bardge/bardge-go/internal/sdk"
)

// A payment carries a merchantTransactionId, by which it can be found when its
// key has long been forgotten (documented: "Retrieve"). Where the caller gives
// none, it is made from the key or, since the key of a ref is chosen later, from
// the ref: the same again for each call that may be the same operation.

const (
	tagField = "merchantTransactionId"
	// tagMax is documented: longer ones are refused (10001).
	tagMax = 50
)

// withTag adds the merchantTransactionId to a payment that has none.
func (c *Client) withTag(op operation, body []byte, s callSettings) ([]byte, error) {
	own := tagIn(body)
	switch {
	case len(own) > tagMax:
		return nil, &InvalidError{Field: tagField, Reason: fmt.Sprintf("is longer than %d bytes", tagMax)}
	case own != "" && !bytes.Contains(body, []byte(`"`+tagField+`"`)): // package json ignores case
		return nil, &InvalidError{Field: tagField, Reason: "is set under a name in another case"}
	case own != "":
		return body, nil
	}
	tag := tagOf("key", s.Key.String())
	if s.Ref != "" {
		tag = c.tagOfRef(op, s.Ref)
	}
	value := strconv.AppendQuote(nil, tag) // of letters, digits and "-"
	return sdk.AddFields(body, sdk.Field{Name: tagField, Value: value})
}

func (c *Client) tagOfRef(op operation, ref string) string { return tagOf("ref", c.base, op.name, ref) }

// tagOf makes an id of 44 characters from parts, each with its length.
func tagOf(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		_, _ = fmt.Fprintf(h, "%d:%s", len(p), p) // a hash takes everything
	}
	return "bluesnap-go-" + hex.EncodeToString(h.Sum(nil)[:16])
}

// tagIn reads the merchantTransactionId of a payment; empty if it has none.
func tagIn(body []byte) string {
	var b struct {
		Tag text `json:"merchantTransactionId"`
	}
	_ = json.Unmarshal(body, &b) // what is no object has no tag
	return string(b.Tag)
}
