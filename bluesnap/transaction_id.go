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
// none, it is made from the key or, since the key of a ref is chosen later,
// from the ref: the same again for each call that may be the same operation.

const (
	transactionIDField = "merchantTransactionId"
	// maxTransactionID is documented: longer ones are refused (10001).
	maxTransactionID = 50
)

// withTransactionID adds the merchantTransactionId to a payment that has none.
func (c *Client) withTransactionID(op operation, body []byte, s callSettings) ([]byte, error) {
	own := transactionIDIn(body)
	switch {
	case len(own) > maxTransactionID:
		return nil, &InvalidError{
			Field: transactionIDField, Reason: fmt.Sprintf("is longer than %d bytes", maxTransactionID),
		}
	case own != "" && !bytes.Contains(body, []byte(`"`+transactionIDField+`"`)): // package json ignores case
		return nil, &InvalidError{Field: transactionIDField, Reason: "is set under a name in another case"}
	case own != "":
		return body, nil
	}
	transactionID := hashedTransactionID("key", s.Key.String())
	if s.Ref != "" {
		transactionID = c.transactionIDOfRef(op, s.Ref)
	}
	value := strconv.AppendQuote(nil, transactionID) // of letters, digits and "-"
	return sdk.AddFields(body, sdk.Field{Name: transactionIDField, Value: value})
}

func (c *Client) transactionIDOfRef(op operation, ref string) string {
	return hashedTransactionID("ref", c.base, op.name, ref)
}

// hashedTransactionID makes an id of 44 characters from parts, each with its
// length.
func hashedTransactionID(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		_, _ = fmt.Fprintf(h, "%d:%s", len(p), p) // a hash takes everything
	}
	return "bluesnap-go-" + hex.EncodeToString(h.Sum(nil)[:16])
}

// transactionIDIn reads the merchantTransactionId of a payment; empty if it has
// none.
func transactionIDIn(body []byte) string {
	var b struct {
		TransactionID text `json:"merchantTransactionId"`
	}
	_ = json.Unmarshal(body, &b) // what is no object has no transactionID
	return string(b.TransactionID)
}
