import assert from "node:assert/strict";
import { test } from "node:test";

import { issuePass } from "./issue-pass.mjs";
import { sandbox } from "./sandbox.mjs";

const { BARDGE_BASE_URL: baseURL, BARDGE_SANDBOX_URL: controlURL } = process.env;
if (!baseURL || !controlURL) throw new Error("run the tests with: npm test");

const control = sandbox(controlURL);
const pass = { client_id: "client_ada", pass_id: "pass_premium" };

test("a pass is issued once, although the response is lost", async () => {
  const { name, credentials } = await control.createAccount();
  const account = { baseURL, apiKey: credentials.api_key };
  const before = (await control.client(name, "client_ada")).passes.length;
  await control.queueFault(name, "IssuePass", "lose-response");

  const issued = await issuePass(account, pass, "order-1");

  assert.equal(await control.executed(name, "IssuePass"), 1);
  const { passes } = await control.client(name, "client_ada");
  assert.equal(passes.length, before + 1);
  assert.equal(passes.at(-1).id, issued.id);
  const lines = await control.ledger(name);
  assert.deepEqual(lines.map((line) => line.result), ["executed", "replayed"]);
  assert.deepEqual(lines.map((line) => line.key), ["order-1", "order-1"]);
});

test("a key is forgotten after 90 seconds: the same request issues a second pass", async () => {
  const { name, credentials } = await control.createAccount();
  const account = { baseURL, apiKey: credentials.api_key };

  const first = await issuePass(account, pass, "order-1");
  assert.equal((await issuePass(account, pass, "order-1")).id, first.id);
  await control.advanceClock("91s");
  const second = await issuePass(account, pass, "order-1");

  assert.notEqual(second.id, first.id);
  assert.equal(await control.executed(name, "IssuePass"), 2);
});
