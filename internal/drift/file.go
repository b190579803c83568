package drift

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"

	"github.com/bardge/bardge-go/idem"
)

// WriteFile writes the report as JSON or Markdown, by the name's ending, whole
// or not at all. Calls at the same time write one after another, so that the
// last file has all that was gathered before.
func (r *Report) WriteFile(name string) error {
	r.writing.Lock()
	defer r.writing.Unlock()
	var text []byte
	switch filepath.Ext(name) {
	case ".json":
		compact, err := json.Marshal(r)
		if err != nil {
			return err
		}
		text = slices.Concat(compact, []byte{'\n'})
	case ".md":
		text = []byte(r.Markdown())
	default:
		return &idem.InvalidError{Field: "file name", Reason: "ends neither in .json nor in .md"}
	}
	return replaceFile(name, text)
}

// WriteAtClose has [Report.Close] write this file, too.
func (r *Report) WriteAtClose(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.atClose = append(r.atClose, name)
}

// Close writes the files of WriteAtClose.
func (r *Report) Close() (err error) {
	r.mu.Lock()
	names := r.atClose
	r.mu.Unlock()
	for _, name := range names {
		err = errors.Join(err, r.WriteFile(name))
	}
	return err
}

// replaceFile writes a file beside the old one, and renames it.
func replaceFile(name string, text []byte) error {
	file, err := os.CreateTemp(filepath.Dir(name), ".bardge-*") // of mode 0600
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), name)
	}
	if err != nil {
		err = errors.Join(err, os.Remove(file.Name()))
	}
	return err
}
