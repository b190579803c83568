package bluesnaptest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// object is a JSON object in a response; equal ones are encoded equally.
type object map[string]any

// made is the result of an operation.
type made struct {
	status   int     // 0: 200
	id       string  // of what was made, changed or read; "" is nothing
	location string  // path of what was made, below basePath; "" sends none
	json     object  // body; nil is none
	xml      element // body; the zero value is none
}

// answer returns the response.
func (m *made) answer(r *http.Request) *fakeserver.Response {
	status := m.status
	if status == 0 {
		status = http.StatusOK
	}
	a := fakeserver.NewResponse(status, "", nil)
	switch {
	case m.json != nil:
		a = jsonAnswer(status, m.json)
	case m.xml.name != "":
		a = xmlAnswer(status, m.xml)
	}
	if m.location != "" {
		a.Header().Set(locationName, origin(r)+basePath+m.location)
	}
	return a
}

func origin(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

func jsonAnswer(status int, value object) *fakeserver.Response {
	body, err := json.Marshal(value)
	if err != nil { // nothing of ours fails to encode
		panic(fmt.Sprintf("bluesnaptest: encode: %v", err))
	}
	return fakeserver.NewResponse(status, "application/json", body)
}

func xmlAnswer(status int, root element) *fakeserver.Response {
	return fakeserver.NewResponse(status, "application/xml", root.document())
}

func textAnswer(status int, text string) *fakeserver.Response {
	return fakeserver.NewResponse(status, "text/plain", []byte(text+"\n"))
}

// wantsXML reports whether a client reads XML, by Accept or else by
// Content-Type.
func wantsXML(r *http.Request) bool {
	for _, name := range []string{"Accept", "Content-Type"} {
		switch value := r.Header.Get(name); {
		case strings.Contains(value, "json"):
			return false
		case strings.Contains(value, "xml"):
			return true
		}
	}
	return false
}
