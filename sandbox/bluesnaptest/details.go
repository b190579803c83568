package bluesnaptest

import "encoding/json"

// details are what a card payment's request says beside money and payer, and
// the response repeats (documented: "Auth Capture"; inferred: unchanged).
type details struct {
	SoftDescriptor  string          `json:"softDescriptor"`
	DescriptorPhone word            `json:"descriptorPhoneNumber"`
	Initiator       string          `json:"transactionInitiator"`
	TaxReference    string          `json:"taxReference"`
	ThreeDSecure    json.RawMessage `json:"threeDSecure"`
	FraudInfo       json.RawMessage `json:"transactionFraudInfo"`
	Network         json.RawMessage `json:"networkTransactionInfo"`
	MetaData        json.RawMessage `json:"transactionMetaData"`
	Vendors         json.RawMessage `json:"vendorsInfo"`
	Level3          json.RawMessage `json:"level3Data"`
}

// show adds what the response has of the details.
func (d details) show(shown object) {
	for name, value := range map[string]string{
		"softDescriptor": d.SoftDescriptor, "descriptorPhoneNumber": string(d.DescriptorPhone),
		"transactionInitiator": d.Initiator, "taxReference": d.TaxReference,
	} {
		setText(shown, name, value)
	}
	for name, value := range map[string]json.RawMessage{
		"threeDSecure": d.ThreeDSecure, "networkTransactionInfo": d.Network, "transactionMetaData": d.MetaData,
		"vendorsInfo": d.Vendors, "level3Data": d.Level3,
	} {
		if len(value) > 0 {
			shown[name] = value
		}
	}
	if len(d.FraudInfo) > 0 {
		shown["fraudResultInfo"] = object{"deviceDataCollector": "Y"}
	}
}

// processing is what the bank replied to a card payment: the names of the fields
// are documented ("processingInfo"), their values this package's.
func (t *transaction) processing() object {
	info := object{"processingStatus": t.status}
	if t.kind == "" { // not by card
		return info
	}
	info["cvvResponseCode"], info["avsResponseCodeZip"] = "MA", "M"
	info["avsResponseCodeAddress"], info["avsResponseCodeName"] = "M", "U"
	info["authorizationCode"], info["networkTransactionId"] = t.id[len(t.id)-6:], "N0000"+t.id
	return info
}
