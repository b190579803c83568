package bardge

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
)

// WriteFile writes the report to a file: as JSON if its name ends in ".json",
// as Markdown if it ends in ".md". The file is written whole or not at all, and
// readable for its owner alone. Calls at the same time write one after another,
// so that the last file has all that was gathered before.
func (r *DriftReport) WriteFile(name string) error {
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
		return &InvalidError{Field: "file name", Reason: "ends neither in .json nor in .md"}
	}
	return replaceFile(name, text)
}

// WriteAtClose has [Client.Close] write the report as WriteFile does, each time
// that it is called, and returns r. Several names are several files.
func (r *DriftReport) WriteAtClose(name string) *DriftReport {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.atClose = append(r.atClose, name)
	return r
}

func (r *DriftReport) writeAtClose() (err error) {
	if r == nil {
		return nil
	}
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
