module github.com/bardge/bardge-go/journal/postgres

go 1.25.0

replace github.com/bardge/bardge-go => ../..
