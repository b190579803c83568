package openapi

import "go.yaml.in/yaml/v3"

// Child walks down mappings by their keys; nil if one does not exist.
func Child(node *yaml.Node, keys ...string) *yaml.Node {
	for _, key := range keys {
		_, node = Pair(node, key)
	}
	return node
}

// Pair returns the nodes of a key and its value; nil if the key does not exist.
func Pair(node *yaml.Node, key string) (name, value *yaml.Node) {
	EachPair(node, func(k, v *yaml.Node) {
		if k.Value == key {
			name, value = k, v
		}
	})
	return name, value
}

// Value returns a key's scalar; empty if the key does not exist.
func Value(node *yaml.Node, key string) string {
	if found := Child(node, key); found != nil {
		return found.Value
	}
	return ""
}

// Items returns the items of a sequence; nil for nil.
func Items(node *yaml.Node) []*yaml.Node {
	if node == nil {
		return nil
	}
	return node.Content
}

// EachPair calls f for each pair of a mapping, in the file's order.
func EachPair(node *yaml.Node, f func(key, value *yaml.Node)) {
	if node == nil || node.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		f(node.Content[i], node.Content[i+1])
	}
}
