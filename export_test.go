package bardge

// ShapeOf is how the response of an operation is recognised.
var ShapeOf = shapeOf
