package scenarios

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// A strict server rejects what the vendor's pages do not name.
func TestAStrictServerTakesEachCallAroundPayments(t *testing.T) {
	sdktest.WithBlueSnapSandbox(t, func(t *testing.T, sb *bluesnaptest.Sandbox, c *bluesnap.Client) {
		ctx, shopper := t.Context(), bluesnap.ID(sb.Seed.ShopperID)
		token, _, err := c.PaymentFields.CreateToken(ctx, bluesnap.PaymentFieldsTokenParams{ShopperID: shopper, AuthenticationRequired3DS: true})
		require.NoError(t, err)
		payment, _, err := c.Transactions.Create(ctx, bluesnap.CardTransactionParams{
			Type: bluesnap.AuthOnly, Amount: "11.00", Currency: "USD", PFToken: token.Token, StoreCard: new(bool),
			ThreeDSecure:           &bluesnap.ThreeDSecure{ECI: "05", CAVV: "c", XID: "x", DSTransactionID: "d", Version: "2.2.0", ReferenceID: "r"},
			TransactionFraudInfo:   &bluesnap.TransactionFraudInfo{FraudSessionID: "s", ShopperIPAddress: "192.0.2.1", ShippingContactInfo: &bluesnap.ContactInfo{Address1: "Road 1"}},
			NetworkTransactionInfo: &bluesnap.NetworkTransactionInfo{OriginalNetworkTransactionID: "n"},
			TransactionInitiator:   "SHOPPER", DescriptorPhoneNumber: "555", TaxReference: "T",
		})
		require.NoError(t, err)
		assert.Equal(t, []string{"MA", "M", "SHOPPER", "Y"}, []string{
			payment.ProcessingInfo.CVVResponseCode, payment.ProcessingInfo.AVSResponseCodeZip, payment.TransactionInitiator,
			payment.FraudResultInfo.DeviceDataCollector,
		})
		_, _, err = c.Transactions.Capture(ctx, bluesnap.CaptureParams{
			TransactionID: payment.TransactionID, SoftDescriptor: "Shop", TaxReference: "T",
			Level3Data:          &bluesnap.Level3Data{Extra: bluesnap.Extra{"customerReferenceNumber": "c"}},
			VendorsInfo:         &bluesnap.VendorsInfo{VendorInfo: []bluesnap.VendorInfo{{VendorID: "3", CommissionPercent: "10"}}},
			TransactionMetaData: &bluesnap.TransactionMetaData{MetaData: []bluesnap.MetaData{{Key: "k", Value: "v"}}},
		})
		require.NoError(t, err)
		_, _, err = c.Transactions.RefundByReference(ctx, payment.MerchantTransactionID, bluesnap.RefundParams{Amount: "1.00"})
		require.NoError(t, err)
		_, _, err = c.VaultedShoppers.Update(ctx, shopper, bluesnap.VaultedShopperParams{
			FirstName: "Ada", Email: "ada@shop.example", Country: "NO", State: "s", City: "Oslo", Address: "Road 1", Address2: "2", Zip: "1",
			Phone: "1", CompanyName: "B", ShopperCurrency: "USD",
			PaymentSources: &bluesnap.PaymentSources{
				CreditCards: []bluesnap.CreditCardInfo{{PFToken: token.Token, BillingContactInfo: &bluesnap.ContactInfo{Zip: "1"}}},
				ECPDetails:  []bluesnap.ECPDetails{{ECP: &bluesnap.ECPTransaction{RoutingNumber: "011075150", AccountNumber: "4099999992"}}},
			},
		})
		require.NoError(t, err)
		_, _, err = c.Subscriptions.ListPlans(ctx, bluesnap.PlanFilter{Status: "ACTIVE", After: "1", PageSize: 20})
		require.NoError(t, err)
		_, _, err = c.Subscriptions.UpdatePlan(ctx, bluesnap.ID(sb.Seed.PlanID), bluesnap.PlanUpdateParams{Name: "Gold", RecurringChargeAmount: "1"})
		require.NoError(t, err)
		_, _, err = c.Subscriptions.List(ctx, bluesnap.SubscriptionFilter{ShopperID: shopper, PlanID: bluesnap.ID(sb.Seed.PlanID)})
		require.NoError(t, err)
		_, _, err = c.Subscriptions.Update(ctx, bluesnap.ID(sb.Seed.SubscriptionID), bluesnap.SubscriptionUpdateParams{
			PlanID: bluesnap.ID(sb.Seed.PlanID), Quantity: 2, AutoRenew: new(bool), NextChargeDate: "2027-01-31",
		})
		require.NoError(t, err)
		_, _, err = c.Subscriptions.Cancel(ctx, bluesnap.ID(sb.Seed.SubscriptionID))
		require.NoError(t, err)
		ben, _, err := c.VaultedShoppers.Create(ctx, bluesnap.VaultedShopperParams{FirstName: "Ben"})
		require.NoError(t, err)
		_, _, err = c.VaultedShoppers.Delete(ctx, ben.VaultedShopperID)
		require.NoError(t, err)
	}, []fakeserver.Option{bluesnaptest.WithStrict()})
}
