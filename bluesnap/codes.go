package bluesnap

import (
	"slices"
	"strings"

	"github.com/bardge/bardge-go/idem"
)

// kindOfError recognises some of the vendor's messages.
type kindOfError interface{ is(m Message) bool }

func has(messages []Message, kinds ...kindOfError) bool {
	return slices.ContainsFunc(messages, func(m Message) bool {
		return slices.ContainsFunc(kinds, func(k kindOfError) bool { return k.is(m) })
	})
}

// codeError is the sentinel of a code that only one error has.
type codeError string

// Error returns the code.
func (c codeError) Error() string { return "bluesnap: " + string(c) }

func (c codeError) is(m Message) bool { return m.Code == string(c) }

// nameError is the sentinel of an error by name: over thirty share code 14002.
type nameError string

// Error returns the name.
func (n nameError) Error() string { return "bluesnap: " + string(n) }

func (n nameError) is(m Message) bool { return strings.EqualFold(m.Name, string(n)) }

// Errors of idempotency (documented: page "Idempotency Errors"), for errors.Is.
const (
	// ErrIdempotencyKeyReused: the key belongs to another request (422).
	ErrIdempotencyKeyReused = codeError("60101")
	// ErrIdempotencyKeyInProgress: the first request with the key was still
	// running when the call ended (409). The outcome is unknown.
	ErrIdempotencyKeyInProgress = codeError("60102")
	// ErrIdempotencyKeyTooLong: more than 64 characters, which the SDK refuses.
	ErrIdempotencyKeyTooLong = codeError("60103")
	// ErrIdempotencyKeyInvalid: other characters than letters, digits and
	// hyphens, which the SDK refuses.
	ErrIdempotencyKeyInvalid = codeError("60104")
	// ErrIdempotencyUnavailable: the vendor's store of keys did not reply. The
	// call went on.
	ErrIdempotencyUnavailable = codeError("60106")
)

// Refused payments, for errors.Is. The set is open: see [Error].Messages. Those
// marked as documented are on the vendor's pages "Card Transaction Errors",
// "Payment & Processor Errors" or "Shopper Errors", as far as these could be
// read; those marked as the vendor's are in a comment of its own module for
// Magento 1; the others are known from other people's clients.
const (
	ErrAccountClosed         = nameError("ACCOUNT_CLOSED")             // do not retry (documented)
	ErrAuthorizationExpired  = nameError("AUTHORIZATION_EXPIRED")      // do not retry (documented)
	ErrAuthorizationNotFound = nameError("AUTHORIZATION_NOT_FOUND")    // nothing to capture or to reverse (documented)
	ErrAuthorizationRevoked  = nameError("AUTHORIZATION_REVOKED")      // do not retry (documented)
	ErrCallIssuer            = nameError("CALL_ISSUER")                // the issuer wants a call (documented)
	ErrCardLostOrStolen      = nameError("CARD_LOST_OR_STOLEN")        // reported lost or stolen (documented)
	ErrDoNotHonor            = nameError("DO_NOT_HONOR")               // no reason is given (documented)
	ErrExpiredCard           = nameError("EXPIRED_CARD")               // the card has expired (documented)
	ErrGeneralDecline        = nameError("PROCESSING_GENERAL_DECLINE") // declined without a reason (the vendor's)
	ErrHighRisk              = nameError("HIGH_RISK_ERROR")            // held to be fraud (documented)
	ErrInsufficientFunds     = nameError("INSUFFICIENT_FUNDS")         // too little money
	ErrInvalidCardNumber     = nameError("INVALID_CARD_NUMBER")        // no such card (documented)
	ErrLimitExceeded         = nameError("LIMIT_EXCEEDED")             // over the card's limit (the vendor's)
	ErrPickupCard            = nameError("PICKUP_CARD")                // the issuer wants the card back (the vendor's)
	ErrRestrictedCard        = nameError("RESTRICTED_CARD")            // not to be used for this (the vendor's)
	ErrSecurityCode          = nameError("CVV_ERROR")                  // the security code is wrong (documented)

	// ErrFraudDetected: the fraud rules declined the payment, or hold it for
	// review (documented: "Fraud Errors"); the outcome is then unknown.
	ErrFraudDetected = nameError("FRAUD_DETECTED")

	// ErrAlreadyReversed: reversed before (documented); for a reversal, done.
	ErrAlreadyReversed = nameError("AUTHORIZATION_AMOUNT_ALREADY_REVERSED")
	// ErrAlreadyCaptured: captured before (documented); for a full capture, done.
	ErrAlreadyCaptured = nameError("TRANSACTION_ALREADY_CAPTURED")
	// ErrThreeDSecureRequired: pay anew with 3-D Secure and a new key
	// (documented).
	ErrThreeDSecureRequired         = nameError("THREE_D_SECURITY_AUTHENTICATION_REQUIRED")
	ErrStrongAuthenticationRequired = nameError("STRONG_CUSTOMER_AUTHENTICATION_REQUIRED") // likewise, by European law
)

// Other errors of the vendor's, for errors.Is.
const (
	ErrMultipleTransactions = nameError("MULTIPLE_TRANSACTIONS_FOUND") // several of one reference (documented)
	// ErrShopperNotFound: no such shopper (documented: "Alt Transaction Errors",
	// code 15008).
	ErrShopperNotFound = nameError("SHOPPER_NOT_FOUND")
	// ErrShopperNotDeletable: with payments in the last 12 months, active
	// subscriptions or pending payments (documented: "Vaulted Shopper Errors").
	ErrShopperNotDeletable = nameError("DELETE_SHOPPER_VALIDATION_FAILURE")
	// ErrSubscriptionNotFound: no such subscription (documented: "Subscription &
	// Billing Plan Errors", code 90009).
	ErrSubscriptionNotFound = nameError("SUBSCRIPTION_NOT_FOUND")
	// ErrUserNotAuthorized: the API user's role does not allow this (403,
	// documented: "Error Handling Overview").
	ErrUserNotAuthorized = nameError("USER_NOT_AUTHORIZED")

	// ErrProcessingTimeout: the processor did not reply in time (the vendor's).
	// The call went on with the same key until it ended; the outcome is unknown.
	ErrProcessingTimeout = nameError("PROCESSING_TIMEOUT")
)

// After these errors the processor may have executed the request. The same key
// is sent a few times more, since they may be stored under it.
var leftOpen = []kindOfError{
	ErrProcessingTimeout,
	nameError("BLS_CONNECTION_PROBLEM"), nameError("GENERAL_PAYMENT_PROCESSING_ERROR"),
	nameError("PAYMENT_GENERAL_FAILURE"), nameError("SERVER_GENERAL_FAILURE"), nameError("SYSTEM_TECHNICAL_ERROR"),
}

// Errors of the SDK itself, for errors.Is.
var (
	// ErrResponseLost: executed ([OutcomeDone]); the response was not readable.
	ErrResponseLost = idem.ErrResponseLost
	// ErrRateLimited: the last response was a 429, with any messages, or the call's
	// turn at the client's pace would have come too late; see [WithRateLimit].
	// Nothing is to be put right: repeat the call after [Error].RetryAfter,
	// which is zero if the server named no time.
	ErrRateLimited = idem.ErrRateLimited
	// ErrResponseIncomplete: the operation was executed, and an id, an amount
	// or a status in its response does not fit. There is no value; Response.Raw
	// has what came. It is an ErrResponseLost too.
	ErrResponseIncomplete = idem.ErrResponseIncomplete
	// ErrKeyExpired: the key may have been sent and its window is over; nothing
	// was sent now. Find out what happened before using a new key.
	ErrKeyExpired = idem.ErrKeyExpired
	// ErrRefReused: the ref belongs to another operation or body; nothing was
	// sent.
	ErrRefReused = idem.ErrRefReused
	// ErrJournal: the journal failed, or another owner has the operation.
	ErrJournal = idem.ErrJournal
	// ErrJournalSecret: no given secret opens the record. Nothing was sent or
	// lost.
	ErrJournalSecret = idem.ErrJournalSecret
	// ErrJournalVersion: a later version wrote the record. Nothing was sent or
	// lost.
	ErrJournalVersion = idem.ErrJournalVersion
	// ErrOtherAccount: see [OtherAccountError] and [WithJournal]. Nothing was
	// sent.
	ErrOtherAccount = idem.ErrOtherAccount
)

// RefReusedError reports that the ref belongs to another operation or body, and
// what is known of that one. Nothing was sent, and the outcome is unknown: the
// other request may be the same payment. See [idem.RefReusedError] for its
// fields.
type RefReusedError = idem.RefReusedError

// IdempotencyKeyReusedError reports that the key belongs to another request,
// according to the server or this client. This body was not executed under the
// key, but the other may have been: look it up before using a new key.
type IdempotencyKeyReusedError struct {
	Key Key // the key in question
}

// Error returns fixed words.
func (*IdempotencyKeyReusedError) Error() string {
	return "bluesnap: the idempotency key belongs to another request, which may have been executed: " +
		"look it up before using a new key"
}
