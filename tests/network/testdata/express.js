// A shop behind express-idempotency, with the defaults that its README shows.
// It prints its port.
'use strict';
const express = require('express');
const idempotency = require('express-idempotency');

const app = express();
let orders = 0;

app.use(express.json());
app.get('/executed', (_, res) => res.json(orders));
app.post('*', idempotency.idempotency());
app.post('*', (req, res) => {
    if (idempotency.getSharedIdempotencyService().isHit(req)) return;
    if (req.body.invalid) {
        res.status(400).json({ problem: 'invalid' });
        return;
    }
    setTimeout(() => { // the work
        orders++;
        if (req.body.fail) res.status(500).json({ problem: 'failed' });
        else res.status(201).json({ order: orders });
    }, 20);
});
app.use((err, _req, res, _next) => res.json({ problem: err.message }));

const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.on('end', () => process.exit(0)).resume(); // with the test
