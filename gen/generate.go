package gen

//go:generate go tool -modfile=../tools/go.mod oapi-codegen -config codegen/models.yaml openapi.yaml
//go:generate go tool -modfile=../tools/go.mod oapi-codegen -config codegen/readers.yaml openapi.yaml
//go:generate go tool -modfile=../tools/go.mod oapi-codegen -config codegen/operations.yaml openapi.yaml
//go:generate go tool -modfile=../tools/go.mod oapi-codegen -config codegen/requests.yaml openapi.yaml
//go:generate go tool -modfile=../tools/go.mod oapi-codegen -config codegen/responses.yaml openapi.yaml
//go:generate go tool -modfile=../tools/go.mod oapi-codegen -config codegen/server.yaml openapi.yaml
