package bluesnap

// ProcessingInfo is how far a payment is, and what bank and network replied. Its
// fields are documented ("processingInfo").
type ProcessingInfo struct {
	Status ProcessingStatus `json:"processingStatus,omitempty"` // how far the payment is
	// CVVResponseCode is what became of the security code's check.
	CVVResponseCode string `json:"cvvResponseCode,omitempty"`
	// AVSResponseCodeZip is what became of the postal code's check.
	AVSResponseCodeZip string `json:"avsResponseCodeZip,omitempty"`
	// AVSResponseCodeAddress is what became of the address's check.
	AVSResponseCodeAddress string `json:"avsResponseCodeAddress,omitempty"`
	AVSResponseCodeName    string `json:"avsResponseCodeName,omitempty"` // what became of the name's check
	// AuthorizationCode is the bank's, of the original transaction.
	AuthorizationCode string `json:"authorizationCode,omitempty"`
	// NetworkTransactionID is the card network's, of orders by mail or
	// telephone.
	NetworkTransactionID string `json:"networkTransactionId,omitempty"`
	// TransactionRegion is that of the vendor's legal entity, such as "EU".
	TransactionRegion string `json:"transactionRegion,omitempty"`
	Extra             Extra  `json:"-"` // what is not modelled
}

// ProcessingStatus is how far a payment is. An executed one may be pending. The
// set is open.
type ProcessingStatus string

// The processing statuses of payments (documented: "processingInfo").
const (
	ProcessingSuccess               ProcessingStatus = "SUCCESS"
	ProcessingFail                  ProcessingStatus = "FAIL"
	ProcessingPending               ProcessingStatus = "PENDING"
	ProcessingPendingMerchantReview ProcessingStatus = "PENDING_MERCHANT_REVIEW"
	ProcessingRefunded              ProcessingStatus = "REFUNDED"     // of payments without a card
	ProcessingChargebacked          ProcessingStatus = "CHARGEBACKED" // of PayPal
)

// FraudResultInfo is what the fraud prevention found. That a response has it is
// documented ("Auth Capture"), its field is known from other people's clients.
type FraudResultInfo struct {
	DeviceDataCollector string `json:"deviceDataCollector,omitempty"` // "Y" or "N": whether the device was examined
	Extra               Extra  `json:"-"`                             // what is not modelled, such as "fraudEvents"
}

// NetworkTransactionInfo links a payment to an earlier one in the card's
// network. That requests and responses have it is documented
// ("cardTransaction"), its fields are known from other people's clients.
type NetworkTransactionInfo struct {
	// OriginalNetworkTransactionID is the earlier payment's, in requests.
	OriginalNetworkTransactionID string `json:"originalNetworkTransactionId,omitempty"`
	NetworkTransactionID         string `json:"networkTransactionId,omitempty"` // this payment's, in responses
	Extra                        Extra  `json:"-"`                              // what is not modelled
}
