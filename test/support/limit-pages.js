/**
 * Loaded into a command with `NODE_OPTIONS=--import`. KEYTURN_TEST_PAGES=N: no database may have more than N pages, as
 * on a disk that is full for good, to the page.
 */
import Database from 'better-sqlite3';

const pages = Number(process.env['KEYTURN_TEST_PAGES']);
const prototype = /** @type {{ prepare: (sql: string) => unknown }} */ (Database.prototype);
const prepare = prototype.prepare;
const limited = new WeakSet();

/**
 * @this {Database.Database}
 * @param {string} sql
 */
prototype.prepare = function (sql) {
  if (!limited.has(this)) {
    limited.add(this);
    this.pragma(`max_page_count = ${pages}`);
  }
  return prepare.call(this, sql);
};
