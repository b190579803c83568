package sdk

import "github.com/bardge/bardge-go/idem"

// CallDefaults holds a client's defaults for its calls, by default none.
type CallDefaults struct { //nolint:recvcheck // Take alone changes it
	// settings returns the defaults; nil: none. It is a function, because a
	// dump by reflection must not show a header, which may be a credential.
	settings func() *CallSettings
}

// Take makes an option a default; policy is the client's own.
func (d *CallDefaults) Take(o CallOption, policy *idem.Policy, owned ...string) error {
	s := d.clone()
	if err := o.ApplyDefault(s, policy, owned...); err != nil {
		return err
	}
	if s.Timeout != 0 || s.Header != nil {
		d.settings = func() *CallSettings { return s }
	}
	return nil
}

// Check reports a header that the engine refuses.
func (d CallDefaults) Check(e *idem.Engine) error {
	if d.settings == nil {
		return nil
	}
	return OptionError("WithHeader", e.CheckHeader(d.settings().Header))
}

func (d CallDefaults) Empty() bool { return d.settings == nil }

func (d CallDefaults) clone() *CallSettings {
	s := new(CallSettings)
	if d.settings != nil {
		set := d.settings()
		s.Timeout, s.Header = set.Timeout, set.Header.Clone()
	}
	return s
}
