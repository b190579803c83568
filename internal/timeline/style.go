package timeline

// color is a colour of the picture, for light and dark. A presentation attribute
// carries the light one, which a style sheet overrides.
type color struct{ class, light, dark string }

var colors = []color{
	{"tl-text", "#1b1f24", "#e6e9ed"},
	{"tl-soft", "#57606c", "#a3adb9"},
	{"tl-grid", "#e1e5ea", "#2c343d"},
	{"tl-window", "#e6f0fb", "#17293e"},
	{"tl-edge", "#7fb0e6", "#3f74ad"},
	{"tl-done", "#1a7f37", "#4cc46a"},
	{"tl-replayed", "#0a5fb4", "#69b3ff"},
	{"tl-rejected", "#8f5400", "#e5a445"},
	{"tl-lost", "#c02626", "#ff7f76"},
	{"tl-unclear", "#7d3f95", "#d3a0e2"},
	{"tl-idle", "#57606c", "#a3adb9"},
	{"tl-paper", "#ffffff", "#14181d"},
}

func lightOf(class string) string {
	for _, c := range colors {
		if c.class == class {
			return c.light
		}
	}
	return colors[0].light
}

// CSS are the rules with which a page colours pictures without a background of
// their own, in light and dark. Paper is light.
func CSS() string {
	var light, dark string
	for _, c := range colors {
		light += "." + c.class + "{color:" + c.light + "}\n"
		dark += "." + c.class + "{color:" + c.dark + "}\n"
	}
	return light + "@media screen and (prefers-color-scheme:dark){\n" + dark + "}\n"
}
