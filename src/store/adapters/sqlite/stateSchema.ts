/** Tables of `state.db`. Kinds are numbers in the rows, and count theirs. */
export const STATE_SCHEMA = `
  CREATE TABLE IF NOT EXISTS kinds
    (code INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, rows INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS state
    (kind INTEGER NOT NULL, id TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (kind, id));
  CREATE TABLE IF NOT EXISTS offsets
    (consumer TEXT PRIMARY KEY, offset INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS outbox
    (id INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, bytes BLOB NOT NULL);
  CREATE INDEX IF NOT EXISTS outbox_by_topic ON outbox (topic, id);
  CREATE TABLE IF NOT EXISTS leases
    (name TEXT PRIMARY KEY, holder TEXT NOT NULL, epoch INTEGER NOT NULL, expires INTEGER NOT NULL)
    WITHOUT ROWID
`
