package fakeserver

import (
	"fmt"
	"slices"
	"strings"
)

// Switch is a choice among the behaviours that a vendor's pages leave open.
type Switch struct {
	// Name is what the switch is called: "stored".
	Name string
	// Description is one sentence about it.
	Description string
	// Values are its positions; the first is the default.
	Values []string
	// Apply changes the rules for keys as a value demands. Switches apply one
	// after the other to the vendor's own rules.
	Apply func(rules *KeyRules, value string)
}

// SwitchState is a switch and its position.
type SwitchState struct {
	// Name is the switch's name.
	Name string `json:"name"`
	// Description is one sentence about it.
	Description string `json:"description"`
	// Values are its positions; the first is the default.
	Values []string `json:"values"`
	// Value is the present position.
	Value string `json:"value"`
}

// Switches returns the vendor's switches, in the vendor's order.
func (c *Control) Switches() []SwitchState {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := make([]SwitchState, len(c.start.switches))
	for i, s := range c.start.switches {
		all[i] = SwitchState{s.Name, s.Description, slices.Clone(s.Values), c.value(s)}
	}
	return all
}

// SetSwitch changes a switch. It fails if the switch or the value does not
// exist.
func (c *Control) SetSwitch(name, value string) error {
	if err := checkSwitch(c.start.switches, name, value); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.switches[name] = value
	c.applyRules(c.keys.rules.Memory)
	return nil
}

// value returns the present position of a switch.
func (c *Control) value(s Switch) string {
	if value, chosen := c.switches[s.Name]; chosen {
		return value
	}
	return s.Values[0]
}

func checkSwitch(all []Switch, name, value string) error {
	at := slices.IndexFunc(all, func(s Switch) bool { return s.Name == name })
	if at < 0 {
		return fmt.Errorf("sandbox: no switch is named %q", name)
	}
	if !slices.Contains(all[at].Values, value) {
		return fmt.Errorf("sandbox: switch %s is one of %s, not %q", name, strings.Join(all[at].Values, ", "), value)
	}
	return nil
}
