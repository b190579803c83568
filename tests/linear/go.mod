// A proof that refs are exactly-once registers, with a checker of
// linearizability. A module of its own, so that users' module graphs stay light.
module github.com/bardge/bardge-go/tests/linear

go 1.25.0

require (
	github.com/anishathalye/porcupine v1.3.1
	github.com/bardge/bardge-go v0.1.0
	github.com/stretchr/testify v1.12.1
)

require (
	github.com/google/uuid v1.6.0 // indirect
	github.com/hashicorp/go-cleanhttp v0.5.2 // indirect
	github.com/hashicorp/go-retryablehttp v0.7.8 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
)

replace (
	github.com/bardge/bardge-go => ../..
	github.com/bardge/bardge-go/journal/postgres => ../../journal/postgres
	github.com/bardge/bardge-go/journal/sqlite => ../../journal/sqlite
)
