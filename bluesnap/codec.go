package bluesnap

// How the types with Extra fields are written and read: their own fields first,
// then the extra ones; both in the type's own JSON object.

// MarshalJSON writes the fields, and those of Extra.
func (v CardHolderInfo) MarshalJSON() ([]byte, error) {
	type plain CardHolderInfo
	return encodeWith(plain(v), v.Extra)
}

// UnmarshalJSON reads the fields, and the rest into Extra.
func (v *CardHolderInfo) UnmarshalJSON(b []byte) error {
	type plain CardHolderInfo
	return decodeWith(b, (*plain)(v), &v.Extra)
}

// MarshalJSON writes the fields, and those of Extra.
func (v CreditCard) MarshalJSON() ([]byte, error) {
	type plain CreditCard
	return encodeWith(plain(v), v.Extra)
}

// UnmarshalJSON reads the fields, and the rest into Extra.
func (v *CreditCard) UnmarshalJSON(b []byte) error {
	type plain CreditCard
	return decodeWith(b, (*plain)(v), &v.Extra)
}

// MarshalJSON writes the fields, and those of Extra.
func (v ECPTransaction) MarshalJSON() ([]byte, error) {
	type plain ECPTransaction
	return encodeWith(plain(v), v.Extra)
}

// UnmarshalJSON reads the fields, and the rest into Extra.
func (v *ECPTransaction) UnmarshalJSON(b []byte) error {
	type plain ECPTransaction
	return decodeWith(b, (*plain)(v), &v.Extra)
}

// MarshalJSON writes the fields, and those of Extra.
func (v PayerInfo) MarshalJSON() ([]byte, error) {
	type plain PayerInfo
	return encodeWith(plain(v), v.Extra)
}

// UnmarshalJSON reads the fields, and the rest into Extra.
func (v *PayerInfo) UnmarshalJSON(b []byte) error {
	type plain PayerInfo
	return decodeWith(b, (*plain)(v), &v.Extra)
}

// MarshalJSON writes the fields, and those of Extra.
func (v ProcessingInfo) MarshalJSON() ([]byte, error) {
	type plain ProcessingInfo
	return encodeWith(plain(v), v.Extra)
}

// UnmarshalJSON reads the fields, and the rest into Extra.
func (v *ProcessingInfo) UnmarshalJSON(b []byte) error {
	type plain ProcessingInfo
	return decodeWith(b, (*plain)(v), &v.Extra)
}

// MarshalJSON writes the fields, and those of Extra.
func (v CardTransactionParams) MarshalJSON() ([]byte, error) {
	type plain CardTransactionParams
	return encodeWith(plain(v), v.Extra)
}

// MarshalJSON writes the fields, and those of Extra.
func (v CardTransaction) MarshalJSON() ([]byte, error) {
	type plain CardTransaction
	return encodeWith(plain(v), v.Extra)
}

// UnmarshalJSON reads the fields, and the rest into Extra.
func (v *CardTransaction) UnmarshalJSON(b []byte) error {
	type plain CardTransaction
	return decodeWith(b, (*plain)(v), &v.Extra)
}

// MarshalJSON writes the fields, and those of Extra.
func (v RefundParams) MarshalJSON() ([]byte, error) {
	type plain RefundParams
	return encodeWith(plain(v), v.Extra)
}

// MarshalJSON writes the fields, and those of Extra.
func (v Refund) MarshalJSON() ([]byte, error) {
	type plain Refund
	return encodeWith(plain(v), v.Extra)
}

// UnmarshalJSON reads the fields, and the rest into Extra.
func (v *Refund) UnmarshalJSON(b []byte) error {
	type plain Refund
	return decodeWith(b, (*plain)(v), &v.Extra)
}

// MarshalJSON writes the fields, and those of Extra.
func (v AltTransactionParams) MarshalJSON() ([]byte, error) {
	type plain AltTransactionParams
	return encodeWith(plain(v), v.Extra)
}

// MarshalJSON writes the fields, and those of Extra.
func (v AltTransaction) MarshalJSON() ([]byte, error) {
	type plain AltTransaction
	return encodeWith(plain(v), v.Extra)
}

// UnmarshalJSON reads the fields, and the rest into Extra.
func (v *AltTransaction) UnmarshalJSON(b []byte) error {
	type plain AltTransaction
	return decodeWith(b, (*plain)(v), &v.Extra)
}

// MarshalJSON writes the fields, and those of Extra.
func (v VaultedShopperParams) MarshalJSON() ([]byte, error) {
	type plain VaultedShopperParams
	return encodeWith(plain(v), v.Extra)
}

// MarshalJSON writes the fields, and those of Extra.
func (v PaymentSources) MarshalJSON() ([]byte, error) {
	type plain PaymentSources
	return encodeWith(plain(v), v.Extra)
}

// UnmarshalJSON reads the fields, and the rest into Extra.
func (v *PaymentSources) UnmarshalJSON(b []byte) error {
	type plain PaymentSources
	return decodeWith(b, (*plain)(v), &v.Extra)
}

// MarshalJSON writes the fields, and those of Extra.
func (v CreditCardInfo) MarshalJSON() ([]byte, error) {
	type plain CreditCardInfo
	return encodeWith(plain(v), v.Extra)
}

// UnmarshalJSON reads the fields, and the rest into Extra.
func (v *CreditCardInfo) UnmarshalJSON(b []byte) error {
	type plain CreditCardInfo
	return decodeWith(b, (*plain)(v), &v.Extra)
}

// MarshalJSON writes the fields, and those of Extra.
func (v VaultedShopper) MarshalJSON() ([]byte, error) {
	type plain VaultedShopper
	return encodeWith(plain(v), v.Extra)
}

// UnmarshalJSON reads the fields, and the rest into Extra.
func (v *VaultedShopper) UnmarshalJSON(b []byte) error {
	type plain VaultedShopper
	return decodeWith(b, (*plain)(v), &v.Extra)
}

// MarshalJSON writes the fields, and those of Extra.
func (v PlanParams) MarshalJSON() ([]byte, error) {
	type plain PlanParams
	return encodeWith(plain(v), v.Extra)
}

// MarshalJSON writes the fields, and those of Extra.
func (v Plan) MarshalJSON() ([]byte, error) {
	type plain Plan
	return encodeWith(plain(v), v.Extra)
}

// UnmarshalJSON reads the fields, and the rest into Extra.
func (v *Plan) UnmarshalJSON(b []byte) error {
	type plain Plan
	return decodeWith(b, (*plain)(v), &v.Extra)
}

// MarshalJSON writes the fields, and those of Extra.
func (v PaymentSource) MarshalJSON() ([]byte, error) {
	type plain PaymentSource
	return encodeWith(plain(v), v.Extra)
}

// UnmarshalJSON reads the fields, and the rest into Extra.
func (v *PaymentSource) UnmarshalJSON(b []byte) error {
	type plain PaymentSource
	return decodeWith(b, (*plain)(v), &v.Extra)
}

// MarshalJSON writes the fields, and those of Extra.
func (v SubscriptionParams) MarshalJSON() ([]byte, error) {
	type plain SubscriptionParams
	return encodeWith(plain(v), v.Extra)
}

// MarshalJSON writes the fields, and those of Extra.
func (v Subscription) MarshalJSON() ([]byte, error) {
	type plain Subscription
	return encodeWith(plain(v), v.Extra)
}

// UnmarshalJSON reads the fields, and the rest into Extra.
func (v *Subscription) UnmarshalJSON(b []byte) error {
	type plain Subscription
	return decodeWith(b, (*plain)(v), &v.Extra)
}

// MarshalJSON writes the fields, and those of Extra.
func (v OnDemandParams) MarshalJSON() ([]byte, error) {
	type plain OnDemandParams
	return encodeWith(plain(v), v.Extra)
}

// MarshalJSON writes the fields, and those of Extra.
func (v ChargeParams) MarshalJSON() ([]byte, error) {
	type plain ChargeParams
	return encodeWith(plain(v), v.Extra)
}

// MarshalJSON writes the fields, and those of Extra.
func (v Charge) MarshalJSON() ([]byte, error) {
	type plain Charge
	return encodeWith(plain(v), v.Extra)
}

// UnmarshalJSON reads the fields, and the rest into Extra.
func (v *Charge) UnmarshalJSON(b []byte) error {
	type plain Charge
	return decodeWith(b, (*plain)(v), &v.Extra)
}

// MarshalJSON writes the fields, and those of Extra.
func (v VendorParams) MarshalJSON() ([]byte, error) {
	type plain VendorParams
	return encodeWith(plain(v), v.Extra)
}

// MarshalJSON writes the fields, and those of Extra.
func (v Vendor) MarshalJSON() ([]byte, error) {
	type plain Vendor
	return encodeWith(plain(v), v.Extra)
}

// UnmarshalJSON reads the fields, and the rest into Extra.
func (v *Vendor) UnmarshalJSON(b []byte) error {
	type plain Vendor
	return decodeWith(b, (*plain)(v), &v.Extra)
}

// MarshalJSON writes the fields, and those of Extra.
func (v WalletParams) MarshalJSON() ([]byte, error) {
	type plain WalletParams
	return encodeWith(plain(v), v.Extra)
}

// MarshalJSON writes the fields, and those of Extra.
func (v ApplePay) MarshalJSON() ([]byte, error) {
	type plain ApplePay
	return encodeWith(plain(v), v.Extra)
}

// UnmarshalJSON reads the fields, and the rest into Extra.
func (v *ApplePay) UnmarshalJSON(b []byte) error {
	type plain ApplePay
	return decodeWith(b, (*plain)(v), &v.Extra)
}

// MarshalJSON writes the fields, and those of Extra.
func (v Wallet) MarshalJSON() ([]byte, error) {
	type plain Wallet
	return encodeWith(plain(v), v.Extra)
}

// UnmarshalJSON reads the fields, and the rest into Extra.
func (v *Wallet) UnmarshalJSON(b []byte) error {
	type plain Wallet
	return decodeWith(b, (*plain)(v), &v.Extra)
}

// MarshalJSON writes the fields, and those of Extra.
func (v ReportParams) MarshalJSON() ([]byte, error) {
	type plain ReportParams
	return encodeWith(plain(v), v.Extra)
}

// MarshalJSON writes the fields, and those of Extra.
func (v ReportColumn) MarshalJSON() ([]byte, error) {
	type plain ReportColumn
	return encodeWith(plain(v), v.Extra)
}

// UnmarshalJSON reads the fields, and the rest into Extra.
func (v *ReportColumn) UnmarshalJSON(b []byte) error {
	type plain ReportColumn
	return decodeWith(b, (*plain)(v), &v.Extra)
}

// MarshalJSON writes the fields, and those of Extra.
func (v Report) MarshalJSON() ([]byte, error) {
	type plain Report
	return encodeWith(plain(v), v.Extra)
}

// UnmarshalJSON reads the fields, and the rest into Extra.
func (v *Report) UnmarshalJSON(b []byte) error {
	type plain Report
	return decodeWith(b, (*plain)(v), &v.Extra)
}

// MarshalJSON writes the fields, and those of Extra.
func (v UserParams) MarshalJSON() ([]byte, error) {
	type plain UserParams
	return encodeWith(plain(v), v.Extra)
}

// MarshalJSON writes the fields, and those of Extra.
func (v User) MarshalJSON() ([]byte, error) {
	type plain User
	return encodeWith(plain(v), v.Extra)
}

// UnmarshalJSON reads the fields, and the rest into Extra.
func (v *User) UnmarshalJSON(b []byte) error {
	type plain User
	return decodeWith(b, (*plain)(v), &v.Extra)
}
