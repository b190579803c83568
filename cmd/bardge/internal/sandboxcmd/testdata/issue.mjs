// Issues a pass as many times as its argument says, each time with a key of its
// own, and repeats a request whose response is lost.
const url = process.env.BARDGE_BASE_URL + "/issued_passes";
for (let i = 0; i < Number(process.argv[2]); i++) {
  const request = () =>
    fetch(url, {
      method: "POST",
      headers: {
        Authorization: "Bearer " + process.env.BARDGE_API_KEY,
        "Content-Type": "application/json",
        "Idempotency-Key": "pass-" + i,
      },
      body: JSON.stringify({ client_id: "client_ada", pass_id: "pass_premium" }),
    });
  const response = await request().catch(request);
  if (response.status !== 201) throw new Error("status " + response.status);
}
