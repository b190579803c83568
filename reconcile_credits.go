package bardge

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
)

// lookForCredits looks for the one movement of the client's credits that is of
// the package's size and name. Movements have no id: whoever bought credits for the
// client at about that time may have made it.
func (c *Client) lookForCredits(ctx context.Context, o PendingOperation) (idem.ReconcileResult, error) {
	var in PurchaseCreditsParams
	if err := json.Unmarshal(o.Body, &in); err != nil {
		return idem.ReconcileResult{}, err
	}
	client, name := sdk.Printable(in.ClientID), sdk.Printable(in.PackageID)
	pack, err := c.creditPackage(ctx, o, in.PackageID)
	if err != nil {
		return idem.ReconcileResult{}, err
	}
	if pack == nil || pack.Name == "" || amount(pack.Credits) == "" {
		return unknown("credit package %s does not tell its name and size", name)
	}
	credits, _, err := c.Clients.Credits(ctx, in.ClientID, exactly(o.Header))
	if err != nil {
		return idem.ReconcileResult{}, err
	}
	found := c.creditsMade(o, pack, credits.Transactions)
	if len(found) != 1 {
		return unknown("client %s has %d credits of that time from package %s", client, len(found), name)
	}
	bought := CreditPurchase{
		Object: "credit_purchase", ClientID: in.ClientID, PackageID: in.PackageID,
		Credits: found[0].Amount, Created: found[0].Timestamp,
	}
	return proven(gen.OpPurchaseCredits, bought, []string{scopeOfCredits(in)},
		"client %s has one credit of that time from package %s", client, name)
}

// creditPackage reads a package; nil if the API does not list it.
func (c *Client) creditPackage(ctx context.Context, o PendingOperation, id string) (*CreditPackage, error) {
	all := c.Credits.AllPackages(ctx, ListCreditPackagesParams{Limit: pageSize}, exactly(o.Header))
	for pack, err := range all {
		if err != nil || pack.ID == id {
			return pack, err
		}
	}
	return nil, nil //nolint:nilnil // a package that is not listed is no error
}

// creditsMade picks the movements that can come from an orphan. The name of the
// package stands in the description (documented by an example), which tells a
// purchase from a refund.
func (c *Client) creditsMade(o PendingOperation, pack *CreditPackage, all []CreditTransaction) []CreditTransaction {
	var found []CreditTransaction
	for _, t := range all {
		if t.Type.Is(CreditTransactionTypeCredit) && amount(t.Amount) == amount(pack.Credits) &&
			strings.Contains(t.Description, pack.Name) && c.madeBy(o, t.Timestamp) {
			found = append(found, t)
		}
	}
	return found
}

// amount writes a number in one way, however the API wrote it; "" if it is none.
func amount(n json.Number) string {
	f, err := n.Float64()
	if err != nil {
		return ""
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}
