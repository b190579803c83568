package main

import (
	"go/constant"
	"go/doc/comment"
	"go/types"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// text is a comment as help.
type text struct{ short, long string }

// text makes help of a comment: its first sentence without the name, and all of
// it. Go's names become the command line's.
func (p *goPackage) text(doc, name string) text {
	var paragraphs []string
	for _, block := range parse(doc) {
		switch b := block.(type) {
		case *comment.Paragraph:
			para := strings.Join(strings.Fields(p.words(b.Text)), " ")
			if rest, ok := strings.CutPrefix(para, "Operation "); ok {
				paragraphs = append(paragraphs, p.operationText(rest, b.Text)...)
				continue
			}
			paragraphs = append(paragraphs, para)
		case *comment.List:
			for _, item := range b.Items {
				for _, inner := range item.Content {
					if para, ok := inner.(*comment.Paragraph); ok {
						paragraphs = append(paragraphs, "- "+strings.Join(strings.Fields(p.words(para.Text)), " "))
					}
				}
			}
		}
	}
	if len(paragraphs) == 0 {
		return text{}
	}
	first := strings.TrimPrefix(strings.TrimPrefix(paragraphs[0], name+" "), "is ")
	paragraphs[0] = upper(first)
	for i, para := range paragraphs {
		paragraphs[i] = wrap(para)
	}
	sentence, _, _ := strings.Cut(upper(first)+" ", ". ")
	sentence, _, _ = strings.Cut(sentence, ": ")
	sentence, _, _ = strings.Cut(sentence, "; ")
	return text{short: strings.TrimSuffix(strings.TrimSpace(sentence), "."), long: strings.Join(paragraphs, "\n\n")}
}

// parse reads a comment, with each name in brackets as a link.
func parse(doc string) []comment.Block {
	parser := comment.Parser{
		LookupSym:     func(string, string) bool { return true },
		LookupPackage: func(string) (string, bool) { return "", false },
	}
	return parser.Parse(doc).Content
}

// operationText makes help of the paragraph about operation, class and errors,
// which is written for programmers: the operation, and the errors' codes.
func (p *goPackage) operationText(para string, texts []comment.Text) []string {
	head, _, _ := strings.Cut(para, ".")
	head, _, _ = strings.Cut(head, " (")
	head, _, _ = strings.Cut(head, ":")
	made := []string{"Operation " + head + "."}
	var codes []string
	for _, t := range texts {
		if l, ok := t.(*comment.DocLink); ok && l.Recv == "" && strings.HasPrefix(l.Name, "Err") {
			codes = append(codes, p.code(l.Name))
		}
	}
	if codes != nil {
		made = append(made, "Errors to expect: "+strings.Join(codes, ", ")+".")
	}
	return made
}

// flagsOf are the options that are flags.
var flagsOf = map[string]string{ //nolint:gosec // names of flags
	"WithLookupToken": "--lookup-token-file", "WithMerchantID": "--merchant-id",
	"WithRef": "--ref", "WithIdempotencyKey": "--key", "WithTimeout": "--timeout",
}

// commandsOf are the methods of the client that are commands.
var commandsOf = map[string]string{"Recover": "bardge journal recover", "Resolve": "bardge journal resolve"}

// wordsOf are what other names are for those who have no Go.
var wordsOf = map[string]string{
	"OutcomeDone":         "exit code 0",
	"ClassBooking.Ending": "its booking_id and session_id",
}

// words returns a comment's text with its links replaced.
func (p *goPackage) words(texts []comment.Text) string {
	var b strings.Builder
	for _, t := range texts {
		switch t := t.(type) {
		case comment.Plain:
			b.WriteString(string(t))
		case comment.Italic:
			b.WriteString(string(t))
		case *comment.Link:
			b.WriteString(p.words(t.Text))
		case *comment.DocLink:
			b.WriteString(p.link(t))
		}
	}
	return b.String()
}

// link returns what a name of Go's is on the command line; in brackets if it has
// no name there.
func (p *goPackage) link(l *comment.DocLink) string {
	full := strings.TrimPrefix(l.Recv+"."+l.Name, ".")
	switch {
	case strings.HasSuffix(l.Recv, "Service"):
		return quoted(p.command(l.Recv) + " " + kebab(l.Name))
	case l.Recv == "" && strings.HasSuffix(l.Name, "Service"):
		return quoted(p.command(l.Name))
	case l.Recv == "Client" && commandsOf[l.Name] != "":
		return quoted(commandsOf[l.Name])
	case wordsOf[full] != "":
		return wordsOf[full]
	case flagsOf[full] != "":
		return flagsOf[full]
	case l.Recv == "" && (strings.HasPrefix(l.Name, "Err") || p.isText(l.Name)):
		return p.code(l.Name)
	default:
		return "[" + full + "]"
	}
}

// command returns the command of a service.
func (p *goPackage) command(service string) string {
	name := kebab(strings.TrimSuffix(service, "Service"))
	if p.name() == "bardge" {
		return "bardge " + name
	}
	return "bardge " + p.name() + " " + name
}

// isText reports whether a name is a constant's whose value is a text.
func (p *goPackage) isText(name string) bool {
	c, ok := p.Types.Scope().Lookup(name).(*types.Const)
	return ok && c.Val().Kind() == constant.String
}

// code returns the code of a sentinel, as the vendor gives it; for others, what
// the name in words.
func (p *goPackage) code(name string) string {
	if p.isText(name) {
		if c, ok := p.Types.Scope().Lookup(name).(*types.Const); ok {
			return constant.StringVal(c.Val())
		}
	}
	return strings.ReplaceAll(kebab(strings.TrimPrefix(name, "Err")), "-", " ")
}

func quoted(s string) string { return `"` + s + `"` }

// notHelp are the parts of a field's comment that a flag shows otherwise.
var notHelp = regexp.MustCompile(`\s*(Nil is [^.]*|Required( for [^.]*)?|Left out where [^.]*|Evidence: [^.]*)\.` +
	`|; required( for [^.]*)?|; in JSON as [^.]*`)

// usage makes the help of a flag, and reports whether it is required.
func (p *goPackage) usage(field *types.Var) (string, bool) {
	doc := strings.Join(strings.Fields(p.words(paragraph(p.docs[field]))), " ")
	required := strings.Contains(doc, "Required.") || strings.HasSuffix(doc, "; required")
	for _, start := range []string{" is ", " are "} {
		if rest, ok := strings.CutPrefix(doc, field.Name()+start); ok {
			doc = rest
		}
	}
	doc = strings.TrimPrefix(doc, field.Name()+" ")
	doc = strings.TrimSpace(notHelp.ReplaceAllString(doc, ""))
	return strings.TrimSuffix(lower(doc), "."), required
}

// paragraph returns the text of a comment's first paragraph.
func paragraph(doc string) []comment.Text {
	for _, block := range parse(doc) {
		if para, ok := block.(*comment.Paragraph); ok {
			return para.Text
		}
	}
	return nil
}

func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// lower lowers the first letter of a sentence, unless it begins with a name.
func lower(s string) string {
	word, _, _ := strings.Cut(s, " ")
	if word == "" || strings.ContainsFunc(word[1:], unicode.IsUpper) {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// kebab returns a name in small letters with hyphens: ClassInstanceID,
// class_instance_id and classInstanceId are class-instance-id.
func kebab(name string) string {
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		switch {
		case r == '_':
			b.WriteByte('-')
			continue
		case i > 0 && unicode.IsUpper(r) && (unicode.IsLower(runes[i-1]) ||
			unicode.IsUpper(runes[i-1]) && i+1 < len(runes) && unicode.IsLower(runes[i+1])):
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// width is where help is wrapped.
const width = 80

func wrap(s string) string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(s) {
		if line != "" && len(line)+1+len(word) > width {
			lines = append(lines, line)
			line = ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return strings.Join(append(lines, line), "\n")
}

func quote(s string) string {
	if strings.Contains(s, "\n") && !strings.Contains(s, "`") {
		return "`" + s + "`"
	}
	return strconv.Quote(s)
}

func quotes(texts []string) string {
	quotedTexts := make([]string, len(texts))
	for i, s := range texts {
		quotedTexts[i] = quote(s)
	}
	return "[]string{" + strings.Join(quotedTexts, ", ") + "}"
}
