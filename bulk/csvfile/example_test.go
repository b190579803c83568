package csvfile_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/bardge/bardge-go/bulk/csvfile"
)

func ExampleFile_Validate() {
	path := filepath.Join(os.TempDir(), "members-of-an-example.csv")
	defer os.Remove(path)
	if err := os.WriteFile(path, []byte("member_no;policy_no\n007;p-1\n;p-2\n1,2E+15;p-1\n"), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	members, err := csvfile.Open(path, csvfile.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	found, err := members.Validate(csvfile.Checks{Required: []string{"member_no"}, Unique: "policy_no"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(found.Rows, "rows,", found.Errors, "errors")
	for _, problem := range found.Problems {
		fmt.Println(problem)
	}
	// Output:
	// 3 rows, 2 errors
	// line 3, column "member_no": it is empty
	// line 4, column "member_no": it looks like a long number that a spreadsheet has shortened
	// line 4, column "policy_no": line 2 has the same
}

func ExampleFile_Rows() {
	path := filepath.Join(os.TempDir(), "rows-of-an-example.csv")
	defer os.Remove(path)
	if err := os.WriteFile(path, []byte("\ufeffsep=;\r\nmember_no;name\r\n007;\"Okafor; Ada\"\r\n"), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	members, err := csvfile.Open(path, csvfile.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(members.Header, members.Has("name"))
	for row, err := range members.Rows() {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(row.Line, row.Get("member_no"), row.Get("name"))
	}
	// Output:
	// [member_no name] true
	// 3 007 Okafor; Ada
}
