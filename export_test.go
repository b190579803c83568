package bardge

var (
	// ShapeOf is how the response of an operation is recognised.
	ShapeOf = shapeOf
	// NewError makes the error of a call.
	NewError = newError
)
