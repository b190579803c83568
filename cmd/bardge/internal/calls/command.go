package calls

// command is a row of the tables: a method of a service as a subcommand. The
// tables are generated from the SDK's services.
type command struct {
	group, name string   // the words of the command line
	operations  []string // what it may be: some methods choose by their params
	class       class
	short, long string
	args        []string // the names of the arguments
	params      []param
	nested      []string // fields of the body that have no flag
	body        bodyKind
	list        listKind
	times       []string // fields of the result that are times
}

// class is how an operation may be repeated, as far as the command line shows.
type class uint8

const (
	safe       class = iota // changes nothing: no journal
	keyed                   // takes an idempotency key
	unverified              // takes one that the API may not honour
	idempotent              // changes something, and takes no key
)

// bodyKind is what a command reads from standard input.
type bodyKind uint8

const (
	noBody bodyKind = iota
	jsonBody
	documentBody // sent as it is
	rawBody      // any JSON value, likewise; it may be missing
)

// listKind is how a command's list is read.
type listKind uint8

const (
	noList listKind = iota
	wholeList
	pagedList
)

// param is a field of the params, as a flag.
type param struct {
	flag, field string
	kind        paramKind
	required    bool
	values      []string // the known ones of an open set
	usage       string
}

// paramKind is how a flag's text becomes a field.
type paramKind uint8

const (
	textParam   paramKind = iota
	goTextParam           // a text that is not part of the body; field is its name in Go
	intParam
	floatParam
	boolParam
	timeParam
	textsParam
	secretParam // the flag names a file
)

// row is a command and the method that it calls.
type row[C, O, R any] struct {
	command

	call method[C, O, R]
}
