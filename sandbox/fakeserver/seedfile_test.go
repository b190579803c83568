package fakeserver_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

type garden struct {
	Name  string         `json:"name"`
	Size  int            `json:"size"`
	Lat   float64        `json:"lat"`
	Open  *bool          `json:"open"`
	Trees []tree         `json:"trees"`
	Fruit map[string]int `json:"fruit"`
}

type tree struct {
	Kind string `json:"kind"`
}

func TestSeedFileNamesTheLineOfWhatIsWrong(t *testing.T) {
	for name, row := range map[string]struct{ data, message string }{
		"unknown":       {"{\n\"name\":\"a\",\n\"nom\":\"b\"}", "seed: line 3: nom: is unknown"},
		"letter case":   {"{\"Name\":\"a\"}", "seed: line 1: Name: is unknown"},
		"twice":         {"{\"name\":\"a\",\n\"name\":\"b\"}", "seed: line 2: name: is given twice"},
		"deep":          {"{\"trees\":[{},\n{\"kind\":7}]}", "seed: line 2: trees[1].kind: must be a text"},
		"null":          {"{\"trees\":null}", "seed: line 1: trees: must be a list"},
		"no object":     {"[]", "seed: line 1: must be an object"},
		"not whole":     {"{\"size\":1.5}", "seed: line 1: size: must be a whole number below 2^31"},
		"too large":     {"{\"size\":2147483648}", "seed: line 1: size: must be a whole number below 2^31"},
		"beyond floats": {"{\"lat\":1e400}", "seed: line 1: lat: must be a number"},
		"a flag":        {"{\"open\":\"yes\"}", "seed: line 1: open: must be true or false"},
		"in a map":      {"{\"fruit\":{\n\"plum\":\"x\"}}", "seed: line 2: fruit.plum: must be a whole number below 2^31"},
		"syntax":        {"{\n\"name\" \"a\"}", "seed: line 2: is no JSON document"},
		"cut":           {"{\n\"trees\":[", "seed: line 2: is no JSON document"},
		"nothing":       {"", "seed: line 1: there is nothing: a seed is a JSON object, {} at least"},
		"blanks":        {" \n", "seed: line 1: there is nothing: a seed is a JSON object, {} at least"},
		"two":           {"{}\n{}", "seed: line 2: is no JSON document"},
		"not UTF-8":     {"{\n\"name\":\"\xff\"}", "seed: line 2: is not UTF-8, or has half of a surrogate pair"},
		"half a letter": {"{\n\"name\":\"\\ud800\"}", "seed: line 2: is not UTF-8, or has half of a surrogate pair"},
	} {
		var got garden
		_, err := fakeserver.ReadSeed([]byte(row.data), &got)
		assert.EqualError(t, err, row.message, name)
	}
}

func TestSeedFileIsRead(t *testing.T) {
	var got garden
	file, err := fakeserver.ReadSeed([]byte("{\"name\":\"a\",\"size\":3,\"lat\":1e2,\"open\":true,\n\"trees\":[{\"kind\":\"oak\"},\n{}],\"fruit\":{\"plum\":2}}"), &got)
	require.NoError(t, err)
	open := true
	assert.Equal(t, garden{"a", 3, 100, &open, []tree{{"oak"}, {}}, map[string]int{"plum": 2}}, got)
	assert.EqualError(t, file.Errorf("trees[1]", "is no %s", "oak"), "seed: line 3: trees[1]: is no oak")
	assert.EqualError(t, file.Errorf("trees[1].kind", "is left out"), "seed: line 3: trees[1].kind: is left out")
	assert.EqualError(t, file.Errorf("size", "is odd"), "seed: line 1: size: is odd")
}

func FuzzSeedFile(f *testing.F) {
	f.Add([]byte(`{"name":"a","trees":[{"kind":"oak"}],"fruit":{"plum":1}}`))
	f.Add([]byte("{\"nom\":1}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var got garden
		if file, err := fakeserver.ReadSeed(data, &got); err == nil {
			assert.Error(t, file.Errorf("trees[9].kind", "x"))
		}
	})
}
