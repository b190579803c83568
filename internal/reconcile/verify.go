package reconcile

import (
	"context"
	"errors"
	"strings"
	"time"
)

// Verify reads by its id what the operation is reported to have made or
// changed. It returns false if the API does not show it, and an error if it
// belongs to another operation. Missing fields are not compared.
func (o Operation) Verify(ctx context.Context, id string) (bool, error) {
	verify := operations[o.Name].verify
	if verify == nil {
		return false, nil
	}
	in, _ := o.params()
	err := verify(o, ctx, in, id)
	return err == nil, err
}

func (o Operation) verifyIssuedPass(ctx context.Context, in params, id string) error {
	var pass issuedPass
	err := o.Read(ctx, "GetIssuedPass", id, &pass)
	switch {
	case err != nil:
		return err
	case differ(in.ClientID, pass.ClientID) || differ(in.PassID, pass.PassID):
		return errors.New(o.text("issued pass %s is of another client or package", id))
	case pass.Created != 0 && o.begunAfter(time.UnixMilli(pass.Created)):
		return errors.New(o.text("issued pass %s is older than the operation", id))
	}
	return nil
}

// verifyUpdate finds the pass's id in the path or else in the body.
func (o Operation) verifyUpdate(ctx context.Context, in params, id string) error {
	err := o.Read(ctx, "GetIssuedPass", id, &issuedPass{})
	if err == nil && (differ(o.PathID, id) || o.PathID == "" && differ(in.UserPassID, id)) {
		err = errors.New(o.text("issued pass %s is not the one that the request was about", id))
	}
	return err
}

// verifyBooking compares the client only if one is named (BookClass).
func (o Operation) verifyBooking(ctx context.Context, in params, id string) error {
	kind := "class"
	if o.Name == "ConfirmSpaBooking" {
		kind = "spa"
	}
	var b booking
	err := o.Read(ctx, "GetBookingStatus", id, &b)
	switch {
	case err != nil:
		return err
	case b.Type != "" && !strings.EqualFold(b.Type, kind):
		return errors.New(o.text("booking %s is of another kind", id))
	case differ(in.ClientID, b.ClientID):
		return errors.New(o.text("booking %s is of another client", id))
	case b.Created != 0 && o.begunAfter(time.Unix(b.Created, 0)):
		return errors.New(o.text("booking %s is older than the operation", id))
	}
	return nil
}

// verifyMoved requires another booking than the one that was moved: a booking
// that keeps its id does not show that it was moved by this operation.
func (o Operation) verifyMoved(ctx context.Context, _ params, id string) error {
	if id == o.PathID {
		return errors.New(o.text("booking %s is the one that was to be moved", id))
	}
	var b booking
	err := o.Read(ctx, "GetBookingStatus", id, &b)
	if err == nil && b.Created != 0 && o.begunAfter(time.Unix(b.Created, 0)) {
		err = errors.New(o.text("booking %s is older than the operation", id))
	}
	return err
}

func (o Operation) verifyCancellation(ctx context.Context, _ params, id string) error {
	if differ(o.PathID, id) {
		return errors.New(o.text("booking %s is not the one that the request was about", id))
	}
	var b booking
	err := o.Read(ctx, "GetBookingStatus", id, &b)
	if err == nil && !strings.EqualFold(b.Status, "CANCELLED") {
		err = errors.New(o.text("booking %s is not cancelled", id))
	}
	return err
}

func differ(a, b string) bool { return a != "" && b != "" && a != b }
