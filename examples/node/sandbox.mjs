// The control API of the sandbox, as far as the tests need it. The sandbox
// describes all of it in openapi.json below the same URL.

export function sandbox(url) {
  async function call(method, path, body) {
    const response = await fetch(url + path, {
      method,
      headers: body && { "Content-Type": "application/json" },
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text && JSON.parse(text);
  }

  return {
    // An account of its own, with the seed's clients, keeps a test apart from
    // all others.
    createAccount: () => call("POST", "accounts", {}),

    queueFault: (account, operation, fault) =>
      call("POST", "faults", { faults: [{ account, operation, fault }] }),

    // How often an operation was executed, lost responses included.
    async executed(account, operation) {
      const { count, dropped } = await call("POST", "counts", { account, operation });
      if (dropped > 0) throw new Error("the ledger is too short: it proves nothing");
      return count.executed;
    },

    ledger: async (account) => (await call("GET", `ledger?account=${account}`)).lines,

    async client(account, id) {
      const state = await call("GET", `state?account=${account}&client=${id}`);
      return state.accounts[0].clients[0];
    },

    // The clock is one for all accounts, and only goes forward.
    advanceClock: (by) => call("POST", "clock/advance", { by }),
  };
}
