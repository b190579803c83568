package fakeserver

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/bardge/bardge-go/internal/jsontree"
)

// BendRequests wraps an operation's handler with the bends of its requests.
// reject writes the response to a request that is not accepted; its error is a
// *[ViolationError]. Without such bends it returns the handler itself.
func BendRequests(
	bends []Bend, operation string, next http.Handler, reject func(http.ResponseWriter, *http.Request, error),
) http.Handler {
	for _, b := range bends {
		switch b.Kind {
		case BendRenameRequest, BendRefuseRequest, BendRequireRequest:
			if b.bends(operation) {
				next = bendRequest(b, next, reject)
			}
		}
	}
	return next
}

func bendRequest(b Bend, next http.Handler, reject func(http.ResponseWriter, *http.Request, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := PeekBody(r)
		tree, bad := jsontree.Parse(body)
		if err != nil || bad != nil || tree.Kind != jsontree.Object {
			next.ServeHTTP(w, r) // which rejects it, or takes no body
			return
		}
		if err := b.request(&tree); err != nil {
			reject(w, r, err)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader([]byte(tree.String())))
		next.ServeHTTP(w, r)
		if a, ok := w.(*Response); ok && b.Kind == BendRenameRequest && a.status >= http.StatusBadRequest {
			a.body = b.message(a.body)
		}
	})
}

// request changes a request's body into what the operation takes.
func (b Bend) request(body *jsontree.Value) error {
	_, has := body.Find(b.Subject)
	switch b.Kind {
	case BendRefuseRequest:
		if has {
			return &ViolationError{b.Subject, "is no field of this operation"}
		}
	case BendRequireRequest:
		if _, has := body.Find(b.Value); !has {
			return &ViolationError{b.Value, "is required"}
		}
		removeField(body, Bend{Subject: b.Value})
	case BendRenameRequest:
		removeField(body, Bend{Subject: b.Subject})
		renameField(body, Bend{Subject: b.Value, Value: b.Subject})
	}
	return nil
}

// message makes an error about a renamed field name it as requests must.
func (b Bend) message(body []byte) []byte {
	tree, err := jsontree.Parse(body)
	if err != nil {
		return body
	}
	knownPath("error.message").each(&tree, func(v *jsontree.Value) {
		if reason, ok := strings.CutPrefix(v.Text, b.Subject+" "); ok {
			v.Text = b.Value + " " + reason
		}
	})
	return []byte(tree.String())
}

func checkRequestField(c *bendCheck, b Bend) error {
	return c.eachRequest(b, func(fields map[string]Shape) error {
		if _, known := fields[b.Subject]; !known {
			return errUnknownField
		}
		delete(fields, b.Subject)
		return nil
	})
}

var errUnknownField = errors.New("requests have no such field")

// eachRequest checks the requests of the bend's operations. One of them must
// be fit for the bend.
func (c *bendCheck) eachRequest(_ Bend, check func(fields map[string]Shape) error) error {
	err := errors.New("requests have no body")
	for _, operation := range c.bent {
		if operation.Request.Fields == nil {
			continue
		}
		if err = check(operation.Request.Fields); err == nil {
			return nil
		}
	}
	return err
}

func checkRenameRequest(c *bendCheck, b Bend) error {
	if err := checkName(b.Value); err != nil {
		return err
	}
	return c.eachRequest(b, func(fields map[string]Shape) error {
		shape, known := fields[b.Subject]
		if !known {
			return errUnknownField
		}
		delete(fields, b.Subject)
		fields[b.Value] = shape
		return nil
	})
}

func checkNewRequestField(c *bendCheck, b Bend) error {
	if err := checkName(b.Value); err != nil {
		return err
	}
	return c.eachRequest(b, func(fields map[string]Shape) error {
		if _, known := fields[b.Value]; known {
			return errors.New("requests have such a field")
		}
		return nil
	})
}
