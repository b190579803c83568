package live

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bardge/bardge-go/sandbox"
	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
)

// What is shown of the state at most.
const (
	maxClients = 12 // of an account
	maxItems   = 6  // of a client's passes, bookings or payments, the newest
)

// holdings is the data of one account.
type holdings struct {
	Account string
	Clients []client
	// More is how many clients are left out.
	More int
}

// client is a client or a shopper.
type client struct {
	ID, Name, Balance string
	Groups            []group
}

// group is a client's passes, bookings or payments.
type group struct {
	Title string
	Items []item
	// More is how many older ones are left out.
	More int
}

// item is a pass, a booking or a payment.
type item struct{ ID, Text, Word string }

// newHoldings reads a sandbox's state, as its vendor's package documents it.
func newHoldings(vendor string, state json.RawMessage) ([]holdings, error) {
	if vendor == "bluesnap" {
		var all bluesnaptest.Snapshot
		err := json.Unmarshal(state, &all)
		return ofBlueSnap(all), err
	}
	var all sandbox.Snapshot
	err := json.Unmarshal(state, &all)
	return ofBardge(all), err
}

func ofBardge(all sandbox.Snapshot) []holdings {
	accounts := make([]holdings, 0, len(all.Accounts))
	for _, a := range all.Accounts {
		h := holdings{Account: a.Name}
		for _, c := range a.Clients {
			h.Clients = append(h.Clients, client{
				ID: c.ID, Name: fullName(c.FirstName, c.LastName), Balance: fmt.Sprintf("%d credits", c.Credits),
				Groups: groups(newest("Passes", c.Passes, passItem), newest("Bookings", c.Bookings, bookingItem)),
			})
		}
		accounts = append(accounts, h.bounded())
	}
	return accounts
}

func passItem(p sandbox.PassSnapshot) item {
	visits := make([]string, 0, len(p.Categories))
	for _, c := range p.Categories {
		text := fmt.Sprintf("%s %d", strings.ToLower(string(c.Type)), c.Used)
		if c.Allowed > 0 {
			text += fmt.Sprintf(" of %d", c.Allowed)
		}
		visits = append(visits, text)
	}
	return item{ID: p.ID, Text: "visits: " + strings.Join(visits, ", "), Word: strings.ToLower(string(p.Status))}
}

func bookingItem(b sandbox.BookingSnapshot) item {
	text := b.Name + ", " + b.ScheduledFor.UTC().Format(time.DateOnly+" 15:04")
	if b.Credits > 0 {
		text += fmt.Sprintf(", %d credits", b.Credits)
	}
	return item{ID: b.ID, Text: text, Word: strings.ToLower(string(b.Status))}
}

func ofBlueSnap(all bluesnaptest.Snapshot) []holdings {
	accounts := make([]holdings, 0, len(all.Accounts))
	for _, a := range all.Accounts {
		h := holdings{Account: a.Name}
		for _, s := range a.Shoppers {
			h.Clients = append(h.Clients, client{
				ID: s.ID, Name: fullName(s.FirstName, s.LastName),
				Groups: groups(newest("Payments", s.Transactions, paymentItem)),
			})
		}
		accounts = append(accounts, h.bounded())
	}
	return accounts
}

func paymentItem(t bluesnaptest.TransactionSnapshot) item {
	text := t.Amount + " " + t.Currency + ", captured " + t.Captured + ", refunded " + t.Refunded
	if t.Reversed {
		text += ", reversed"
	}
	return item{ID: t.ID, Text: text, Word: strings.ToLower(t.Status)}
}

func fullName(first, last string) string { return strings.TrimSpace(first + " " + last) }

// bounded leaves out clients with nothing first, and then the last.
func (h holdings) bounded() holdings {
	if len(h.Clients) <= maxClients {
		return h
	}
	all := slices.Clone(h.Clients)
	slices.SortStableFunc(all, func(a, b client) int { return len(b.Groups) - len(a.Groups) })
	h.Clients, h.More = all[:maxClients], len(all)-maxClients
	return h
}

// newest makes a group of the last of a list.
func newest[T any](title string, all []T, show func(T) item) group {
	g := group{Title: title, More: max(0, len(all)-maxItems)}
	for _, one := range all[g.More:] {
		g.Items = append(g.Items, show(one))
	}
	slices.Reverse(g.Items)
	return g
}

// groups are those that have something.
func groups(all ...group) []group {
	return slices.DeleteFunc(all, func(g group) bool { return len(g.Items) == 0 })
}
