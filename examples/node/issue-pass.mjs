// The code under test: issues a pass, and repeats the request with the same
// idempotency key until there is a response.

export async function issuePass({ baseURL, apiKey }, pass, key) {
  const attempt = () =>
    fetch(`${baseURL}/issued_passes`, {
      method: "POST",
      headers: {
        Authorization: `Bearer ${apiKey}`,
        "Content-Type": "application/json",
        "Idempotency-Key": key,
      },
      body: JSON.stringify(pass),
    });

  for (let left = 3; ; left--) {
    try {
      const response = await attempt();
      if (!response.ok) throw new Error(`status ${response.status}: ${await response.text()}`);
      return await response.json();
    } catch (error) {
      // fetch fails with a TypeError if there is no response. The pass may have
      // been issued: only the same key makes another attempt safe.
      if (!(error instanceof TypeError) || left === 0) throw error;
    }
  }
}
