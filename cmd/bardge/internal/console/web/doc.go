// Package web serves the console: pages on loopback, for one person at the same
// machine. It has what all pages share, from the checks that each request must
// pass to the layout; the pages are [Section] values of other packages.
//
// A request passes these checks in this order, before any page sees it:
//
//  1. Its Host is localhost, 127.0.0.1 or [::1] with the bound port. After DNS
//     rebinding, nothing else distinguishes another site's page.
//  2. It does not come from a page of another origin, also not with GET.
//  3. It has the cookie for which the token of the printed URL was exchanged, or
//     the same secret in an Authorization header.
//  4. Its method is GET or HEAD, unless writes are allowed; a sandbox's pages take
//     writes of their own.
//
// Pages have no inline script or style: the Content-Security-Policy forbids it.
// A section that cannot do without replaces that header in its own responses.
// Attributes of htmx that hold script (hx-on, js: values, trigger filters) fail
// without a message under it.
package web
