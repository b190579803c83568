package web

import (
	"embed"
	"io/fs"
	"net/http"
)

// assetsPath is where styles and scripts are.
const assetsPath = "/assets/"

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
		if r.URL.Path == assetsPath { // no list of files
			http.NotFound(w, r)
			return
		}
		server.ServeHTTP(w, r)
	})
}
