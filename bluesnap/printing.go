package bluesnap

import (
	"fmt"
	"log/slog"

	"github.com/bardge/bardge-go/internal/wire"
)

// How the types with secrets or Extra fields are printed and logged: by their
// fields, which hide what they must. Left to itself, fmt looks past that behind a
// pointer under a verb such as %s, and the JSON handler of log/slog writes what is in
// Extra. Inside a value of the caller's own, RedactSecrets hides that.

func logged(v any) slog.Value { return slog.StringValue(fmt.Sprint(v)) }

// Format shows no secret, under any verb.
func (v CardHolderInfo) Format(f fmt.State, _ rune) { wire.Show(f, v) }

// LogValue logs what Format prints.
func (v CardHolderInfo) LogValue() slog.Value { return logged(v) }

// Format shows no secret, under any verb.
func (v CreditCard) Format(f fmt.State, _ rune) { wire.Show(f, v) }

// LogValue logs what Format prints.
func (v CreditCard) LogValue() slog.Value { return logged(v) }

// Format shows no secret, under any verb.
func (v ECPTransaction) Format(f fmt.State, _ rune) { wire.Show(f, v) }

// LogValue logs what Format prints.
func (v ECPTransaction) LogValue() slog.Value { return logged(v) }

// Format shows no secret, under any verb.
func (v PayerInfo) Format(f fmt.State, _ rune) { wire.Show(f, v) }

// LogValue logs what Format prints.
func (v PayerInfo) LogValue() slog.Value { return logged(v) }

// Format shows no secret, under any verb.
func (v ProcessingInfo) Format(f fmt.State, _ rune) { wire.Show(f, v) }

// LogValue logs what Format prints.
func (v ProcessingInfo) LogValue() slog.Value { return logged(v) }

// Format shows no secret, under any verb.
func (v CardTransactionParams) Format(f fmt.State, _ rune) { wire.Show(f, v) }

// LogValue logs what Format prints.
func (v CardTransactionParams) LogValue() slog.Value { return logged(v) }

// Format shows no secret, under any verb.
func (v CardTransaction) Format(f fmt.State, _ rune) { wire.Show(f, v) }

// LogValue logs what Format prints.
func (v CardTransaction) LogValue() slog.Value { return logged(v) }

// Format shows no secret, under any verb.
func (v CaptureParams) Format(f fmt.State, _ rune) { wire.Show(f, v) }

// LogValue logs what Format prints.
func (v CaptureParams) LogValue() slog.Value { return logged(v) }

// Format shows no secret, under any verb.
func (v RefundParams) Format(f fmt.State, _ rune) { wire.Show(f, v) }

// LogValue logs what Format prints.
func (v RefundParams) LogValue() slog.Value { return logged(v) }

// Format shows no secret, under any verb.
func (v Refund) Format(f fmt.State, _ rune) { wire.Show(f, v) }

// LogValue logs what Format prints.
func (v Refund) LogValue() slog.Value { return logged(v) }

// Format shows no secret, under any verb.
func (v AltTransactionParams) Format(f fmt.State, _ rune) { wire.Show(f, v) }

// LogValue logs what Format prints.
func (v AltTransactionParams) LogValue() slog.Value { return logged(v) }

// Format shows no secret, under any verb.
func (v AltTransaction) Format(f fmt.State, _ rune) { wire.Show(f, v) }

// LogValue logs what Format prints.
func (v AltTransaction) LogValue() slog.Value { return logged(v) }

// Format shows no secret, under any verb.
func (v VaultedShopperParams) Format(f fmt.State, _ rune) { wire.Show(f, v) }

// LogValue logs what Format prints.
func (v VaultedShopperParams) LogValue() slog.Value { return logged(v) }

// Format shows no secret, under any verb.
func (v PaymentSources) Format(f fmt.State, _ rune) { wire.Show(f, v) }

// LogValue logs what Format prints.
func (v PaymentSources) LogValue() slog.Value { return logged(v) }

// Format shows no secret, under any verb.
func (v CreditCardInfo) Format(f fmt.State, _ rune) { wire.Show(f, v) }

// LogValue logs what Format prints.
func (v CreditCardInfo) LogValue() slog.Value { return logged(v) }

// Format shows no secret, under any verb.
func (v VaultedShopper) Format(f fmt.State, _ rune) { wire.Show(f, v) }

// LogValue logs what Format prints.
func (v VaultedShopper) LogValue() slog.Value { return logged(v) }

// Format shows no secret, under any verb.
func (v PlanParams) Format(f fmt.State, _ rune) { wire.Show(f, v) }

// LogValue logs what Format prints.
func (v PlanParams) LogValue() slog.Value { return logged(v) }

// Format shows no secret, under any verb.
func (v Plan) Format(f fmt.State, _ rune) { wire.Show(f, v) }

// LogValue logs what Format prints.
func (v Plan) LogValue() slog.Value { return logged(v) }

// Format shows no secret, under any verb.
func (v PaymentSource) Format(f fmt.State, _ rune) { wire.Show(f, v) }

// LogValue logs what Format prints.
func (v PaymentSource) LogValue() slog.Value { return logged(v) }

// Format shows no secret, under any verb.
func (v SubscriptionParams) Format(f fmt.State, _ rune) { wire.Show(f, v) }

// LogValue logs what Format prints.
func (v SubscriptionParams) LogValue() slog.Value { return logged(v) }

// Format shows no secret, under any verb.
func (v Subscription) Format(f fmt.State, _ rune) { wire.Show(f, v) }

// LogValue logs what Format prints.
func (v Subscription) LogValue() slog.Value { return logged(v) }

// Format shows no secret, under any verb.
func (v OnDemandParams) Format(f fmt.State, _ rune) { wire.Show(f, v) }

// LogValue logs what Format prints.
func (v OnDemandParams) LogValue() slog.Value { return logged(v) }

// Format shows no secret, under any verb.
func (v ChargeParams) Format(f fmt.State, _ rune) { wire.Show(f, v) }

// LogValue logs what Format prints.
func (v ChargeParams) LogValue() slog.Value { return logged(v) }

// Format shows no secret, under any verb.
func (v Charge) Format(f fmt.State, _ rune) { wire.Show(f, v) }

// LogValue logs what Format prints.
func (v Charge) LogValue() slog.Value { return logged(v) }

// Format shows no secret, under any verb.
func (v VendorParams) Format(f fmt.State, _ rune) { wire.Show(f, v) }

// LogValue logs what Format prints.
func (v VendorParams) LogValue() slog.Value { return logged(v) }

// Format shows no secret, under any verb.
func (v Vendor) Format(f fmt.State, _ rune) { wire.Show(f, v) }

// LogValue logs what Format prints.
func (v Vendor) LogValue() slog.Value { return logged(v) }

// Format shows no secret, under any verb.
func (v WalletParams) Format(f fmt.State, _ rune) { wire.Show(f, v) }

// LogValue logs what Format prints.
func (v WalletParams) LogValue() slog.Value { return logged(v) }

// Format shows no secret, under any verb.
func (v ApplePay) Format(f fmt.State, _ rune) { wire.Show(f, v) }

// LogValue logs what Format prints.
func (v ApplePay) LogValue() slog.Value { return logged(v) }

// Format shows no secret, under any verb.
func (v Wallet) Format(f fmt.State, _ rune) { wire.Show(f, v) }

// LogValue logs what Format prints.
func (v Wallet) LogValue() slog.Value { return logged(v) }

// Format shows no secret, under any verb.
func (v ReportParams) Format(f fmt.State, _ rune) { wire.Show(f, v) }

// LogValue logs what Format prints.
func (v ReportParams) LogValue() slog.Value { return logged(v) }

// Format shows no secret, under any verb.
func (v ReportColumn) Format(f fmt.State, _ rune) { wire.Show(f, v) }

// LogValue logs what Format prints.
func (v ReportColumn) LogValue() slog.Value { return logged(v) }

// Format shows no secret, under any verb.
func (v Report) Format(f fmt.State, _ rune) { wire.Show(f, v) }

// LogValue logs what Format prints.
func (v Report) LogValue() slog.Value { return logged(v) }

// Format shows no secret, under any verb.
func (v UserParams) Format(f fmt.State, _ rune) { wire.Show(f, v) }

// LogValue logs what Format prints.
func (v UserParams) LogValue() slog.Value { return logged(v) }

// Format shows no secret, under any verb.
func (v User) Format(f fmt.State, _ rune) { wire.Show(f, v) }

// LogValue logs what Format prints.
func (v User) LogValue() slog.Value { return logged(v) }
