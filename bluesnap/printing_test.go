package bluesnap

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// canary is in every field that may hold a card's number or the like.
const canary = "4263982640269299"

var (
	secretType = reflect.TypeFor[Secret]()
	extraType  = reflect.TypeFor[Extra]()
)

// Whatever a caller hands over or gets may end in a log, as a whole or in
// parts, and be printed by a verb that does not fit.
func TestR23_TypesShowNoSecrets(t *testing.T) {
	types := typesOfMethods()
	for name, typ := range types {
		t.Run(name, func(t *testing.T) {
			at := reflect.New(typ)
			at.Elem().Set(filled(typ))
			for _, v := range []any{at.Interface(), at.Elem().Interface()} {
				assert.NotContains(t, seenOf(v), canary)
			}
		})
	}
	for _, name := range declaredWithSecrets(t) {
		assert.Contains(t, types, name, "no method takes or returns it: this test must be told of it")
	}
}

func TestTypesShowWhatIsNoSecret(t *testing.T) {
	params := SubscriptionParams{PlanID: "7", PaymentSource: &PaymentSource{CreditCardInfo: &CreditCardInfo{
		CreditCard: &CreditCard{Number: canary, ExpirationMonth: "02", Extra: Extra{"cardType": "VISA"}},
	}}}
	const want = "{PlanID:7 VaultedShopperID: PayerInfo:<nil> PaymentSource:{CreditCardInfo:{CreditCard:{" +
		"Number:[redacted] SecurityCode:[redacted] ExpirationMonth:02 ExpirationYear: Extra:[1 more]" +
		"} Extra:[0 more]} Extra:[0 more]} AuthorizedByShopper:false Extra:[0 more]}"
	assert.Equal(t, want, fmt.Sprint(params))
	assert.Equal(t, want, params.LogValue().String())
}

// seenOf is what loggers and prints show of a value.
func seenOf(v any) string {
	var seen bytes.Buffer
	slog.New(slog.NewJSONHandler(&seen, nil)).Info("shown", "it", v, slog.Group("in", "it", v))
	slog.New(slog.NewTextHandler(&seen, nil)).Info("shown", "it", v)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%t"} {
		fmt.Fprintf(&seen, verb+"\n", v)
		fmt.Fprintf(&seen, verb+"\n", []any{v})
	}
	return seen.String()
}

// typesOfMethods are the named structs and maps of this package that the
// methods of a client and of its services take and return, with all that is in
// them.
func typesOfMethods() map[string]reflect.Type {
	found := map[string]reflect.Type{}
	client := reflect.TypeFor[*Client]()
	addMethods(found, client)
	for f := range client.Elem().Fields() {
		if f.IsExported() {
			addMethods(found, f.Type)
		}
	}
	return found
}

func addMethods(found map[string]reflect.Type, receiver reflect.Type) {
	for m := range receiver.Methods() {
		for in := range m.Type.Ins() {
			if in != receiver {
				addType(found, in)
			}
		}
		for out := range m.Type.Outs() {
			addType(found, out)
		}
	}
}

func addType(found map[string]reflect.Type, t reflect.Type) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		addType(found, t.Elem())
	case reflect.Func: // of an iterator
		for in := range t.Ins() {
			addType(found, in)
		}
	case reflect.Struct, reflect.Map:
		if t.PkgPath() != extraType.PkgPath() || found[t.Name()] != nil {
			return
		}
		found[t.Name()] = t
		if t.Kind() == reflect.Struct {
			for f := range t.Fields() {
				addType(found, f.Type)
			}
		}
	}
}

// filled makes a value with a canary wherever one fits.
func filled(t reflect.Type) reflect.Value {
	v := reflect.New(t).Elem()
	switch {
	case t == secretType:
		v.SetString(canary)
	case t == extraType:
		v.Set(reflect.ValueOf(Extra{"number": canary}))
	case t.Kind() == reflect.Pointer && t.Elem().PkgPath() == extraType.PkgPath():
		v.Set(reflect.New(t.Elem()))
		v.Elem().Set(filled(t.Elem()))
	case t.Kind() == reflect.Slice && t.Elem().PkgPath() == extraType.PkgPath():
		v.Set(reflect.Append(v, filled(t.Elem())))
	case t.Kind() == reflect.Struct && t.PkgPath() == extraType.PkgPath():
		for i := range t.NumField() {
			if t.Field(i).IsExported() {
				v.Field(i).Set(filled(t.Field(i).Type))
			}
		}
	}
	return v
}

// declaredWithSecrets are the exported structs that have a field of type Secret
// or Extra, by the package's source.
func declaredWithSecrets(t *testing.T) []string {
	t.Helper()
	sources, err := filepath.Glob("*.go")
	require.NoError(t, err)
	var names []string
	for _, source := range sources {
		if strings.HasSuffix(source, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), source, nil, 0)
		require.NoError(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if ok && spec.Name.IsExported() && namesSecrets(spec.Type) {
				names = append(names, spec.Name.Name)
			}
			return !ok
		})
	}
	require.NotEmpty(t, names)
	return names
}

func namesSecrets(shape ast.Expr) (found bool) {
	if _, ok := shape.(*ast.StructType); !ok {
		return false
	}
	ast.Inspect(shape, func(n ast.Node) bool {
		if f, ok := n.(*ast.Field); ok {
			named, ok := f.Type.(*ast.Ident)
			found = found || ok && (named.Name == secretType.Name() || named.Name == extraType.Name())
		}
		return true
	})
	return found
}
