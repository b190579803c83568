package csvfile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/bardge/bardge-go/bulk/csvfile"
)

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "members.csv")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func encoded(t *testing.T, order unicode.Endianness, text string) string {
	t.Helper()
	out, err := unicode.UTF16(order, unicode.UseBOM).NewEncoder().String(text)
	require.NoError(t, err)
	return out
}

func TestFile_ReadsWhatSpreadsheetsWrite(t *testing.T) {
	const plain = "member_no,name,city\n007,Zoë,\"Lagos\nIkeja\"\n008,\"O \"\"Ada\"\", jr.\", Abuja \n"
	const semicolons = "member_no;name;city\n007;Zoë;\"Lagos\nIkeja\"\n008;\"O \"\"Ada\"\", jr.\"; Abuja \n"
	windows, err := charmap.Windows1252.NewEncoder().String(semicolons)
	require.NoError(t, err)
	for name, row := range map[string]struct {
		text    string
		options csvfile.Options
	}{
		"UTF-8":                    {text: plain},
		"UTF-8 with a mark":        {text: "\ufeff" + plain},
		"a mark before a quote":    {text: "\ufeff\"member_no\"" + strings.TrimPrefix(plain, "member_no")},
		"UTF-16, little end first": {text: encoded(t, unicode.LittleEndian, plain)},
		"UTF-16, big end first":    {text: encoded(t, unicode.BigEndian, plain)},
		"CRLF":                     {text: strings.ReplaceAll(plain, "\n", "\r\n")},
		"semicolons":               {text: semicolons},
		"tabs":                     {text: strings.ReplaceAll(semicolons, ";", "\t")},
		"sep=":                     {text: "sep=;\r\n" + strings.ReplaceAll(semicolons, "\n", "\r\n")},
		"sep= behind a mark":       {text: "\ufeffsep=;\n" + semicolons},
		"a flag":                   {text: strings.ReplaceAll(semicolons, ";", "|"), options: csvfile.Options{Delimiter: '|'}},
		"Windows-1252":             {text: windows, options: csvfile.Options{Windows1252: true}},
		"empty rows":               {text: plain + "\n,,\n,,\n"},
		"no line end at the end":   {text: strings.TrimSuffix(plain, "\n")},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := csvfile.Open(write(t, row.text), row.options)
			require.NoError(t, err)
			assert.Equal(t, []string{"member_no", "name", "city"}, f.Header)
			for range 2 {
				var got [][]string
				var lines []int
				for r, err := range f.Rows() {
					require.NoError(t, err)
					got, lines = append(got, r.Cells), append(lines, r.Line)
					assert.Equal(t, r.Cells[1], r.Get("name"))
					assert.Empty(t, r.Get("none"))
				}
				assert.Equal(t, [][]string{{"007", "Zoë", "Lagos\nIkeja"}, {"008", `O "Ada", jr.`, " Abuja "}}, got)
				first := 2
				if strings.Contains(name, "sep=") {
					first = 3
				}
				assert.Equal(t, []int{first, first + 2}, lines)
			}
			v, err := f.Validate(csvfile.Checks{})
			require.NoError(t, err)
			assert.Equal(t, csvfile.Validation{Rows: 2}, v)
		})
	}
}

func TestOpen_RefusesWhatIsNoSuchFile(t *testing.T) {
	windows, err := charmap.Windows1252.NewEncoder().String("member_no;näme\n1;x\n")
	require.NoError(t, err)
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().String("a,b\n1,2\n")
	require.NoError(t, err)
	for text, want := range map[string]string{
		"":                       "line 1: the file is empty",
		windows:                  "line 1: here or further down the text is not UTF-8: save the file as CSV UTF-8",
		utf16:                    "line 1: the file is no text, or UTF-16 without a byte order mark",
		"a,b\r1,2\r":             "line 1: lines end as on old Macs: save the file as CSV UTF-8",
		"a,b\r1,2\r\n3,4":        "line 1: it has 3 cells",
		"a,b,a\n":                `line 1, column "a": two columns have this name`,
		"a, a\n":                 `line 1, column "a": two columns have this name`,
		"a,,b\n":                 "line 1: column 2 has no name",
		"a,\"b\n1,2\n":           "line 1: a quote is not closed",
		"sep=:\na:b\n":           "line 1: the delimiter is not comma, semicolon, tab or |",
		"sep=;\na;b;a\n":         `line 2, column "a": two columns have this name`,
		strings.Repeat("x", 9e4): "line 1: the record is too long: is a quote not closed?",
	} {
		_, err := csvfile.Open(write(t, text), csvfile.Options{MaxRecord: 50_000})
		if strings.HasPrefix(want, "line 1: it has") {
			assert.Error(t, err)
			continue
		}
		assert.EqualError(t, err, want)
	}
	_, err = csvfile.Open(filepath.Join(t.TempDir(), "none.csv"), csvfile.Options{})
	assert.ErrorIs(t, err, os.ErrNotExist)
}

func TestValidate_FindsAllProblemsBeforeTheFirstCall(t *testing.T) {
	f, err := csvfile.Open(write(t, "member_no,policy\n1,p1\n,p2\n3\n4,p1\n1.23E+15,p5\n6,\n7,p7,x\n8,bad\n"), csvfile.Options{})
	require.NoError(t, err)
	assert.True(t, f.Has("policy"))
	assert.False(t, f.Has("Policy"))
	v, err := f.Validate(csvfile.Checks{
		Required: []string{"member_no", "policy"}, Unique: "policy",
		Row: func(r csvfile.Row) *csvfile.Problem {
			if r.Get("policy") == "bad" {
				return &csvfile.Problem{Line: r.Line, Column: "policy", Text: "it is bad"}
			}
			return nil
		},
	})
	require.NoError(t, err)
	assert.EqualValues(t, 6, v.Rows)
	assert.EqualValues(t, 6, v.Errors)
	var got []string
	for _, p := range v.Problems {
		got = append(got, p.Error())
	}
	assert.Equal(t, []string{
		`line 3, column "member_no": it is empty`,
		`line 4: it has 1 cells, the header 2`,
		`line 5, column "policy": line 2 has the same`,
		`line 6, column "member_no": it looks like a long number that a spreadsheet has shortened`,
		`line 7, column "policy": it is empty`,
		`line 8: it has 3 cells, the header 2`,
		`line 9, column "policy": it is bad`,
	}, got)
}

func TestValidate_AnUnclosedQuoteIsAnErrorWithItsLine(t *testing.T) {
	for text, want := range map[string]string{
		"a,b\n1,2\n3,\"4\n5,6\n7,8\n":                               "line 3: a quote is not closed",
		"a,b\n1,2\n3,\"4\"x\n5,6\n":                                 "line 3: a quote is not closed, or a cell has more behind its quote",
		"a,b\n1,2\n3,4\"x\n5,6\n":                                   "line 3: a quote inside a cell that does not begin with one",
		"sep=,\na,b\n1,2\n3,\"4\n5,6\n":                             "line 4: a quote is not closed",
		"a,b\n1,2\n3,\"4\n" + strings.Repeat("5,6\n", 1000_000):     "line 3: the record is too long: is a quote not closed?",
		"a,b\n1,\"x\ny\nz\"\n\n2,\"" + strings.Repeat("q\n", 1<<20): "line 6: the record is too long: is a quote not closed?",
		"a,b\n1,\"x\r\ny\"\r\n2," + strings.Repeat("q", 2<<20):      "line 4: the record is too long: is a quote not closed?",
		"a,b\n1,2\n" + strings.Repeat("5,6\n", 50_000) + "7,\xe9":   "here or further down the text is not UTF-8",
	} {
		f, err := csvfile.Open(write(t, text), csvfile.Options{})
		require.NoError(t, err)
		v, err := f.Validate(csvfile.Checks{})
		require.NoError(t, err)
		require.Len(t, v.Problems, 1)
		assert.Contains(t, v.Problems[0].Error(), want)
		var last error
		for _, err := range f.Rows() {
			last = err
		}
		require.Error(t, last)
		assert.Contains(t, last.Error(), want)
	}
}

func TestValidate_ANULBehindTheBeginningIsAnError(t *testing.T) {
	f, err := csvfile.Open(write(t, "a,b\n"+strings.Repeat("5,6\n", 50_000)+"7,\x00\n"), csvfile.Options{})
	require.NoError(t, err)
	v, err := f.Validate(csvfile.Checks{})
	require.NoError(t, err)
	require.Len(t, v.Problems, 1)
	assert.EqualError(t, v.Problems[0], `line 50002, column "b": it has a NUL character: the file is damaged, or no text`)
}

// It is read more than once.
func TestOpen_RefusesWhatCanBeReadOnlyOnce(t *testing.T) {
	for _, path := range []string{os.DevNull, t.TempDir()} {
		_, err := csvfile.Open(path, csvfile.Options{})
		assert.ErrorContains(t, err, "no regular file")
	}
}

func TestRows_AFileThatHasChangedIsAnError(t *testing.T) {
	path := write(t, "a,b\n1,2\n")
	f, err := csvfile.Open(path, csvfile.Options{})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, []byte("a,b\n1,2\n3,4\n"), 0o600))
	for _, err := range f.Rows() {
		assert.EqualError(t, err, "the file has changed since it was opened")
	}
	require.NoError(t, os.WriteFile(path, []byte("a,b\n1,3\n"), 0o600)) // as long as it was
	require.NoError(t, os.Chtimes(path, time.Time{}, time.Now().Add(time.Hour)))
	for _, err := range f.Rows() {
		assert.EqualError(t, err, "the file has changed since it was opened")
	}
}

func FuzzFile(f *testing.F) {
	for _, text := range []string{"a,b\n1,2\n", "sep=;\na;b\n\"x\n", "\xff\xfea\x00", "a\r", "\"", "a,b\n1\n2,3\n"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(t.TempDir(), "f.csv")
		require.NoError(t, os.WriteFile(path, text, 0o600))
		file, err := csvfile.Open(path, csvfile.Options{MaxRecord: 1000})
		if err != nil {
			return
		}
		v, err := file.Validate(csvfile.Checks{})
		require.NoError(t, err)
		rows := int64(0)
		for r, err := range file.Rows() {
			if err != nil {
				assert.Positive(t, v.Errors)
				return
			}
			rows++
			assert.Len(t, r.Cells, len(file.Header))
		}
		assert.Equal(t, v.Rows, rows, "%q", text)
	})
}
