package bluesnaptest

import (
	"maps"
	"net/url"
	"regexp"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

type fields = map[string]fakeserver.Shape

// Values of requests, by the vendor's reference. Its examples write numbers and
// ids as JSON numbers in some places and as text in others.
var (
	text     = fakeserver.Shape{Types: []string{"string"}}
	numeric  = fakeserver.Shape{Types: []string{"string", "number"}}
	flag     = fakeserver.Shape{Types: []string{"boolean"}}
	whatever = fakeserver.Shape{Types: []string{"object"}}
)

func record(of fields) fakeserver.Shape {
	return fakeserver.Shape{Types: []string{"object"}, Fields: of}
}

func list(of fakeserver.Shape) fakeserver.Shape {
	return fakeserver.Shape{Types: []string{"array"}, Items: &of}
}

// texts are fields that are texts.
func texts(names ...string) fields {
	all := fields{}
	for _, name := range names {
		all[name] = text
	}
	return all
}

// with merges fields.
func with(groups ...fields) fields {
	all := fields{}
	for _, group := range groups {
		maps.Copy(all, group)
	}
	return all
}

// Objects that several requests have.
var (
	contactFields = with(texts("firstName", "lastName", "email", "phone", "country", "state", "city", "address",
		"address1", "address2", "companyName"), fields{"zip": numeric, "personalIdentificationNumber": numeric})
	payerShape = record(with(contactFields, texts("merchantShopperId")))
	cardShape  = record(fields{
		"cardNumber": numeric, "encryptedCardNumber": text, "cardLastFourDigits": numeric, "cardType": text,
		"expirationMonth": numeric, "expirationYear": numeric, "securityCode": numeric, "encryptedSecurityCode": text,
		"securityCodePfToken": text,
	})
	bankShape = record(fields{
		"routingNumber": numeric, "accountNumber": numeric, "accountType": text, "publicRoutingNumber": numeric,
		"publicAccountNumber": numeric,
	})
	cardSource = record(fields{
		"creditCard": cardShape, "billingContactInfo": record(contactFields), "pfToken": text, "status": text,
	})
	bankSource  = record(fields{"ecp": bankShape, "billingContactInfo": record(contactFields)})
	vendorShare = record(fields{
		"vendorId": numeric, "commissionPercent": numeric, "commissionAmount": numeric, "splitAmount": numeric,
		"recurringCommissionPercent": numeric, "recurringCommissionAmount": numeric,
	})
	// A purchase in detail (documented: "level3Data" and "level3DataItems").
	level3Item = record(with(texts("commodityCode", "description", "discountIndicator", "grossNetIndicator",
		"productCode", "taxType", "unitOfMeasure"), fields{
		"discountAmount": numeric, "itemQuantity": numeric, "lineItemTotal": numeric, "taxAmount": numeric,
		"taxRate": numeric, "unitCost": numeric,
	}))
	level3Shape = record(with(texts("customerReferenceNumber", "destinationCountryCode"), fields{
		"destinationZipCode": numeric, "shipFromZipCode": numeric, "salesTaxAmount": numeric, "freightAmount": numeric,
		"dutyAmount": numeric, "discountAmount": numeric, "taxAmount": numeric, "taxRate": numeric,
		"level3DataItems": list(level3Item),
	}))
)

// Fields that many requests have.
var (
	risk = fields{
		"transactionFraudInfo": record(fields{
			"fraudSessionId": numeric, "shopperIpAddress": text, "company": text, "enterpriseSiteId": numeric,
			"customerId": numeric, "customerCreationDate": text, "shippingContactInfo": record(contactFields),
			"enterpriseUdfs": record(fields{"udf": list(record(fields{"udfName": text, "udfValue": numeric}))}),
			"fraudProducts":  whatever,
		}),
		"threeDSecure": record(with(texts("cavv", "xid", "dsTransactionId", "threeDSecureReferenceId"),
			fields{"eci": numeric, "threeDSecureVersion": numeric, "threeDSecureResultToken": text})),
	}
	notes = fields{
		"softDescriptor": text, "descriptorPhoneNumber": numeric,
		"transactionMetaData": record(fields{"metaData": list(record(fields{
			"metaKey": text, "metaValue": numeric, "metaDescription": text,
			"isVisible": {Types: []string{"boolean", "string"}},
		}))}),
		"vendorsInfo": record(fields{"vendorInfo": list(vendorShare)}),
	}
	payment = with(risk, notes, fields{
		"amount": numeric, "currency": text, "merchantTransactionId": text, "vendorInfo": vendorShare,
		"level3Data": level3Shape, "transactionInitiator": text, "taxReference": text,
		"networkTransactionInfo": record(texts("originalNetworkTransactionId")),
	})
	payers = fields{
		"vaultedShopperId": numeric, "payerInfo": payerShape, "pfToken": text, "authorizedByShopper": flag,
		"shippingContactInfo": record(contactFields),
		"paymentSource": record(fields{
			"creditCardInfo": cardSource, "ecpInfo": bankSource, "sepaDirectDebitInfo": whatever, "pfToken": text,
		}),
	}
)

// bodies are the shapes of the JSON objects in requests, by the vendor's
// reference (secondary: its published clients). Of an operation that is missing
// here the fields are not compared, nor are those of an object of any shape.
var bodies = map[Operation]fakeserver.Shape{
	CreateCardTransaction: record(with(payment, fields{
		"cardTransactionType": text, "cardHolderInfo": payerShape, "creditCard": cardShape, "vaultedShopperId": numeric,
		"pfToken": text, "walletId": numeric, "storeCard": flag, "recurringTransaction": text,
		"transactionOrderSource": text,
		"wallet": record(fields{
			"walletType": text, "encodedPaymentToken": text, "applePay": record(texts("encodedPaymentToken")),
		}),
	})),
	UpdateTransaction: record(with(payment, fields{"cardTransactionType": text, "transactionId": text})),
	CreateAltTransaction: record(with(payment, fields{
		"payerInfo": payerShape, "vaultedShopperId": numeric, "pfToken": text, "authorizedByShopper": flag,
		"ecpTransaction": bankShape, "paypalTransaction": whatever, "sepaDirectDebitTransaction": whatever,
		"canadianDirectDebitTransaction": whatever, "localBankTransferTransaction": whatever,
	})),
	RefundTransaction: refundShape,
	RefundByReference: refundShape,

	CreateVaultedShopper: record(shopperFields),
	UpdateVaultedShopper: record(with(shopperFields, fields{"vaultedShopperId": numeric})),
	CreatePlan:           planShape,
	UpdatePlan:           planShape,
	UpdateSubscription: record(with(payers, notes, fields{
		"planId": numeric, "quantity": numeric, "overrideRecurringChargeAmount": numeric, "autoRenew": flag,
		"nextChargeDate": text, "status": text, "recurringTaxReference": text,
	})),
	CreateSubscription: record(with(payers, risk, notes, fields{
		"planId": numeric, "quantity": numeric, "currency": text, "chargeFrequency": text,
		"recurringChargeAmount": numeric, "initialChargeAmount": numeric, "overrideRecurringChargeAmount": numeric,
		"trialPeriodDays": numeric, "maxNumberOfCharges": numeric, "nextChargeDate": text, "autoRenew": flag,
		"merchantTransactionId": text, "status": text,
	})),
	CreateOnDemandSubscription: record(with(payment, payers, fields{"scheduleData": whatever})),
	ChargeOnDemandSubscription: record(payment),
	OnboardWallet:              record(fields{"walletType": text, "applePay": record(fields{"domains": list(text)})}),
}

var (
	refundShape = record(with(fields{
		"amount": numeric, "taxAmount": numeric, "reason": text, "cancelSubscriptions": flag,
	}, fields{"vendorsInfo": notes["vendorsInfo"], "transactionMetaData": notes["transactionMetaData"]}))
	planShape = record(fields{
		"name": text, "chargeFrequency": text, "currency": text, "recurringChargeAmount": numeric,
		"initialChargeAmount": numeric, "trialPeriodDays": numeric, "gracePeriodDays": numeric,
		"maxNumberOfCharges": numeric, "chargeOnPlanSwitch": flag, "status": text,
	})
	shopperFields = with(contactFields, risk, fields{
		"merchantShopperId": numeric, "shopperCurrency": text, "softDescriptor": text, "descriptorPhoneNumber": numeric,
		"walletId": numeric, "chosenPaymentMethod": whatever, "shippingContactInfo": record(contactFields),
		"paymentSources": record(fields{
			"creditCardInfo": list(cardSource), "ecpInfo": list(bankSource), "ecpDetails": list(bankSource),
			"sepaDirectDebitInfo": list(whatever), "pfToken": text,
		}),
	})
)

var truth = regexp.MustCompile(`^(true|false)$`)

// paging are the parameters of lists (documented: "Retrieve All Plans").
var (
	paging = map[string]*regexp.Regexp{
		"after": digits, "before": digits, "pagesize": regexp.MustCompile(`^-?\d+$`), "gettotal": truth,
		"fulldescription": truth, "status": regexp.MustCompile(`^[A-Z]+$`),
	}
	subscriptionPaging = func() map[string]*regexp.Regexp {
		all := maps.Clone(paging)
		all["shopperid"], all["planid"] = digits, digits
		return all
	}()
)

// queries are the query parameters of operations, and the form of their values;
// the others have none.
var queries = map[Operation]map[string]*regexp.Regexp{
	CreateUser:               {"onbehalfofmid": digits},
	CreateSubscriptionCharge: {"fulldescription": truth},
	ListPlans:                paging, ListSubscriptions: subscriptionPaging,
	CreatePaymentFieldsToken: {"shopperId": digits, "authenticationrequired3ds": truth, "challengerequested3ds": truth},
}

// checkQuery rejects parameters that an operation does not have, and values of
// another form.
func checkQuery(op Operation, query url.Values) error {
	for name, form := range queries[op] {
		if query.Has(name) && !form.MatchString(query.Get(name)) {
			return invalid(name, "has another form")
		}
	}
	return nil
}
