package sdk

import "github.com/bardge/bardge-go/idem"

// CallDefaults are what the options of a client set for each of its calls: a timeout and
// headers. The zero value sets nothing.
type CallDefaults struct { //nolint:recvcheck // Take alone changes it
	// settings returns what is set, which does not change; nil: nothing is. It is a
	// function: a dump by reflection shows no header, which may be a credential.
	settings func() *CallSettings
}

// Take makes an option a default, where policy is the client's own.
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

// Check reports a header that the engine refuses in each call.
func (d CallDefaults) Check(e *idem.Engine) error {
	if d.settings == nil {
		return nil
	}
	return OptionError("WithHeader", e.CheckHeader(d.settings().Header))
}

// Empty reports whether no default is set.
func (d CallDefaults) Empty() bool { return d.settings == nil }

// clone returns settings for one call to change.
func (d CallDefaults) clone() *CallSettings {
	s := new(CallSettings)
	if d.settings != nil {
		set := d.settings()
		s.Timeout, s.Header = set.Timeout, set.Header.Clone()
	}
	return s
}
