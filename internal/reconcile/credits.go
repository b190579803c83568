package reconcile

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

type creditPackage struct {
	ID      string      `json:"id"`
	Name    string      `json:"name"`
	Credits json.Number `json:"credits"`
}

// movement is a movement of a client's credits. It has no id.
type movement struct {
	Type        string      `json:"type"`
	Amount      json.Number `json:"amount"`
	Description string      `json:"description"`
	Timestamp   int64       `json:"timestamp"` // in milliseconds
}

// reconcileCredits finds the one movement with the package's size and name. Any
// purchase for the client at about that time may have made it.
func (o Operation) reconcileCredits(ctx context.Context, in params) (any, string, error) {
	var packages []creditPackage
	if err := o.Read(ctx, "ListCreditPackages", "", &packages); err != nil {
		return nil, "", err
	}
	var size, name string
	if i := slices.IndexFunc(packages, func(p creditPackage) bool { return p.ID == in.PackageID }); i >= 0 {
		size, name = amount(packages[i].Credits), packages[i].Name
	}
	if size == "" || name == "" {
		return o.unknown("credit package %s lacks its name or size", in.PackageID)
	}
	var credits struct {
		Transactions []movement `json:"transactions"`
	}
	if err := o.Read(ctx, "GetClientCredits", in.ClientID, &credits); err != nil {
		return nil, "", err
	}
	// The description names the package (documented by an example), which
	// distinguishes a purchase from a refund.
	found := slices.DeleteFunc(credits.Transactions, func(m movement) bool {
		return !strings.EqualFold(m.Type, "CREDIT") || amount(m.Amount) != size ||
			!strings.Contains(m.Description, name) || !o.mayHaveMade(time.UnixMilli(m.Timestamp))
	})
	if len(found) != 1 {
		return o.unknown("client %s has %d credits of that time from package %s", in.ClientID, len(found), in.PackageID)
	}
	return map[string]any{
		"object": "credit_purchase", "client_id": in.ClientID, "package_id": in.PackageID,
		"credits": found[0].Amount, "created": found[0].Timestamp,
	}, o.text("client %s has one credit of that time from package %s", in.ClientID, in.PackageID), nil
}

// amount normalises a number, however the API wrote it; "" if it is not one.
func amount(n json.Number) string {
	f, err := n.Float64()
	if err != nil {
		return ""
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}
