// A module of its own, since it needs another vendor's SDK.
module github.com/bardge/bardge-go/examples/stripe

go 1.26.0

require (
	github.com/bardge/bardge-go v0.1.0
	github.com/stretchr/testify v1.12.1
	github.com/stripe/stripe-go/v85 v85.0.0
)

require (
	github.com/google/uuid v1.6.0 // indirect
	github.com/hashicorp/go-cleanhttp v0.5.2 // indirect
	github.com/hashicorp/go-retryablehttp v0.7.8 // indirect
	go.yaml.in/yaml/v3 v3.0.6 // indirect
)

replace github.com/bardge/bardge-go => ../..
