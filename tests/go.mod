// Tests that need more than Go: databases, other processes, servers that nobody
// here wrote. A module of its own, so that users' module graphs stay light.
module github.com/bardge/bardge-go/tests

go 1.26.0

require (
	github.com/bardge/bardge-go v0.1.0
	github.com/bardge/bardge-go/bulk v0.1.0
	github.com/bardge/bardge-go/journal/postgres v0.1.0
	github.com/bardge/bardge-go/journal/sqlite v0.1.0
	github.com/jackc/pgx/v5 v5.13.0
	github.com/stretchr/testify v1.12.1
	modernc.org/libc v1.80.1
	modernc.org/sqlite v1.62.0
)

require (
	github.com/dustin/go-humanize v1.1.0 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/hashicorp/go-cleanhttp v0.5.2 // indirect
	github.com/hashicorp/go-retryablehttp v0.7.8 // indirect
	github.com/jackc/pgpassfile v1.0.0 // indirect
	github.com/jackc/pgservicefile v0.0.0-20240606120523-5a60cdf6a761 // indirect
	github.com/jackc/puddle/v2 v2.2.3 // indirect
	github.com/mattn/go-isatty v0.0.24 // indirect
	github.com/ncruces/go-strftime v1.1.0 // indirect
	github.com/remyoudompheng/bigfft v0.0.0-20230129092748-24d4a6f8daec // indirect
	go.yaml.in/yaml/v3 v3.0.6 // indirect
	golang.org/x/sync v0.25.0 // indirect
	golang.org/x/sys v0.50.0 // indirect
	golang.org/x/text v0.44.0 // indirect
	modernc.org/mathutil v1.7.1 // indirect
	modernc.org/memory v1.12.1 // indirect
)

replace (
	github.com/bardge/bardge-go => ..
	github.com/bardge/bardge-go/bulk => ../bulk
	github.com/bardge/bardge-go/journal/postgres => ../journal/postgres
	github.com/bardge/bardge-go/journal/sqlite => ../journal/sqlite
)
