package bardgetest_test

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/bardgetest"
)

var interfaces = map[string]reflect.Type{
	"IssuedPasses": reflect.TypeFor[bardgetest.IssuedPasses](),
	"Passes":       reflect.TypeFor[bardgetest.Passes](),
	"Classes":      reflect.TypeFor[bardgetest.Classes](),
	"Bookings":     reflect.TypeFor[bardgetest.Bookings](),
	"Clients":      reflect.TypeFor[bardgetest.Clients](),
	"Lookups":      reflect.TypeFor[bardgetest.Lookups](),
	"Providers":    reflect.TypeFor[bardgetest.Providers](),
	"AccessCodes":  reflect.TypeFor[bardgetest.AccessCodes](),
	"Copay":        reflect.TypeFor[bardgetest.Copay](),
	"Credits":      reflect.TypeFor[bardgetest.Credits](),
	"Operations":   reflect.TypeFor[bardgetest.Operations](),
}

// Each service of the client has its interface, with all of its methods.
func TestInterfacesHaveTheMethodsOfTheirServices(t *testing.T) {
	var services []string
	for _, field := range reflect.VisibleFields(reflect.TypeFor[bardge.Client]()) {
		if !field.IsExported() {
			continue
		}
		services = append(services, field.Name)
		face, ok := interfaces[field.Name]
		require.True(t, ok, field.Name)
		assert.Equal(t, methods(field.Type), methods(face), field.Name)
	}
	assert.Len(t, services, len(interfaces))
}

func methods(of reflect.Type) []string {
	var names []string
	for method := range of.Methods() {
		names = append(names, method.Name)
	}
	return names
}
