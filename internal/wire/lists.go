package wire

// A document holds at most maxItems items in one list and maxAllItems in all. A
// page of the API has 100; each item costs memory.
const (
	maxItems    = 10_000
	maxAllItems = 100_000
)

// ReadList reads a list, each value with read. Null makes it nil.
func ReadList[T any](r *Reader, v *[]T, read func(*Reader, *T)) {
	switch r.peek() {
	case '[':
	case 'n':
		if r.null() {
			*v = nil
		}
		return
	default:
		r.misfit("array")
		return
	}
	list := []T{}
	r.exact = false
	r.openList()
	for n, more := 1, r.enter(']'); more; n, more = n+1, r.more(']') {
		r.items++
		if n > maxItems || r.items > maxAllItems {
			r.tooMany()
			return
		}
		outer := r.beginItem()
		r.last = fits
		var value T
		list = append(list, value)
		read(r, &list[len(list)-1])
		if r.leaveOut(outer) {
			list = list[:len(list)-1]
		}
	}
	r.close()
	r.last = fits
	*v = list
}

// PageType describes the list's envelope that has this name.
func PageType(name string) *Type {
	return &Type{Name: name, Expected: 1<<pageObject | 1<<pageData | 1<<pageMore, Fields: []Field{
		pageObject:  {"object", "string"},
		pageData:    {"data", "array"},
		pageMore:    {"has_more", "boolean"},
		pageURL:     {"url", "string"},
		pageMessage: {"message", "string"},
	}}
}

const (
	pageObject = iota
	pageData
	pageMore
	pageURL
	pageMessage
)

// ReadPage reads a list's envelope, each value with read. It must have a list,
// and of its items, if there are any, one that is not left out: a field that has
// another name would make each page empty.
func ReadPage[T any](r *Reader, v *List[T], of *Type, read func(*Reader, *T)) {
	var seen uint64
	for name, ok := r.Object(of); ok; name, ok = r.Next() {
		switch string(name) {
		case "object":
			ReadText(r.Exact(), &v.Object)
			seen |= r.Saw(pageObject)
		case "data":
			ReadList(r.Exact(), &v.Data, read)
			seen |= r.Saw(pageData)
		case "has_more":
			readMore(r, &v.HasMore)
			seen |= r.Saw(pageMore)
		case "url":
			ReadText(r, &v.URL)
			seen |= r.Saw(pageURL)
		case "message":
			ReadText(r, &v.Message)
			seen |= r.Saw(pageMessage)
		default:
			r.Skip(name)
		}
	}
	r.End(of, seen)
	r.Tag(v.Object, &ListShape.Tags)
	r.Require("data", v.Data != nil)
	if r.slow != nil && v.Data != nil && len(v.Data) == 0 && r.items > 0 {
		r.slow.addFault("data", Drift{}) // its items are drift already
	}
}

// readMore reads whether another page follows; null is unknown.
func readMore(r *Reader, v *bool) {
	if r.peek() == 'n' {
		r.exact = true
		r.unfit("boolean")
		return
	}
	ReadBool(r.Exact(), v)
}
