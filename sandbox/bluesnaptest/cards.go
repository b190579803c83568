package bluesnaptest

import "net/http"

// Card numbers with an effect. Any other is valid if its check digit is. Expiry
// dates are not checked, so that the vendor's own examples work. All three
// numbers are this package's choice.
const (
	// CardExpired is declined: 400, 14002 EXPIRED_CARD.
	CardExpired = "4000000000000069"
	// CardStolen is declined: 400, 14002 CARD_LOST_OR_STOLEN.
	CardStolen = "4000000000009979"
	// CardWrongCode is declined: 400, 14002 CVV_ERROR.
	CardWrongCode = "4000000000000127"
)

// Amounts with an effect, in any currency and every kind of payment. All are
// this package's choice.
const (
	// AmountDeclined is declined: 400, 14002 DO_NOT_HONOR.
	AmountDeclined = "2000.01"
	// AmountNoFunds is declined: 400, 14002 INSUFFICIENT_FUNDS.
	AmountNoFunds = "2000.02"
	// AmountTimedOut is not paid; the response is 400, 14002
	// PROCESSING_TIMEOUT.
	AmountTimedOut = "2000.03"
	// AmountTimedOutPaid is paid, but the response is 400, 14002
	// PROCESSING_TIMEOUT. The transaction can be read.
	AmountTimedOutPaid = "2000.04"
	// AmountFailed is not paid; the response is 500, 10000
	// SERVER_GENERAL_FAILURE.
	AmountFailed = "2000.05"
	// AmountPending is paid, with the processing status PENDING.
	AmountPending = "2000.06"
)

// card is the part of a payment card that matters here.
type card struct {
	Number word `json:"cardNumber"`
}

func (c *card) check() error {
	switch {
	case !luhn(string(c.Number)):
		return processing("INVALID_CARD_NUMBER")
	case c.Number == CardExpired:
		return processing("EXPIRED_CARD")
	case c.Number == CardStolen:
		return processing("CARD_LOST_OR_STOLEN")
	case c.Number == CardWrongCode:
		return processing("CVV_ERROR")
	}
	return nil
}

// view returns what responses show, and the server keeps, of a card.
func (c *card) view() object {
	number := string(c.Number)
	return object{"cardLastFourDigits": number[len(number)-4:], "cardType": brand(number)}
}

func brand(number string) string {
	switch number[0] {
	case '3':
		return "AMEX"
	case '4':
		return "VISA"
	case '5':
		return "MASTERCARD"
	default:
		return "DISCOVER"
	}
}

// luhn reports whether a number of 12 to 19 digits has the right check digit.
func luhn(number string) bool {
	if len(number) < 12 || len(number) > 19 {
		return false
	}
	sum := 0
	for i := range number {
		digit := int(number[len(number)-1-i]) - '0'
		if digit < 0 || digit > 9 {
			return false
		}
		if i%2 == 1 {
			digit *= 2
		}
		sum += digit/10 + digit%10
	}
	return sum%10 == 0
}

// settle returns the result of a payment: its processing status, or why it is
// not paid. A mask replaces the true result in the response.
func settle(amount money) (status string, mask *apiError, err error) {
	switch amount.String() {
	case AmountDeclined:
		return "", nil, processing("DO_NOT_HONOR")
	case AmountNoFunds:
		return "", nil, processing("INSUFFICIENT_FUNDS")
	case AmountTimedOut:
		return "", nil, processing("PROCESSING_TIMEOUT")
	case AmountTimedOutPaid:
		return statusSuccess, processing("PROCESSING_TIMEOUT"), nil
	case AmountFailed:
		return "", nil, &apiError{
			http.StatusInternalServerError, "10000", "SERVER_GENERAL_FAILURE", "Something went wrong on our side", "",
		}
	case AmountPending:
		return statusPending, nil, nil
	default:
		return statusSuccess, nil, nil
	}
}

// Values of a processing status (secondary).
const (
	statusSuccess = "SUCCESS"
	statusPending = "PENDING"
)
