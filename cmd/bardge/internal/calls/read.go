package calls

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/internal/jsontree"
)

// input reads command line and standard input.
func (i *invocation[C, O, R]) input(ctx context.Context, args []string) (*input, error) {
	in := &input{
		args: args, fields: jsontree.Value{Kind: jsontree.Object}, goFields: map[string]string{},
		lenient: i.flags.extraFields, all: i.flags.all, limit: i.flags.limit,
	}
	if in.limit < 0 || in.limit == 0 && i.flagIsSet("limit") {
		return nil, cli.Usage(fmt.Errorf("--limit must be at least 1"))
	}
	if in.all && in.limit > 0 {
		return nil, cli.Usage(fmt.Errorf("give either --all or --limit"))
	}
	if i.row.body != noBody {
		text, err := i.readBody(ctx)
		if err != nil {
			return nil, err
		}
		if err := i.takeBody(in, text); err != nil {
			return nil, err
		}
	}
	if err := i.takeParams(ctx, in); err != nil {
		return nil, err
	}
	if size := in.pageSize(); size > 0 {
		in.fields.Set("Limit", jsontree.Value{Kind: jsontree.Number, Text: strconv.Itoa(size)})
	}
	return in, i.checkRequired(in)
}

func (i *invocation[C, O, R]) flagIsSet(name string) bool { return i.cmd.Flags().Changed(name) }

// readBody reads --body. Without it the body comes from the flags; if none of
// them is given, it comes from standard input, unless that is a terminal. Beside
// flags it may hold the next lines of a shell's loop, or never end.
func (i *invocation[C, O, R]) readBody(ctx context.Context) ([]byte, error) {
	hasParam := slices.ContainsFunc(i.params, func(p *paramFlag) bool { return p.isSet })
	switch {
	case i.flags.body == "-", i.flags.body == "" && !hasParam && !i.app.StdinIsTerminal:
		i.readStdin = true
		return i.app.ReadInput(ctx)
	case i.flags.body == "":
		return nil, nil
	default:
		text, err := os.ReadFile(i.flags.body)
		if err != nil {
			return nil, cli.Usage(err)
		}
		return text, nil
	}
}

// takeBody takes over the body's fields, or the document.
func (i *invocation[C, O, R]) takeBody(in *input, text []byte) error {
	if i.row.body != jsonBody {
		in.document = text
		return nil
	}
	if strings.TrimSpace(string(text)) == "" {
		return nil
	}
	body, err := jsontree.ParseUnicode(text)
	if wrong, ok := errors.AsType[*jsontree.Error](err); ok {
		return cli.Usage(errors.New(wrong.In("the body")))
	}
	if body.Kind != jsontree.Object {
		return cli.Usage(fmt.Errorf("the body is not a JSON object"))
	}
	for _, field := range body.Fields {
		switch {
		case i.row.knows(field.Name):
			if err := checkFilled(field.Name, field.Value); err != nil {
				return err
			}
			in.fields.Set(field.Name, field.Value)
		case in.lenient:
			in.extra = append(in.extra, field)
		default:
			return cli.Usage(unknownField(field.Name))
		}
	}
	return nil
}

// knows reports whether the params have a field.
func (c command) knows(field string) bool {
	isParam := func(p param) bool { return p.field == field }
	return slices.Contains(c.nested, field) || slices.ContainsFunc(c.params, isParam)
}

// takeParams takes over the flags.
func (i *invocation[C, O, R]) takeParams(ctx context.Context, in *input) error {
	for _, p := range i.params {
		switch {
		case !p.isSet:
		case p.kind == goTextParam:
			in.goFields[p.field] = p.text
		case p.kind == secretParam:
			secret, err := i.flags.connect.ReadSecret(ctx, p.text)
			if err != nil {
				return err
			}
			if !utf8.ValidString(secret) {
				return cli.Usage(fmt.Errorf("the file of --%s is %w", p.flag, errNotUTF8))
			}
			in.fields.Set(p.field, textValue(secret))
		default:
			in.fields.Set(p.field, p.value)
		}
	}
	return nil
}

// unreadHint is for who has given the body on standard input, and flags too.
func (i *invocation[C, O, R]) unreadHint() string {
	if i.row.body != jsonBody || i.readStdin || i.flags.body != "" || i.app.StdinIsTerminal {
		return ""
	}
	return " (beside flags, standard input is not read: \"--body -\" reads it)"
}

// checkRequired names all missing fields at once.
func (i *invocation[C, O, R]) checkRequired(in *input) error {
	var missing []string
	for _, p := range i.params {
		value, ok := in.fields.Find(p.field)
		if p.required && (!ok || value.Kind == jsontree.Null || value.Kind == jsontree.String && value.Text == "") {
			missing = append(missing, "--"+p.flag)
		}
	}
	if i.row.body == documentBody && len(in.document) == 0 {
		missing = append(missing, "a document on standard input")
	}
	if missing == nil {
		return nil
	}
	return cli.Usage(fmt.Errorf("missing %s%s", strings.Join(missing, ", "), i.unreadHint()))
}
