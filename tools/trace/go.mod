module github.com/bardge/bardge-go/tools/trace

go 1.26.0

require github.com/bardge/bardge-go v0.1.0

require go.yaml.in/yaml/v3 v3.0.6 // indirect

require (
	github.com/google/uuid v1.6.0 // indirect
	github.com/hashicorp/go-cleanhttp v0.5.2 // indirect
	github.com/hashicorp/go-retryablehttp v0.7.8 // indirect
	github.com/stretchr/testify v1.12.1
)

replace github.com/bardge/bardge-go => ../..
