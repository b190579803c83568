package web

import (
	"embed"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"github.com/bardge/bardge-go/internal/timeline"
)

// assetsPath is where styles and scripts are.
const assetsPath = "/assets/"

// timelinePath is where the colours of timelines are, which are also files.
const timelinePath = assetsPath + "timeline.css"

// assets are the stylesheet and htmx 4.0.1 with its extension for server-sent
// events, as npm has them.
//
//go:embed assets
var assets embed.FS

//go:embed templates
var layout embed.FS

func serveAssets() http.Handler {
	files, err := fs.Sub(assets, "assets")
	if err != nil {
		panic(err) // it is embedded
	}
	server := http.StripPrefix(assetsPath, http.FileServerFS(files))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case assetsPath: // no list of files
			http.NotFound(w, r)
		case timelinePath:
			http.ServeContent(w, r, timelinePath, time.Time{}, strings.NewReader(timeline.CSS()))
		default:
			server.ServeHTTP(w, r)
		}
	})
}
