package gen

//go:generate go tool -modfile=../tools/go.mod oapi-codegen -config codegen/models.yaml openapi.yaml
//go:generate go tool -modfile=../tools/go.mod oapi-codegen -config codegen/operations.yaml openapi.yaml
//go:generate go tool -modfile=../tools/go.mod oapi-codegen -config codegen/schemas.yaml openapi.yaml
//go:generate go tool -modfile=../tools/go.mod oapi-codegen -config codegen/requests.yaml openapi.yaml
//go:generate go tool -modfile=../tools/go.mod oapi-codegen -config codegen/server.yaml openapi.yaml
//go:generate go tool -modfile=../tools/go.mod oapi-codegen -config codegen/root-models.yaml openapi.yaml
//go:generate go tool -modfile=../tools/go.mod oapi-codegen -config codegen/root-codec.yaml openapi.yaml
//go:generate go run -C ../tools ./inferred ../gen/openapi.yaml ../docs/inferred.md
//go:generate go run -C ../tools ./methods ..
