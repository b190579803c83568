package timeline

import (
	"strconv"
	"strings"
)

// canvas collects SVG. Every colour is "currentColor" of a class, so that a
// style sheet can replace it without style attributes.
type canvas struct{ strings.Builder }

// num returns a coordinate.
func num(x float64) string { return decimal(x, 1) }

func (c *canvas) add(parts ...string) {
	for _, p := range parts {
		_, _ = c.WriteString(p) // a Builder does not fail
	}
}

// tinted returns the attributes of a colour.
func tinted(class string) string {
	return ` class="` + class + `" color="` + lightOf(class) + `"`
}

func (c *canvas) rect(x, y, width, height, radius float64, class string) {
	c.add(`<rect x="`, num(x), `" y="`, num(y), `" width="`, num(width), `" height="`, num(height), `"`)
	if radius > 0 {
		c.add(` rx="`, num(radius), `"`)
	}
	c.add(` fill="currentColor"`, tinted(class), "/>\n")
}

func (c *canvas) line(x1, y1, x2, y2, width float64, dash, class string) {
	c.add(`<line x1="`, num(x1), `" y1="`, num(y1), `" x2="`, num(x2), `" y2="`, num(y2),
		`" stroke="currentColor" stroke-width="`, num(width), `"`)
	if dash != "" {
		c.add(` stroke-dasharray="`, dash, `"`)
	}
	c.add(tinted(class), "/>\n")
}

// font is how text is set.
type font struct {
	size   float64
	bold   bool
	anchor string // "" is start
	class  string
}

func (c *canvas) text(x, y float64, f font, text string) {
	if text == "" {
		return
	}
	c.add(`<text x="`, num(x), `" y="`, num(y), `" font-size="`, num(f.size), `"`)
	if f.bold {
		c.add(` font-weight="600"`)
	}
	if f.anchor != "" {
		c.add(` text-anchor="`, f.anchor, `"`)
	}
	c.add(` fill="currentColor"`, tinted(f.class), ">", escape(text), "</text>\n")
}

// sign draws the shape of a kind around a point: each kind has one of its own.
func (c *canvas) sign(k Kind, x, y float64) {
	filled, stroked := ` fill="currentColor"`, ` fill="none" stroke="currentColor" stroke-width="2"`
	var path, how string
	switch k.known() {
	case Done:
		path, how = "M-5,0a5,5 0 1 0 10,0a5,5 0 1 0 -10,0Z", filled
	case Replayed:
		path, how = "M-4.5,0a4.5,4.5 0 1 0 9,0a4.5,4.5 0 1 0 -9,0ZM-1,0a1,1 0 1 0 2,0a1,1 0 1 0 -2,0Z", stroked
	case Rejected:
		path, how = "M-4.5,-4.5H4.5V4.5H-4.5Z", filled
	case Lost:
		path, how = "M-4,-4L4,4M4,-4L-4,4", stroked
	case TimedOut:
		path, how = "M-4.5,-5H4.5L-4.5,5H4.5Z", filled
	case NotSent:
		path, how = "M-4,0a4,4 0 1 0 8,0a4,4 0 1 0 -8,0Z", stroked
	case Running:
		path, how = "M-3.5,-5L5,0L-3.5,5Z", filled
	case Moment:
		path, how = "M0,-4.5L4.5,0L0,4.5L-4.5,0Z", stroked
	default:
		path, how = "M0,-5L5.5,4.5H-5.5Z", filled
	}
	c.add(`<path transform="translate(`, num(x), `,`, num(y), `)" d="`, path, `"`, how, tinted(k.class()), "/>\n")
}

// opening begins the document. The title and the description are its text for
// those who do not see it.
func (c *canvas) opening(id string, width, height float64, title, description string) {
	w, h := num(width), num(height)
	c.add(`<svg xmlns="http://www.w3.org/2000/svg" class="timeline" width="`, w, `" height="`, h,
		`" viewBox="0 0 `, w, " ", h, `" role="img" aria-labelledby="`, id, `-title" aria-describedby="`, id, `-desc"`,
		` font-family="system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif">`, "\n",
		`<title id="`, id, `-title">`, escape(title), "</title>\n",
		`<desc id="`, id, `-desc">`, escape(description), "</desc>\n")
}

// count returns a number of things.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
