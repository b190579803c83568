package fakeserver

import (
	"fmt"
	"strings"

	"github.com/bardge/bardge-go/internal/jsontree"
)

// Names of the kinds of a [Bend].
const (
	BendRename         = "rename"
	BendRemove         = "remove"
	BendAdd            = "add"
	BendSet            = "set"
	BendRetype         = "retype"
	BendTime           = "time"
	BendCase           = "case"
	BendWrap           = "wrap"
	BendUnwrap         = "unwrap"
	BendEmpty          = "empty"
	BendStatus         = "status"
	BendRenameHeader   = "rename-header"
	BendRemoveHeader   = "remove-header"
	BendSetHeader      = "set-header"
	BendDate           = "date"
	BendLatency        = "latency"
	BendMove           = "move"
	BendRenameRequest  = "rename-request"
	BendRefuseRequest  = "refuse-request"
	BendRequireRequest = "require-request"
)

// BendForm describes one kind of bend.
type BendForm struct {
	// Kind is the kind's name: "rename".
	Kind string
	// Subject and Value are what follows the name: "FIELD", "NAME"; "" is
	// nothing.
	Subject, Value string
	// Description is one sentence about it.
	Description string
}

// Form returns the kind with its arguments' names: "rename FIELD NAME".
func (f *BendForm) Form() string {
	return strings.Join(strings.Fields(f.Kind+" "+f.Subject+" "+f.Value), " ")
}

// KnownBends returns all kinds of bends.
func KnownBends() []BendForm {
	forms := make([]BendForm, len(bendKinds))
	for i := range bendKinds {
		forms[i] = bendKinds[i].BendForm
	}
	return forms
}

// bendKind is a kind of bend: how it is checked, and what it does to a body.
type bendKind struct {
	BendForm

	check func(c *bendCheck, b Bend) error
	body  func(v *jsontree.Value, b Bend) // nil: it leaves bodies alone
}

const (
	argumentField  = "FIELD"
	argumentName   = "NAME"
	argumentJSON   = "JSON"
	argumentHeader = "HEADER"
)

var bendKinds = []bendKind{
	{
		BendForm: BendForm{BendRename, argumentField, argumentName, "A field has another name."},
		check:    checkRename, body: renameField,
	},
	{
		BendForm: BendForm{BendRemove, argumentField, "", "A field is left out."},
		check:    checkRemove, body: removeField,
	},
	{
		BendForm: BendForm{BendAdd, argumentField, argumentJSON, "There is a field that the contract does not have."},
		check:    checkAdd, body: addField,
	},
	{
		BendForm: BendForm{BendSet, argumentField, argumentJSON, "A field has this value, such as null."},
		check:    checkSet, body: setField,
	},
	{
		BendForm: BendForm{BendRetype, argumentField, "TYPE", "A value is a string, number, boolean, object or list."},
		check:    checkRetype, body: retypeField,
	},
	{
		BendForm: BendForm{BendTime, argumentField, "UNIT", "Of seconds, milliseconds, microseconds, iso and date."},
		check:    checkTime, body: retimeField,
	},
	{
		BendForm: BendForm{BendCase, argumentField, "CASE", "A text is in upper or lower case."},
		check:    checkCase, body: recaseField,
	},
	{
		BendForm: BendForm{BendWrap, "", argumentName, "A success is inside an object, under this name."},
		check:    checkWrap, body: wrapBody,
	},
	{
		BendForm: BendForm{BendUnwrap, argumentField, "", "The value of a field is the whole body."},
		check:    checkUnwrap, body: unwrapBody,
	},
	{
		BendForm: BendForm{BendEmpty, "", "", "A success has no body."},
		check:    checkNothing,
	},
	{
		BendForm: BendForm{BendStatus, "STATUS", "STATUS", "A status, from 200 to 599, is another one."},
		check:    checkStatus,
	},
	{
		BendForm: BendForm{BendRenameHeader, argumentHeader, argumentName, "A header has another name."},
		check:    checkHeader,
	},
	{
		BendForm: BendForm{BendRemoveHeader, argumentHeader, "", "A header is left out."},
		check:    checkHeader,
	},
	{
		BendForm: BendForm{BendSetHeader, argumentHeader, "VALUE", "A header, where it is sent, has this value."},
		check:    checkHeader,
	},
	{
		BendForm: BendForm{BendDate, "", "TIME", "The date of responses is ahead by this time."},
		check:    checkDuration,
	},
	{
		BendForm: BendForm{BendLatency, "", "TIME", "Responses take this time longer."},
		check:    checkLatency,
	},
	{
		BendForm: BendForm{BendMove, "", "PATH", "The operation is at this path, with the same parameters."},
		check:    checkMove,
	},
	{
		BendForm: BendForm{BendRenameRequest, argumentField, argumentName, "A field of requests has another name."},
		check:    checkRenameRequest,
	},
	{
		BendForm: BendForm{BendRefuseRequest, argumentField, "", "A field of requests is rejected as unknown."},
		check:    checkRequestField,
	},
	{
		BendForm: BendForm{BendRequireRequest, "", argumentName, "A field unknown to the contract is required."},
		check:    checkNewRequestField,
	},
}

func bendKindOf(name string) (*bendKind, error) {
	forms := make([]string, len(bendKinds))
	for i := range bendKinds {
		if bendKinds[i].Kind == name {
			return &bendKinds[i], nil
		}
		forms[i] = bendKinds[i].Form()
	}
	return nil, fmt.Errorf("sandbox: no bend is named %q; there are %s", name, strings.Join(forms, ", "))
}

// complete reports whether a bend has what its kind needs.
func (f *BendForm) complete(b Bend) bool {
	return (f.Subject != "") == (b.Subject != "") && (f.Value != "") == (b.Value != "")
}
