CREATE TYPE outcome AS ENUM ('unknown', 'not sent', 'rejected', 'done');

CREATE TABLE operations (
    id          text COLLATE "C" PRIMARY KEY,
    version     bigint NOT NULL,
    generation  bigint NOT NULL,
    operation   text NOT NULL,
    key         text NOT NULL,
    since       timestamptz NOT NULL,
    intent_at   timestamptz NOT NULL,
    owner       text NOT NULL,
    lease_until timestamptz NOT NULL,
    outcome     outcome NOT NULL,
    resource    text,
    scope       text,
    sealed      bytea,
    reserved    boolean NOT NULL,
    settled_at  timestamptz
);

CREATE TABLE binding (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    sealed bytea NOT NULL
);

-- A renewed lease changes no column of an index, so that such updates stay cheap. What
-- is not there is null, since a test for null costs each write the least.
CREATE UNIQUE INDEX operations_resource ON operations (resource) WHERE resource IS NOT NULL;
CREATE INDEX operations_scope ON operations (scope, since) WHERE scope IS NOT NULL;
CREATE INDEX operations_due ON operations (lease_until, operation) WHERE settled_at IS NULL;
CREATE INDEX operations_settled ON operations (settled_at) INCLUDE (outcome) WHERE settled_at IS NOT NULL;

CREATE VIEW open_operations AS
SELECT id, CASE WHEN starts_with(id, 'ref:') THEN substr(id, 5) ELSE '' END AS ref, operation, key, since, owner,
       CASE WHEN owner <> '' THEN greatest(lease_until - clock_timestamp(), interval '0') END AS lease
FROM operations
WHERE settled_at IS NULL;

COMMENT ON TABLE operations IS 'One row for each operation on the server of the vendor';
COMMENT ON COLUMN operations.id IS '"ref:" and the caller''s name of the operation, "key:" and its key, or "call:" and a name of its own';
COMMENT ON COLUMN operations.version IS 'Number of writes; each write is on the condition of the last';
COMMENT ON COLUMN operations.generation IS 'How many operations had this id';
COMMENT ON COLUMN operations.key IS 'Idempotency key, or empty';
COMMENT ON COLUMN operations.since IS 'When the intent was recorded, by the clock of the process';
COMMENT ON COLUMN operations.intent_at IS 'When the intent was recorded, by the clock of the database';
COMMENT ON COLUMN operations.owner IS 'Token of the call that works on it, or empty';
COMMENT ON COLUMN operations.lease_until IS 'Until when the owner holds it';
COMMENT ON COLUMN operations.outcome IS 'What is known: unknown (open), not sent, rejected or done';
COMMENT ON COLUMN operations.resource IS 'What the operation made, null where that is not known; unique';
COMMENT ON COLUMN operations.scope IS 'Digest of what the operation may make, or null';
COMMENT ON COLUMN operations.sealed IS 'Request and answer, encrypted where a secret was given';
COMMENT ON COLUMN operations.settled_at IS 'When an outcome was last recorded; null while unknown';
COMMENT ON VIEW open_operations IS 'Operations whose outcome is unknown; lease: what is left, null where nobody works';
