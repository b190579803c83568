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

// A payment carries a merchantTransactionId, by which it is found when its key
// is forgotten (documented: "Retrieve"). The default is made from the key or,
// since a ref's key is chosen later, the ref: the same for the same operation.

const (
	transactionIDField = "merchantTransactionId"
	// maxTransactionID is documented: longer ones are rejected (10001).
	maxTransactionID = 50
)

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

// hashedTransactionID makes 44 characters of parts, each with its length.
func hashedTransactionID(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		_, _ = fmt.Fprintf(h, "%d:%s", len(p), p) // a hash takes everything
	}
	return "bluesnap-go-" + hex.EncodeToString(h.Sum(nil)[:16])
}

// transactionIDIn reads a payment's merchantTransactionId, or "".
func transactionIDIn(body []byte) string {
	var b struct {
		TransactionID text `json:"merchantTransactionId"`
	}
	_ = json.Unmarshal(body, &b) // what is no object has no transactionID
	return string(b.TransactionID)
}
